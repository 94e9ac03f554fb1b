"""Holds the runner's XPath against libxml2's: each selector of the suite, over the answer that the run kept.

A step that passed says that the runner's XPath selected what the scenario expects; here `xmllint --xpath` must select
the same from the same bytes. What is compared is the expectation itself, so a difference between the two readers shows.
"""

import pathlib
import re
import subprocess
import sys
import tomllib

WORK = pathlib.Path(sys.argv[1])
run = sorted((WORK / "runs").iterdir())[-1]
prefixes = tomllib.loads(pathlib.Path("scenarios/profile.toml").read_text())["namespaces"]


def by_name(expression):
    """The same selector without prefixes, since xmllint's command line declares none."""
    def step(match):
        uri = prefixes[match.group(1)]
        return f"*[local-name()='{match.group(2)}' and namespace-uri()='{uri}']"
    return re.sub(r"\b(\w+):([A-Za-z]\w*)(?![\w(:])", step, expression)


def select(expression, body):
    def xpath(text):
        done = subprocess.run(["xmllint", "--xpath", text, str(body)], capture_output=True, check=False)
        return done.stdout.decode()
    count = int(float(xpath(f"count({expression})").strip() or 0))
    # xmllint prints one line feed after a string; the value itself may hold more.
    return [xpath(f"string(({expression})[{number}])").removesuffix("\n") for number in range(1, count + 1)]


checked = wrong = 0
for file in sorted(pathlib.Path("scenarios").glob("[0-9]-*/*.toml")):
    scenario = tomllib.loads(file.read_text())
    for number, step in enumerate(scenario["step"], 1):
        body = run / file.parent.name / file.stem / f"{number:02}-{step['id']}.response.xml"
        expected = dict(step.get("expect", {}).get("xpath", {}))
        if "fault" in step.get("expect", {}):
            expected["//n:Fault/n:Code"] = step["expect"]["fault"]
        for expression, want in expected.items():
            got = select(by_name(expression), body)
            if isinstance(want, str):
                right = got == [want]
            else:
                right = all([
                    "exists" not in want or want["exists"] == bool(got),
                    "count" not in want or want["count"] == len(got),
                    "matches" not in want or (got and all(re.fullmatch(want["matches"], value) for value in got)),
                    "one-of" not in want or (got and all(value in want["one-of"] for value in got)),
                ])
            checked += 1
            if not right:
                wrong += 1
                print(f"{file} [{step['id']}] {expression}: libxml2 selects {got[:5]}")
print(f"{checked} selectors checked, {wrong} differ")
sys.exit(0 if checked > 20 and wrong == 0 else 1)
