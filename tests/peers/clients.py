"""The starting points in examples/clients, as somebody would run them: by hand, and under the scenarios beside them. The
snapshots are those of the first client; what the others write and send must be the same."""

import json
import os
import pathlib
import shutil
import subprocess

from cases import check, end
from control import control

PKI, TOOLS, RENKEI, WORK = os.environ["PKI"], os.environ["TOOLS"], os.environ["RENKEI"], pathlib.Path(os.environ["WORK"])
SUITE = WORK / "clients"
WORLD = "clients"
JAX_WS = f"{WORK}/jaxws:/usr/share/java/jaxws-rt.jar"
JAVA = ["java", "-Dfile.encoding=UTF-8", "java/ThreeCalls.java"]
CLIENTS = {
    "java": JAVA,
    "java with JAX-WS": ["java/with_stores", "-cp", JAX_WS, "ThreeCalls"],
    # This runtime is older than the OpenSSL of this machine, and needs no library for languages.
    "C#": [
        "env", f"LD_LIBRARY_PATH={TOOLS}/dotnet/psycopg2_binary.libs", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1",
        f"{TOOLS}/dotnet/dotnetcore2/bin/dotnet", f"{WORK}/three_calls.dll",
    ],
    "php": ["php", "php/three_calls.php"],
    "node": ["node", "node/three_calls.js"],
}
# Nothing of ours but the path.
BARE = {"PATH": os.environ["PATH"], "NODE_PATH": f"{TOOLS}/node/node_modules"}


def run(command, env):
    return subprocess.run(command, cwd=SUITE, env=BARE | env, capture_output=True, text=True, check=False, timeout=120)


def compiled(name, *command):
    done = subprocess.run(command, cwd=SUITE, capture_output=True, text=True, check=False)
    check(f"{name} is compiled", done.returncode == 0, done.stdout + done.stderr)


def compile_jax_ws():
    """With the classes that wsimport makes of the written contract."""
    classes = WORK / "jaxws"
    classes.mkdir()
    wsimport = ["/usr/share/jaxws/bin/wsimport.sh", "-quiet", "-Xnocompile", "-p", "linkage", "-d", classes]
    compiled("the contract by wsimport", *wsimport, f"{WORK}/contract/renkei.wsdl")
    javac = ["javac", "-nowarn", "-encoding", "UTF-8", "-cp", JAX_WS, "-d", classes]
    compiled("java with JAX-WS", *javac, *classes.glob("linkage/*.java"), "java/jaxws/ThreeCalls.java")


def compile_c_sharp():
    """By Mono's compiler, against the runtime of .NET that runs it."""
    (framework,) = pathlib.Path(TOOLS, "dotnet/dotnetcore2/bin/shared/Microsoft.NETCore.App").iterdir()
    references = [f"-r:{file}" for file in framework.glob("System*.dll") if "WindowsRuntime" not in file.name]
    compiled("C#", "mcs", "-nostdlib", "-noconfig", *references, f"-out:{WORK}/three_calls.dll", "csharp/ThreeCalls.cs")
    runtime = {"runtimeOptions": {"framework": {"name": framework.parent.name, "version": framework.name}}}
    (WORK / "three_calls.runtimeconfig.json").write_text(json.dumps(runtime))


def by_hand():
    """What each is given by the environment, and whom it believes."""
    control("POST", "/worlds", {"name": WORLD})
    given = {
        "RENKEI_URL": control("GET", f"/worlds/{WORLD}")["url"],
        "RENKEI_CA": f"{PKI}/ca.pem",
        "RENKEI_CERTIFICATE": f"{PKI}/clients/iida-mayor.pem",
        "RENKEI_KEY": f"{PKI}/clients/iida-mayor.key",
        "RENKEI_INSTITUTION": "202053-M",
        "RENKEI_WORK": str(WORK),
    }
    for name, command in CLIENTS.items():
        without = {key: value for key, value in given.items() if key != "RENKEI_CA"}
        done = run(command, without)
        check(f"{name}: says what it was not given", done.returncode == 1 and "RENKEI_CA" in done.stderr, done.stdout + done.stderr)
    for certificate in ("good", "other-name", "other-ca"):
        server = control("POST", f"/worlds/{WORLD}/listeners", {"certificate": certificate})
        wanted = "state=not-applied\n" if certificate == "good" else ""
        for name, command in CLIENTS.items():
            done = run(command, given | {"RENKEI_URL": server["url"]})
            good = done.returncode == 75 and done.stdout == wanted
            check(f"{name}: believes a server with the certificate {certificate}, or not", good, done.stdout + done.stderr)


def under_scenarios():
    files = {file: file.read_text() for file in SUITE.glob("scenarios/*/*.toml")}
    for number, (name, command) in enumerate(CLIENTS.items()):
        for file, text in files.items():
            file.write_text(text.replace(json.dumps(JAVA), json.dumps(command)))
        done = run([RENKEI, "run", "--lang", "en"], {})
        if number == 0:
            check(f"{name}: nothing fails, all is new", done.returncode == 5, done.stdout + done.stderr)
            run([RENKEI, "accept"], {})
            done = run([RENKEI, "run", "--lang", "en"], {})
        check(f"{name}: writes and sends what is accepted", done.returncode == 0, done.stdout + done.stderr)


shutil.copytree("examples/clients", SUITE, ignore=shutil.ignore_patterns("runs", "snapshots"))
compile_jax_ws()
compile_c_sharp()
by_hand()
under_scenarios()
end()
