"""An institution in Python, built from the served WSDL alone, over mutual TLS. It asks rightly, and reads refusals."""

import json
import sys
import urllib.request

import requests
import zeep
from zeep.transports import Transport

URL, PKI, CONTROL = sys.argv[1:4]
NAMESPACE = "urn:renkei:mock:unofficial:v1"


def client(port, identity):
    session = requests.Session()
    session.trust_env = False
    session.verify = f"{PKI}/ca.pem"
    session.cert = (f"{PKI}/clients/{identity}.pem", f"{PKI}/clients/{identity}.key")
    made = zeep.Client(f"{URL}{port}?wsdl", transport=Transport(session=session))
    return made.bind("Network", f"{port.capitalize()}Port")


def control(path, body):
    request = urllib.request.Request(
        CONTROL + path, data=json.dumps(body).encode(), method="POST",
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status in (200, 201, 204), answer.status


def sender(number, institution="202053-M"):
    return {"RequestId": f"zeep-{number}", "Institution": institution}


def refused(call, code, rule):
    try:
        call()
    except zeep.exceptions.Fault as fault:
        detail = {child.tag.split("}")[1]: child.text for child in fault.detail[0]}
        assert detail["Code"] == code and detail["RuleId"] == rule, detail
        assert detail["TextJa"] and detail["TextEn"] and detail["Retry"], detail
        return
    raise AssertionError(f"not refused with {code}")


mayor = client("master", "iida-mayor")
status = client("connection", "iida-mayor")
answer = status.GetConnectionStatus(Sender=sender(1))
assert answer.State == "applied" and answer.Receipt.RequestId == "zeep-1", answer
refused(lambda: mayor.ListMasters(Sender=sender(2)), "F-CON-01", "R-CON-01")
refused(lambda: mayor.ListMasters(Sender=sender(3, "202053-E")), "F-CAL-02", "R-CAL-02")
refused(
    lambda: client("connection", "unknown-institution").GetConnectionStatus(Sender=sender(4, "999999-M")),
    "F-CAL-01", "R-CAL-01",
)
control("/worlds/main/acts", {"act": "approve-application", "institution": "202053-M"})
assert status.GetConnectionStatus(Sender=sender(5)).State == "approved"
masters = mayor.ListMasters(Sender=sender(6)).Master
in_force = [master for master in masters if master.State == "in-force"]
assert len(in_force) == 7 and len({master.Kind for master in in_force}) == 7, masters
print(f"zeep: {len(masters)} master versions, 3 typed refusals")
