"""How a part tells what it tried: a line `ok …` or `FAILED …` for each case, then why, indented."""

import contextlib
import os
import sys
import traceback

failures = 0


def ok(name):
    print(f"ok      {name}", flush=True)


def failed(name, why=""):
    global failures
    failures += 1
    print(f"FAILED  {name}", flush=True)
    for line in str(why).splitlines()[:int(os.environ.get("SHOWN", 20))]:
        print(f"        {line[:400]}", flush=True)


def check(name, holds, why=""):
    ok(name) if holds else failed(name, why)


@contextlib.contextmanager
def case(name):
    """A case that is good unless something is raised in it."""
    try:
        yield
    except Exception:
        failed(name, traceback.format_exc(limit=-4))
    else:
        ok(name)


def end():
    sys.exit(1 if failures else 0)
