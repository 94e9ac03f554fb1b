"""What a run folder keeps: the request and the answer of each exchange, and the scenario that they belong to."""

import pathlib
import re
import tomllib

from lxml import etree

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
NAMESPACE = "urn:renkei:mock:unofficial:v1"
BODY = re.compile(r"(?P<number>\d+)-(?P<step>.+?)\.(?P<kind>request|response)(?:\.\w+)?$")


def exchanges(folder):
    """(scenario id, step id, {"request": path, "response": path}) of each exchange."""
    found = {}
    for path in sorted(folder.rglob("*")):
        match = BODY.match(path.name)
        if match and path.is_file():
            scenario = path.parent.relative_to(folder).as_posix()
            found.setdefault((scenario, match["step"], match["number"]), {})[match["kind"]] = path
    return [(scenario, step, files) for (scenario, step, _), files in found.items()]


def scenarios():
    """Each scenario's file, read: by its id."""
    files = sorted(pathlib.Path("scenarios").glob("[0-9]*/**/*.toml"))
    return {file.relative_to("scenarios").with_suffix("").as_posix(): tomllib.loads(file.read_text()) for file in files}


def is_spoilt(scenario):
    """Whether answers are spoilt on purpose somewhere in it."""
    acts = [step.get("network", {}) for step in scenario.get("step", [])]
    return any(isinstance(act, dict) and act.get("act") == "misbehave" for act in acts) or any(
        "listen" in step for step in scenario.get("step", [])
    )


def tree(path):
    """The root; none where the file is not well-formed."""
    try:
        return etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None


def payload(root):
    """The message in an envelope, or the detail of a fault; none where there is not exactly one."""
    if root is None or root.tag != SOAP + "Envelope":
        return None
    body = root.find(SOAP + "Body")
    if body is None or len(body) != 1:
        return None
    if body[0].tag != SOAP + "Fault":
        return body[0]
    detail = body[0].find("detail")
    return detail[0] if detail is not None and len(detail) == 1 else None


def fault_code(root):
    """The code of a typed fault; none where there is none."""
    message = payload(root)
    if message is None or message.tag != f"{{{NAMESPACE}}}Fault":
        return None
    return message.findtext(f"{{{NAMESPACE}}}Code")
