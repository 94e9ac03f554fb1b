"""Runs the suite once, then judges what it kept: bodies by xmllint and the schema, selectors by libxml2's XPath."""

import os
import pathlib
import subprocess

import bodies
import selectors_of_suite
from cases import check, end

WORK = pathlib.Path(os.environ["WORK"])

runs = WORK / "runs"
run = subprocess.run(
    [os.environ["RENKEI"], "run", "--runs", str(runs), "--snapshots", "check"],
    capture_output=True, text=True, check=False,
)
check("the suite passes", run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:])
(folder,) = runs.iterdir()
bodies.judge(folder)
selectors_of_suite.judge(folder)
end()
