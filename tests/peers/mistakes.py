"""What is said of mistakes by the binary that people run: `cargo test` holds the texts, but of a build for debugging."""

import os
import pathlib
import re
import shutil
import subprocess

from cases import case, end

CASES = pathlib.Path("tests/scenarios")
WORK = pathlib.Path(os.environ["WORK"])


def put(source, scenarios):
    """Files that belong to no other place are scenarios."""
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        if not path.is_file():
            continue
        top = len(name.parts) == 1 and path.name not in ("profile.toml", "items.toml", "people.toml")
        target = scenarios / "1-case" / name if top else scenarios / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


for expected in sorted((CASES / "err").glob("*.txt")):
    if expected.stem == "acts":
        # Its acts are those of a network that is not the bundled one.
        continue
    with case(f"said of {expected.stem}"):
        scenarios = WORK / "mistakes" / expected.stem / "scenarios"
        put(CASES / "base", scenarios)
        wrong = expected.with_suffix("")
        if wrong.is_dir():
            put(wrong, scenarios)
        else:
            (scenarios / "1-case").mkdir(exist_ok=True)
            shutil.copy(wrong.with_suffix(".toml"), scenarios / "1-case")
        ran = subprocess.run(
            [os.environ["RENKEI"], "--lang", "en", "check"],
            cwd=scenarios.parent, capture_output=True, text=True, check=False,
        )
        told = ran.stdout + ran.stderr
        wanted = re.findall(r"^error: .*", expected.read_text(), re.MULTILINE)
        missing = [line for line in wanted if line not in told]
        assert wanted and not missing and ran.returncode == 3, (missing, ran.returncode, told[-2000:])
end()
