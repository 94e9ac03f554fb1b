"""What the play's files mean, apart from any client: steps, paths and captured values."""

import json
import pathlib
import re
import tomllib

from cases import failed, ok
from control import control

SEGMENT = re.compile(r"(?P<name>[\w*-]+)(?:\[(?P<key>\w+)=(?P<value>[^\]]*)\])?")
WHOLE = re.compile(r"\$(\w+)((?:\.[\w*-]+)*)$")
WITHIN = re.compile(r"\$\{(\w+)((?:\.[\w*-]+)*)\}")

INSTITUTIONS = {
    "iida-mayor": "202053-M", "iida-education": "202053-E", "sapporo-mayor": "011002-M",
    "sapporo-education": "011002-E", "matsumoto-mayor": "202029-M", "ministry": "MIN-0001",
    "insurer": "INS-0001", "registry": "JUKI-NET", "portal": "MYNA-PORTAL",
}


def listed(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def at(value, path):
    """All that a path leads to in plain data: a list."""
    found = [value]
    for match in SEGMENT.finditer(path):
        name, key = match["name"], match["key"]
        if name == "*":
            found = [inner for each in found for inner in listed(each)]
        elif name.isdigit():
            every = [inner for each in found for inner in listed(each)]
            found = every[int(name):][:1]
        else:
            found = [inner for each in found for one in listed(each) if isinstance(one, dict) for inner in listed(one.get(name))]
        if key:
            found = [each for each in found if text(each.get(key)) == match["value"]]
    return found


def given(value, known):
    """A step's value with what was captured in its place."""
    if isinstance(value, dict):
        return {given(key, known): given(each, known) for key, each in value.items()}
    if isinstance(value, list):
        return [given(each, known) for each in value]
    if not isinstance(value, str):
        return value
    def one(match):
        found = at(known[match[1]], match[2])
        return found[0] if len(found) == 1 else found
    whole = WHOLE.match(value)
    return one(whole) if whole else WITHIN.sub(lambda match: text(one(match)), value)


def mismatches(expected, answer):
    for path, wanted in expected.items():
        found = at(answer, path)
        if isinstance(wanted, dict):
            right = all({
                "count": lambda n: len(found) == n,
                "exists": lambda yes: bool(found) == yes,
                "not": lambda other: bool(found) and text(other) not in map(text, found),
            }[key](value) for key, value in wanted.items())
        else:
            right = [text(each) for each in found] == [text(each) for each in listed(wanted)]
        if not right:
            yield f"{path}: {found}, not {wanted}"


class Play:
    """Plays all phases through one client, in one world. `ask(identity, operation, message)` answers (code, answer)."""

    def __init__(self, name, ask_from):
        self.name = name
        control("POST", "/worlds", {"name": name})
        self.ask = ask_from(control("GET", f"/worlds/{name}")["url"])
        rules = control("GET", "/texts")["rules"]
        self.rules = {(rule["fault"], rule["id"]) for rule in rules}
        people = tomllib.loads(pathlib.Path("scenarios/people.toml").read_text())["person"]
        self.known, self.number = {"people": people}, 0

    def phase(self, file):
        try:
            good = self.steps(json.loads(file.read_text()))
        except Exception as error:
            failed(f"{self.name}: {file.stem}", f"{self.doing}: {type(error).__name__}: {error}")
            return False
        ok(f"{self.name}: {file.stem}, {good[0]} calls, {good[1]} typed refusals")
        return True

    def steps(self, steps):
        calls = refusals = 0
        for step in steps:
            self.doing = step.get("title", step.get("call", step))
            if "each" in step:
                for part in listed(given(step["each"], self.known)):
                    self.known["it"] = part
                    more = self.steps(step["do"])
                    calls, refusals = calls + more[0], refusals + more[1]
            elif "act" in step:
                control("POST", f"/worlds/{self.name}/acts", given(step["act"], self.known))
            elif "clock" in step:
                control("PATCH", f"/worlds/{self.name}/clock", given(step["clock"], self.known))
            else:
                self.call(step)
                calls, refusals = calls + 1, refusals + ("fault" in step)
        return calls, refusals

    def call(self, step):
        message = given(step.get("with", {}), self.known)
        answer, follow = self.answer(step, message), step.get("follow")
        while follow and (next_page := at(answer, follow["while"])):
            answer = self.answer(step, message | {follow["as"]: next_page[0]})

    def answer(self, step, message):
        """The answer to a call that went as the step says; nothing where it was refused as it says."""
        for _ in range(100):
            self.number += 1
            institution = step.get("institution") or INSTITUTIONS[step["as"]]
            sender = {"RequestId": f"{self.name}-{self.number}", "Institution": institution}
            fault, answer = self.ask(step["as"], step["call"], {"Sender": sender} | message)
            if step.get("retry"):
                again = self.ask(step["as"], step["call"], {"Sender": sender} | message)
                assert again == (fault, answer), f"a retry was answered with {again}, not {(fault, answer)}"
            if fault or not list(mismatches(given(step.get("until", {}), self.known), answer)):
                break
            control("PATCH", f"/worlds/{self.name}/clock", {"advance": 10})
        if fault:
            assert fault["Code"] == step.get("fault"), f"refused: {fault}"
            assert fault.get("RuleId") is None or (fault["Code"], fault["RuleId"]) in self.rules, fault
            assert fault["TextJa"] and fault["TextEn"] and fault["Retry"], fault
            return None
        shown = json.dumps(answer, ensure_ascii=False)[:1500]
        assert "fault" not in step, f"not refused with {step['fault']}: {shown}"
        expected = given(step.get("until", {}) | step.get("expect", {}), self.known)
        wrong = list(mismatches({"Receipt.RequestId": sender["RequestId"]} | expected, answer))
        assert not wrong, f"{wrong}\n{shown}"
        for name, path in step.get("capture", {}).items():
            found = at(answer, given(path, self.known))
            assert found, f"nothing at {path}: {shown}"
            self.known[name] = found[0] if len(found) == 1 else found
        return answer


def phases():
    return sorted(pathlib.Path("tests/peers/play").glob("*.json"))
