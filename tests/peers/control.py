"""The control API of the mock, for the parts in Python: nothing but what its document promises."""

import json
import os
import urllib.error
import urllib.request

CONTROL = os.environ["CONTROL"].rstrip("/")
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def control(method, path, body=None):
    request = urllib.request.Request(
        CONTROL + path, method=method, data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with opener.open(request, timeout=30) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error
    return json.loads(text) if text else None


def act(world, name, **values):
    """The operator of the network acts."""
    control("POST", f"/worlds/{world}/acts", {"act": name} | values)
