"""The town office (zeep) and curl through `renkei record`: what was recorded of them then passes against a network that
was set up anew."""

import json
import os
import pathlib
import re
import signal
import subprocess

from cases import check, end
from control import act, control

RENKEI, PKI, TOOLS = os.environ["RENKEI"], os.environ["PKI"], os.environ["TOOLS"]
SUITE = pathlib.Path(os.environ["WORK"]) / "recording"
OFFICE = [f"{TOOLS}/town-office/bin/python", str(pathlib.Path("examples/town-office/town_office.py").resolve())]
INSTITUTIONS = {"iida-mayor": "202053-M", "registry": "JUKI-NET"}
NAMESPACE = "urn:renkei:mock:unofficial:v1"


def office(world, url, ca, *command, identity="iida-mayor"):
    """A command of the town office, which knows the network by this URL."""
    work = SUITE / f"work-{world}"
    work.mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "RENKEI_URL": url,
        "RENKEI_CA": str(ca),
        "RENKEI_CERTIFICATE": f"{PKI}/clients/{identity}.pem",
        "RENKEI_KEY": f"{PKI}/clients/{identity}.key",
        "RENKEI_INSTITUTION": INSTITUTIONS[identity],
        "RENKEI_WORK": str(work),
        "RENKEI_NOW": control("GET", f"/worlds/{world}/clock")["now"],
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run([*OFFICE, *command], env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def network(world):
    """A network of which Iida is a part; its URL."""
    control("POST", "/worlds", {"name": world})
    url = control("GET", f"/worlds/{world}")["url"]
    office(world, url, f"{PKI}/ca.pem", "apply")
    act(world, "approve-application", institution="202053-M")
    return url


def profile(url):
    text = f'extends = "bundled"\n\n[target.test]\nurl = "{url}"\ncertificates = "{PKI}"\n'
    path = SUITE / "scenarios/profile.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    old = path.read_text() if path.exists() else None
    path.write_text(re.sub(r'(?m)^url = ".*"$', f'url = "{url}"', old) if old else text)


def curl(url, ca, operation, inner=""):
    """A message in a hand of its own."""
    body = (
        f'<x:Envelope xmlns:x="http://schemas.xmlsoap.org/soap/envelope/"><x:Header/><x:Body><{operation} xmlns="{NAMESPACE}">'
        f"<Sender><RequestId>curl-{operation}</RequestId><Institution>202053-M</Institution></Sender>{inner}</{operation}></x:Body></x:Envelope>"
    )
    command = [
        "curl", "-sS", "--max-time", "60", "--cacert", str(ca), "--cert", f"{PKI}/clients/iida-mayor.pem",
        "--key", f"{PKI}/clients/iida-mayor.key", "-H", "Content-Type: text/xml; charset=utf-8",
        "-H", f'SOAPAction: "{NAMESPACE}:{operation}"', "--data-binary", body, url,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


SUITE.mkdir()
url = network("to-be-recorded")
profile(url)
command = [RENKEI, "--lang", "en", "record", "--target", "test", "--name", "office"]
recorder = subprocess.Popen(command, cwd=SUITE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
ready = json.loads(recorder.stdout.readline())
here, ca = ready["url"], ready["ca"]
said = None
try:
    def through(*command, identity="iida-mayor"):
        return office("to-be-recorded", here, ca, *command, identity=identity)

    through("status")
    fetched = through("fetch-masters")
    through("apply-masters")
    through("register-people", "sato", "suzuki")
    numbers = re.findall(r"(AQ-[\w-]+)", through("request-codes", "sato", "suzuki"))
    check("the office does its work through the recorder", "fetched=7" in fetched and len(numbers) == 2, f"{fetched}{numbers}")
    answered = curl(ready["endpoints"]["connectivity"], ca, "GetServiceStatus")
    check("curl is answered through the recorder", "<n:State>open" in answered.stdout, answered.stdout + answered.stderr)
    refused = curl(ready["endpoints"]["record"], ca, "NoSuchOperation")
    check("so is what the network refuses", "Fault>" in refused.stdout, refused.stdout + refused.stderr)
finally:
    recorder.send_signal(signal.SIGINT)
    said, errors = recorder.communicate(timeout=120)
check("the recorder writes a scenario", recorder.returncode == 0 and "scenarios/recorded/office.toml" in said, said + errors)
known = subprocess.run([RENKEI, "--lang", "en", "check"], cwd=SUITE, capture_output=True, text=True, check=False)
check("it has no mistake", known.returncode == 0, known.stdout + known.stderr)

profile(network("set-up-anew"))
command = [RENKEI, "--lang", "en", "run", "--target", "test", "--filter", "recorded/office", "--snapshots", "check"]
again = subprocess.run(command, cwd=SUITE, capture_output=True, text=True, check=False, timeout=300)
check("what was recorded passes against a network that was set up anew", again.returncode == 0, again.stdout[-6000:] + again.stderr[-2000:])
end()
