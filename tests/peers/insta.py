"""cargo insta as the reviewer of a suite: it lists and accepts what `renkei run` left, and what it wrote is right."""

import json
import os
import pathlib
import shutil
import subprocess

from cases import check, end

RENKEI, WORK = os.environ["RENKEI"], pathlib.Path(os.environ["WORK"])
ENV = os.environ | {"PATH": f"{os.environ['TOOLS']}/bin:{os.environ['PATH']}"}
ENV.pop("CI", None)
suite = WORK / "suite"


def call(*command):
    return subprocess.run(command, cwd=suite, env=ENV, capture_output=True, text=True, check=False)


def run(mode):
    # 5: nothing failed, and there are new snapshots; 1: something differs.
    return call(RENKEI, "run", "--snapshots", mode, "--filter", "^0-").returncode


def pending():
    done = call("cargo", "insta", "pending-snapshots", "--as-json")
    return sorted(pathlib.Path(json.loads(line)["path"]).relative_to(suite).as_posix() for line in done.stdout.splitlines())


def waiting():
    return sorted(path.relative_to(suite).as_posix().removesuffix(".new") for path in suite.rglob("*.snap.new"))


def snapshots(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in (root / "snapshots").rglob("*.snap")}


def make_suite():
    """A copy of the suite with the least that cargo calls a package, and git's ignore file as in the repository."""
    suite.mkdir()
    for folder in ("scenarios", "snapshots"):
        shutil.copytree(folder, suite / folder)
    (suite / "Cargo.toml").write_text('[package]\nname = "suite"\nversion = "0.0.0"\nedition = "2024"\n')
    (suite / "src").mkdir()
    (suite / "src" / "lib.rs").touch()
    shutil.copy(".gitignore", suite)
    call("git", "init", "--quiet")


make_suite()
committed = snapshots(suite)
chosen = [name for name in committed if name.startswith("snapshots/0-")]

for name in chosen:
    (suite / name).unlink()
check("a run without snapshots ends with 5", run("new") == 5)
check(f"cargo insta lists all {len(chosen)} new snapshots", pending() == waiting() == sorted(chosen), f"{pending()[:5]}")
done = call("cargo", "insta", "accept")
check("cargo insta accepts them", done.returncode == 0 and not waiting(), done.stderr)
check("what it accepted is what is committed, to the byte", snapshots(suite) == committed,
      "\n".join(name for name in chosen if snapshots(suite).get(name) != committed[name]))
check("the run is then as expected", run("check") == 0)

changed = suite / sorted(chosen)[0]
changed.write_bytes(changed.read_bytes().replace(b"200 ", b"299 ").replace(b"500 ", b"599 "))
spoilt = changed.read_bytes()
check("a run with another snapshot fails", spoilt != committed[sorted(chosen)[0]] and run("new") == 1)
check("cargo insta lists the difference", pending() == [sorted(chosen)[0]], f"{pending()}")
call("cargo", "insta", "reject")
check("cargo insta rejects: the accepted one stays", changed.read_bytes() == spoilt and not waiting())
run("new")
call("cargo", "insta", "accept")
check("cargo insta accepts: all is as committed", snapshots(suite) == committed and run("check") == 0)
end()
