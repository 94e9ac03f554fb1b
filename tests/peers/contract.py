"""The contract, seen by xmllint and zeep: the schemas stand, the served WSDL is the written one, all of it is usable."""

import os
import pathlib
import subprocess

import requests
import zeep
from lxml import etree
from zeep.transports import Transport

from cases import case, check, end

URL, PKI, WORK = os.environ["URL"], os.environ["PKI"], pathlib.Path(os.environ["WORK"])
NAMESPACE = "urn:renkei:mock:unofficial:v1"
XS = {"xs": "http://www.w3.org/2001/XMLSchema"}
WSDL = {"wsdl": "http://schemas.xmlsoap.org/wsdl/", "soap": "http://schemas.xmlsoap.org/wsdl/soap/"}
written = WORK / "contract"


def transport():
    session = requests.Session()
    session.trust_env = False
    session.verify = f"{PKI}/ca.pem"
    session.cert = (f"{PKI}/clients/iida-mayor.pem", f"{PKI}/clients/iida-mayor.key")
    return Transport(session=session)


def xmllint(*arguments, text=None):
    return subprocess.run(["xmllint", "--noout", *arguments], input=text, capture_output=True, text=True, check=False)


def schemas_stand():
    for file in sorted(written.glob("*.xsd")):
        # `<x/>` is no message: a schema that stands says so, one that does not says that it does not compile.
        said = xmllint("--schema", str(file), "-", text="<x/>").stderr
        check(f"xmllint: {file.name} is a schema", "fails to validate" in said, said)
    said = xmllint(str(written / "renkei.wsdl"))
    check("xmllint: the WSDL is well-formed", said.returncode == 0, said.stderr)


def all_is_documented():
    """Each named type, each message and each element in it says in both languages what it is."""
    missing = []
    for file in written.glob("*.xsd"):
        root = etree.parse(str(file)).getroot()
        for node in root.xpath("xs:simpleType | xs:complexType | xs:group | //xs:element[@name]", namespaces=XS):
            for lang in ("ja", "en"):
                texts = node.xpath(f"xs:annotation/xs:documentation[@xml:lang='{lang}']", namespaces=XS)
                if not any((text.text or "").strip() for text in texts):
                    missing.append(f"{file.name}: {node.get('name')} ({lang})")
    check("every type and element is documented in both languages", not missing, "\n".join(missing))


def wsdl_is_plain():
    """SOAP 1.1, document/literal, one action an operation, each with the typed fault."""
    root = etree.parse(str(written / "renkei.wsdl")).getroot()
    wrong = []
    actions = root.xpath("//soap:operation/@soapAction", namespaces=WSDL)
    if len(set(actions)) != len(actions) or not actions:
        wrong.append("actions are not unique")
    for binding in root.xpath("//wsdl:binding", namespaces=WSDL):
        if binding.xpath("soap:binding/@style", namespaces=WSDL) != ["document"]:
            wrong.append(f"{binding.get('name')}: not document style")
        for operation in binding.xpath("wsdl:operation", namespaces=WSDL):
            uses = operation.xpath(".//@use")
            if set(uses) != {"literal"} or len(uses) != 3:
                wrong.append(f"{operation.get('name')}: not literal throughout, or without a fault")
    check("the WSDL is document/literal with typed faults", not wrong, "\n".join(wrong))
    return sorted(root.xpath("//wsdl:portType/wsdl:operation/@name", namespaces=WSDL))


def zeep_reads_every_port(operations):
    found = set()
    addresses = etree.parse(str(written / "renkei.wsdl")).xpath("//soap:address/@location", namespaces=WSDL)
    for port in sorted(address.rsplit("/", 1)[1] for address in addresses):
        with case(f"zeep: the WSDL served at {port} loads"):
            client = zeep.Client(f"{URL}{port}?wsdl", transport=transport())
            for service in client.wsdl.services.values():
                for name, made in service.ports.items():
                    address = made.binding_options["address"]
                    assert address.startswith(URL), f"{name} is at {address}"
                    for operation in made.binding._operations.values():
                        assert operation.input.signature() is not None
                        found.add(operation.name)
    check("zeep: each operation has a port", found == set(operations), f"{set(operations) ^ found}")


def templates_fit(operations):
    templates = {file.stem for file in pathlib.Path("scenarios/messages").glob("*.xml")}
    check("each operation has a template, and each template an operation", templates == set(operations),
          f"{sorted(templates ^ set(operations))}")


schemas_stand()
all_is_documented()
operations = wsdl_is_plain()
zeep_reads_every_port(operations)
templates_fit(operations)
end()
