"""Schema and mock agree on what a message may be.

Messages are made from the schema, as full and as small as it allows, and each is spoilt in every way at every place:
values at and beyond their bounds, elements left out, repeated, moved, renamed. libxml2 and the mock judge all of them.
Two things the schema cannot say, and are said here: SOAP 1.1 has no processing instructions, and a field has a value
exactly where its kind is one.
"""

import collections
import copy
import http.client
import os
import pathlib
import re
import ssl
import urllib.parse

from lxml import etree

from cases import check, end

URL, PKI = urllib.parse.urlsplit(os.environ["URL"]), os.environ["PKI"]
CONTRACT = pathlib.Path(os.environ["WORK"]) / "contract"
NAMESPACE = "urn:renkei:mock:unofficial:v1"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = {"w": "http://schemas.xmlsoap.org/wsdl/", "s": "http://schemas.xmlsoap.org/wsdl/soap/"}
SCHEMA = etree.XMLSchema(etree.parse(str(CONTRACT / "renkei-messages.xsd")))
OF_FORM = {"F-FORM-01", "F-FORM-02"}
CALLERS = {"registry": "registry", "portal": "portal"}

declared = {kind: {} for kind in ("simpleType", "complexType", "element", "group")}
for file in CONTRACT.glob("*.xsd"):
    for found in etree.parse(str(file)).getroot().iterchildren(f"{XS}*"):
        if found.get("name"):
            declared[etree.QName(found).localname][found.get("name")] = found

GIVEN = {
    "xs:boolean": ["true", "false", "1", "0", " true ", "\ttrue\n", "TRUE", "yes", ""],
    "xs:date": [
        "2026-04-01", " 2026-04-01 ", "2024-02-29", "1800-01-01", "2999-12-31", "2026-04-01Z", "2026-04-01+09:00",
        "2026-02-29", "2026-04-31", "2026-4-1", "20260401", "-2026-04-01", "12026-04-01", "0000-01-01", "1799-12-31",
        "3000-01-01", "2026-04-01T00:00:00", "",
    ],
    "xs:dateTime": [
        f"2026-11-24{rest}" for rest in (
            "T09:00:00+09:00", "T00:00:00Z", "T09:00:00.5+09:00", "T09:00:00-14:00", "T09:00:00.123456789Z",
            "T09:00:00.1234567890Z", "T09:00:00.Z", "T09:00:00,5Z", "T09:00:00", "T24:00:00+09:00", "T09:00:60+09:00",
            "T09:60:00+09:00", "t09:00:00+09:00", " 09:00:00+09:00", "T09:00:00+09", "T09:00:00+0900",
            "T09:00:00+09:00[Asia/Tokyo]", "T09:00+09:00", "T09:00:00+14:30", "T09:00:00+25:00", "",
        )
    ] + [" 2026-11-24T09:00:00+09:00 ", "20261124T090000Z", "12026-11-24T09:00:00Z", "-0001-11-24T09:00:00Z",
         "1799-12-31T23:59:59Z", "3000-01-01T00:00:00Z", ""],
}


def of_pattern(pattern, pick, times):
    """A text by a pattern of the few kinds that the contract has: literals, classes, groups, repetition."""
    text, at = "", 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "|":
            break
        if sign == "(":
            stop = matching(pattern, at)
            inner = pattern[at + 1:stop]
            unit, at = (lambda inner=inner: of_pattern(inner, pick, times)), stop + 1
        elif sign == "[":
            stop = pattern.index("]", at)
            signs = pattern[at + 1:stop].replace("\\", "")
            unit, at = (lambda signs=signs: pick(signs)), stop + 1
        else:
            at += sign == "\\"
            unit, at = (lambda sign=pattern[at]: sign), at + 1
        bounds = re.match(r"\{(\d+)(?:,(\d+))?\}|\+|\?", pattern[at:])
        count = 1
        if bounds:
            at += bounds.end()
            low, high = {"+": (1, 5), "?": (0, 1)}.get(bounds[0]) or (int(bounds[1]), int(bounds[2] or bounds[1]))
            count = max(times(low, high), 0)
        text += "".join(unit() for _ in range(count))
    return text


def matching(pattern, at):
    depth = 0
    for stop in range(at, len(pattern)):
        depth += {"(": 1, ")": -1}.get(pattern[stop], 0)
        if depth == 0:
            return stop
    raise ValueError(pattern)


def values(name):
    """Texts at and beyond the bounds of a type; which of them it allows, the schema says."""
    if name in GIVEN:
        return GIVEN[name]
    restriction = declared["simpleType"][name].find(f"{XS}restriction")
    found = ["", " ", "x", "0", "\u3000"] + GIVEN.get(restriction.get("base"), [])
    for facet in restriction:
        kind, value = etree.QName(facet).localname, facet.get("value")
        if kind == "enumeration":
            found += [value, value.upper(), f"{value} ", f" {value}", f"{value}x"]
        elif kind in ("minLength", "maxLength"):
            for length in range(max(int(value) - 1, 0), int(value) + 2):
                # Characters are counted, not bytes or units of UTF-16.
                found += ["字" * length, "𠮷" * length, "a" * length, "&" * length]
        elif kind == "pattern":
            first, last = (lambda signs: signs[0]), (lambda signs: signs[-1])
            for times in (lambda low, high: low, lambda low, high: high, lambda low, high: low - 1, lambda low, high: high + 1):
                found += [of_pattern(value, pick, times) for pick in (first, last)]
            right = of_pattern(value, first, lambda low, high: low)
            for sign in "AZaz09fg-._/ é１\n":
                for at in {0, len(right) // 2, max(len(right) - 1, 0)}:
                    found.append(right[:at] + sign + right[at + 1:])
                found.append(right + sign)
    return list(dict.fromkeys(found))


probes = {}


def allows(name, text):
    """Whether the schema allows a text as a value of a type."""
    if name not in probes:
        qualified = name if name.startswith("xs:") else f"n:{name}"
        probes[name] = etree.XMLSchema(etree.fromstring(
            f'<xs:schema xmlns:xs="{XS[1:-1]}" xmlns:n="{NAMESPACE}" targetNamespace="{NAMESPACE}">'
            f'<xs:include schemaLocation="{(CONTRACT / "renkei-messages.xsd").resolve().as_uri()}"/>'
            f'<xs:element name="probe" type="{qualified}"/></xs:schema>'))
    probe = etree.Element(f"{{{NAMESPACE}}}probe")
    probe.text = text
    return probes[name].validate(probe)


class Maker:
    """Makes an instance of an element: as `full` as the schema allows, as `small`, or with the `last` of each choice."""

    def __init__(self, size):
        self.size = size
        self.types = []

    def element(self, declaration):
        made = etree.Element(f"{{{NAMESPACE}}}{declaration.get('name')}", nsmap={"n": NAMESPACE})
        name = (declaration.get("type") or "").removeprefix("n:")
        if name.startswith("xs:") or name in declared["simpleType"]:
            made.text = next(text for text in values(name) if text.strip() and allows(name, text)) \
                if name != "NoResidentCode" else ""
            self.types.append((made, name))
        else:
            made.extend(self.particles(declared["complexType"][name] if name else declaration))
        return made

    def particles(self, parent):
        found = []
        for child in parent.iterchildren(f"{XS}*"):
            kind = etree.QName(child).localname
            low, high = int(child.get("minOccurs", "1")), child.get("maxOccurs", "1")
            count = low if self.size == "small" else 2 if high == "unbounded" else int(high)
            if kind == "element":
                found += [self.element(child) for _ in range(count)]
            elif kind in ("sequence", "complexType"):
                found += self.particles(child) * min(count, 1)
            elif kind == "group":
                found += self.particles(declared["group"][child.get("ref").removeprefix("n:")])
            elif kind == "choice" and count:
                choices = list(child.iterchildren(f"{XS}element", f"{XS}sequence", f"{XS}group"))
                chosen = etree.Element("chosen")
                chosen.append(copy.deepcopy(choices[-1 if self.size == "last" else 0]))
                found += self.particles(chosen)
        return found


def value_fits_kind(message):
    """A field has a value exactly where its kind is one."""
    for field in message.iter(f"{{{NAMESPACE}}}Field"):
        kind = field.find(f"{{{NAMESPACE}}}Kind")
        has = field.find(f"{{{NAMESPACE}}}Value") is not None
        if kind is not None and (kind.text == "value") != has:
            return False
    return True


class Peer:
    """Sends over one connection for each caller, and keeps what the two do not agree on."""

    def __init__(self):
        self.connections = {}
        self.counts = collections.Counter()
        self.wrong = []

    def send(self, operation, port, body):
        caller = CALLERS.get(port, "iida-mayor")
        if caller not in self.connections:
            context = ssl.create_default_context(cafile=f"{PKI}/ca.pem")
            context.load_cert_chain(f"{PKI}/clients/{caller}.pem", f"{PKI}/clients/{caller}.key")
            self.connections[caller] = http.client.HTTPSConnection(URL.hostname, URL.port, context=context, timeout=30)
        connection = self.connections[caller]
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NAMESPACE}:{operation}"'}
        connection.request("POST", f"/{port}", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def judge(self, operation, port, message, what):
        payload = etree.tostring(message, encoding="unicode").replace("\r", "&#13;")
        read = etree.fromstring(payload)
        allowed = SCHEMA.validate(read) and value_fits_kind(read) and not read.xpath("//processing-instruction()")
        body = f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{payload}</s:Body></s:Envelope>'
        status, answer = self.send(operation, port, body.encode())
        content = etree.fromstring(answer)[0][0]
        if content.tag == f"{{{ENVELOPE}}}Fault":
            content = content.find("detail")[0]
        code = content.findtext(f"{{{NAMESPACE}}}Code") if content.tag.endswith("}Fault") else None
        taken = code not in OF_FORM
        self.counts[taken] += 1
        if taken != bool(allowed):
            self.wrong.append(f"{operation}: {what}: {'allowed' if allowed else 'not allowed'}, but {code or status}")
        if not allowed and status == 200:
            self.wrong.append(f"{operation}: {what}: not allowed, and answered with 200")
        if not SCHEMA.validate(content):
            self.wrong.append(f"{operation}: {what}: the answer is not valid: {SCHEMA.error_log.last_error.message}")


def spoilt(element, name):
    """Ways to spoil the element at one place of a message; each gets its own copy of the message."""
    def put(text):
        return lambda at: setattr(at, "text", text)

    def tag(of):
        return lambda at: setattr(at, "tag", of)

    def swap(at):
        after = at.getnext()
        if after is not None:
            after.addnext(at)

    extra = f"{{{NAMESPACE}}}Extra"
    local = etree.QName(element).localname
    yield "an attribute", lambda at: at.set("a", "b")
    yield "xsi:nil", lambda at: at.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")
    yield "a comment", lambda at: at.insert(0, etree.Comment("c"))
    yield "an instruction", lambda at: at.insert(0, etree.ProcessingInstruction("p", "c"))
    yield "a child more", lambda at: at.append(etree.Element(extra))
    yield "a child before", lambda at: at.insert(0, etree.Element(extra))
    if name is None:
        for text in ("x", "\n \t", "\u3000"):
            yield f"{text!r} between elements", put(text)
    else:
        for text in values(name):
            yield f"{text[:70]!r} ({len(text)} characters)", put(text)
    if element.getparent() is not None:
        yield "left out", lambda at: at.getparent().remove(at)
        yield "repeated", lambda at: at.addnext(copy.deepcopy(at))
        yield "moved behind the next", swap
        yield "renamed", tag(extra)
        yield "without its namespace", tag(local)
        yield "in lower case", tag(f"{{{NAMESPACE}}}{local.lower()}")


def place(element):
    return "/".join(etree.QName(at).localname for at in [*reversed(list(element.iterancestors())), element])


def all_of(operation, port, peer):
    tried = set()
    for size in ("full", "small", "last"):
        maker = Maker(size)
        message = maker.element(declared["element"][operation])
        peer.judge(operation, port, message, f"{size} instance")
        types = {element: name for element, name in maker.types}
        for index, element in enumerate(message.iter()):
            for what, spoil in spoilt(element, types.get(element)):
                key = (place(element), what, size if what in ("left out", "repeated", "moved behind the next") else "")
                if key in tried:
                    continue
                tried.add(key)
                changed = copy.deepcopy(message)
                spoil(next(at for number, at in enumerate(changed.iter()) if number == index))
                peer.judge(operation, port, changed, f"{place(element)}: {what}")


wsdl = etree.parse(str(CONTRACT / "renkei.wsdl"))
for declaration in wsdl.xpath("//w:service/w:port", namespaces=WSDL):
    port = declaration.xpath("s:address/@location", namespaces=WSDL)[0].rsplit("/", 1)[1]
    binding = declaration.get("binding").split(":")[-1]
    for operation in wsdl.xpath(f"//w:binding[@name='{binding}']/w:operation/@name", namespaces=WSDL):
        peer = Peer()
        all_of(operation, port, peer)
        taken, refused = peer.counts[True], peer.counts[False]
        check(f"{operation}: schema and mock agree on {taken} messages that are taken and {refused} that are not",
              not peer.wrong and taken and refused, "\n".join(peer.wrong))
end()
