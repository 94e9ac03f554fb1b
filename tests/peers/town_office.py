"""The town office of examples/, under its own scenarios: without a bug all hold, and each of its bugs is caught."""

import os
import pathlib
import re
import subprocess
import sys

import yaml

from cases import check, end

RENKEI, WORK, TOOLS = os.environ["RENKEI"], pathlib.Path(os.environ["WORK"]), pathlib.Path(os.environ["TOOLS"])
SUITE = pathlib.Path("examples/town-office").resolve()
CI = pathlib.Path("examples/ci").resolve()
sys.path.insert(0, str(SUITE))
from office.bugs import BUGS  # noqa: E402

# The scenario that must notice a bug, among those that do. It is run with what it starts from.
CAUGHT_BY = {
    "forgets-to-confirm": "2-code/acquire-and-confirm",
    "master-too-early": "5-master-update/not-before-its-day",
    "new-request-id": "0-connection/answer-lost",
    "drops-beyond-bmp": "3-connectivity/every-route",
    "mayors-number": "2-code/acquire-and-confirm",
    "ignores-held": "4-query-provide/held-at-the-provider",
    "polls-forever": "4-query-provide/polls-are-bounded",
    "keeps-resident-record": "4-query-provide/moved-out",
    "fault-as-empty": "4-query-provide/expired-is-no-answer",
    "individual-number": "2-code/acquire-and-confirm",
}


def environment(bug):
    path = f"{TOOLS}/town-office/bin:{os.environ['PATH']}"
    return os.environ | {"PATH": path, "TOWN_OFFICE_BUG": bug, "RENKEI": RENKEI, "SUITE": str(SUITE), "CI": "true"}


def run(bug, *more):
    command = [RENKEI, "run", "--lang", "en", "--runs", str(WORK / "town-runs"), "--snapshots", "check", *more]
    return subprocess.run(command, cwd=SUITE, env=environment(bug), capture_output=True, text=True, check=False)


def caught(output):
    return re.findall(r"^failed(?: \(individual number\))?: (\S+)", output, re.MULTILINE)


scenarios = [path for path in SUITE.glob("scenarios/*/*.toml") if path.parent.name[0].isdigit()]
done = run("")
good = done.returncode == 0 and len(scenarios) >= 20 and not caught(done.stdout)
check(f"the town office passes its {len(scenarios)} scenarios", good, done.stdout[-3000:])
check("each bug has a scenario of its own", set(BUGS) == set(CAUGHT_BY) and len(BUGS) == 10)
for bug, scenario in CAUGHT_BY.items():
    # An individual number on the network has an exit code of its own.
    wanted = 7 if bug == "individual-number" else 1
    done = run(bug, "--filter", f"^{scenario}$")
    found = caught(done.stdout)
    good = done.returncode == wanted and scenario in found
    check(f"{bug} is caught by {scenario}", good, f"exit {done.returncode}, caught by {found}\n{done.stdout[-1500:]}")

# The files for CIs: what they run is run here, on a change that is wrong.
validator = [f"{TOOLS}/node/node_modules/.bin/action-validator", str(CI / "github-actions.yml")]
said = subprocess.run(validator, capture_output=True, text=True, check=False)
check("GitHub: the file agrees with the schema of workflows", said.returncode == 0, said.stdout + said.stderr)
github = yaml.safe_load((CI / "github-actions.yml").read_text())
(step,) = [step["run"] for step in github["jobs"]["linkage"]["steps"] if step.get("name") == "Run the scenarios"]
gitlab = yaml.safe_load((CI / "gitlab-ci.yml").read_text())["linkage"]["script"]
for name, script, variable in (("GitHub", step, "GITHUB_WORKSPACE"), ("GitLab", "\n".join(gitlab), "CI_PROJECT_DIR")):
    workspace = WORK / name
    workspace.mkdir()
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=SUITE, env=environment("individual-number") | {variable: str(workspace)},
        capture_output=True, text=True, check=False,
    )
    kept = (workspace / "renkei.xml").is_file() and any((workspace / "runs").glob("*/events.jsonl"))
    check(f"{name}: the step fails, and leaves JUnit and the run folder", done.returncode == 7 and kept, done.stdout + done.stderr)
    if name == "GitHub":
        noted = re.findall(r"^::error file=(\S+?),line=\d+", done.stdout, re.MULTILINE)
        check("GitHub: what failed is noted at its line", any("acquire-and-confirm.toml" in file for file in noted), done.stdout[-1500:])
end()
