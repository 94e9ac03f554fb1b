"""Every request, answer and vector against the schema, by xmllint.

Every answer must be valid, but for those of scenarios that spoil answers on purpose. A request that xmllint refuses must
have been refused by the mock as well, for its form: so the two readers are held against each other.
"""

import os
import pathlib
import subprocess

import zeep
from lxml import etree

from cases import check
from kept import exchanges, fault_code, is_spoilt, payload, scenarios, tree

WORK = pathlib.Path(os.environ["WORK"])
SCHEMA = WORK / "contract" / "renkei-messages.xsd"


MASKED = b"[individual number masked]"


class Validator:
    """Collects messages, then judges them all in a few calls of xmllint."""

    def __init__(self, name):
        self.folder = WORK / "messages" / name
        self.folder.mkdir(parents=True)
        self.of = {}

    def add(self, key, message):
        path = self.folder / f"{len(self.of)}.xml"
        path.write_bytes(etree.tostring(message, encoding="UTF-8", with_tail=False))
        self.of[str(path)] = key

    def invalid(self):
        """key → what xmllint says of it."""
        found, paths = {}, list(self.of)
        for start in range(0, len(paths), 300):
            done = subprocess.run(
                ["xmllint", "--noout", "--huge", "--schema", str(SCHEMA), *paths[start:start + 300]],
                capture_output=True, text=True, check=False,
            )
            said = done.stderr.splitlines()
            valid = {line.removesuffix(" validates") for line in said if line.endswith(" validates")}
            for path in paths[start:start + 300]:
                if path not in valid:
                    found[self.of[path]] = "\n".join(line for line in said if line.startswith(path + ":"))
        return found


class Reader:
    """zeep's types, as a client has them from the WSDL."""

    def __init__(self):
        self.types = zeep.Client(str(WORK / "contract" / "renkei.wsdl")).wsdl.types

    def complaint(self, message):
        """What zeep has against a message; nothing where it reads it."""
        try:
            self.types.get_element(message.tag).parse(message, self.types)
        except zeep.exceptions.Error as error:
            return str(error)
        return None


def judge(folder):
    reader, unread = Reader(), {}
    known = scenarios()
    requests, answers = Validator("requests"), Validator("answers")
    roots, refused, odd = {}, {}, []
    for number, (scenario, step, files) in enumerate(exchanges(folder)):
        key = (scenario, step, number)
        answer = tree(files["response"]) if "response" in files else None
        roots[key] = answer
        refused[key] = fault_code(answer)
        if "request" in files:
            request = tree(files["request"])
            message = payload(request)
            if MASKED in files["request"].read_bytes():
                pass  # What was sent is not what is kept.
            elif message is not None:
                requests.add(key, message)
            elif refused[key] is None and answer is not None and not is_spoilt(known[scenario]):
                odd.append(f"{scenario} [{step}]: the request is no envelope with one message, but was answered")
        if "response" in files and not is_spoilt(known[scenario]):
            message = payload(answer)
            if message is None:
                odd.append(f"{scenario} [{step}]: the answer is no envelope with one message or one typed detail")
            else:
                answers.add(key, message)
                if complaint := reader.complaint(message):
                    unread.setdefault((etree.QName(message).localname, complaint), f"{scenario} [{step}]")
    invalid = requests.invalid()
    let_through = [
        f"{scenario} [{step}]: {why}"
        for (scenario, step, number), why in invalid.items()
        if roots[scenario, step, number] is not None
        and not (refused[scenario, step, number] or "").startswith("F-FORM")
        and not is_spoilt(known[scenario])
    ]
    wrong = [f"{scenario} [{step}]: {why}" for (scenario, step, _), why in answers.invalid().items()]
    check(f"the envelopes of the run are envelopes ({len(roots)} exchanges)", roots and not odd, "\n".join(odd))
    check(
        f"xmllint: {len(requests.of)} requests; the {len(invalid)} invalid ones were refused for their form",
        requests.of and not let_through, "\n".join(let_through),
    )
    check(f"xmllint: {len(answers.of)} answers are valid", answers.of and not wrong, "\n".join(wrong))
    check(f"zeep reads {len(answers.of)} answers", answers.of and not unread,
          "\n".join(f"{place}: {name}: {complaint}" for (name, complaint), place in unread.items()))
    sent = {etree.QName(payload(root)).localname for root in map(tree, folder.rglob("*.request*")) if payload(root) is not None}
    templates = {file.stem for file in pathlib.Path("scenarios/messages").glob("*.xml")}
    check("every template was rendered and sent", templates <= sent, f"not sent: {sorted(templates - sent)}")
    vectors()


def vectors():
    """The messages that the mock's own tests take as right, where they are files."""
    validator = Validator("vectors")
    for path in sorted(pathlib.Path("mock-server").rglob("*.xml")):
        message = payload(tree(path))
        if message is not None:
            validator.add(str(path), message)
    if validator.of:
        invalid = validator.invalid()
        check(f"xmllint: {len(validator.of)} test vectors are valid", not invalid, "\n".join(f"{path}: {why}" for path, why in invalid.items()))
