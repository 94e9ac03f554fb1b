"""The starting points in examples/clients, as somebody would run them: before the connection, and after the town office
has linked a person."""

import os
import re
import subprocess

from cases import check, end
from control import act, control

PKI, TOOLS = os.environ["PKI"], os.environ["TOOLS"]
WORLD = "clients"
OFFICE = [f"{TOOLS}/town-office/bin/python", "examples/town-office/town_office.py"]
CLIENTS = {"php": ["php", "examples/clients/php/three_calls.php"], "node": ["node", "examples/clients/node/three_calls.js"]}
INSTITUTIONS = {"iida-mayor": "202053-M", "registry": "JUKI-NET"}


def given(identity):
    """What the environment of a client holds, and nothing of ours but the path."""
    return {
        "PATH": os.environ["PATH"],
        "NODE_PATH": f"{TOOLS}/node/node_modules",
        "RENKEI_URL": url,
        "RENKEI_CA": f"{PKI}/ca.pem",
        "RENKEI_CERTIFICATE": f"{PKI}/clients/{identity}.pem",
        "RENKEI_KEY": f"{PKI}/clients/{identity}.key",
        "RENKEI_INSTITUTION": INSTITUTIONS[identity],
        "RENKEI_WORK": os.environ["WORK"],
        "RENKEI_NOW": control("GET", f"/worlds/{WORLD}/clock")["now"],
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def run(command, env):
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)


def office(*command, identity="iida-mayor"):
    done = run([*OFFICE, *command], given(identity))
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


control("POST", "/worlds", {"name": WORLD})
url = control("GET", f"/worlds/{WORLD}")["url"]
for name, command in CLIENTS.items():
    without = {key: value for key, value in given("iida-mayor").items() if key != "RENKEI_CA"}
    done = run(command, without)
    check(f"{name}: says what it was not given", done.returncode == 1 and "RENKEI_CA" in done.stderr, done.stdout + done.stderr)
    done = run(command, given("iida-mayor"))
    check(
        f"{name}: shows the state, and the typed refusal of what comes too early",
        done.returncode == 75 and done.stdout == "state=not-applied\n" and "F-CON-01" in done.stderr, done.stdout + done.stderr,
    )

office("apply")
act(WORLD, "approve-application", institution="202053-M")
office("fetch-masters")
office("apply-masters")
office("register-people", "sato")
number = re.search(r"acquisition=(\S+)", office("request-codes", "sato"))[1]
office("send-resident-codes", f"{number}=30000000015", identity="registry")
control("PATCH", f"/worlds/{WORLD}/clock", {"advance": 120})
office("apply-codes")

for name, command in CLIENTS.items():
    done = run(command, given("iida-mayor"))
    wanted = r"state=approved\nversion=2026\.04 entries=8 of 8\nreceipt=RC-[0-9]{8}\n"
    good = done.returncode == 0 and re.fullmatch(wanted, done.stdout)
    check(f"{name}: status, a master, an inquiry", good, done.stdout + done.stderr)
check("each inquiry is on record once", office("records").endswith(f"records={len(CLIENTS)}\n"))
end()
