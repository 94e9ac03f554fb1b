"""A client that nobody here wrote plays an institution through all phases: `zeep`, `php` or `node`."""

import json
import os
import subprocess
import sys

import digests
from cases import case, end, failed
from player import Play, phases

COMMANDS = {"php": ["php", "tests/peers/soap_client.php"], "node": ["node", "tests/peers/node/soap_client.js"]}


class Piped:
    """A client in another language: a line of JSON each way."""

    def __init__(self, command, url):
        self.process = subprocess.Popen([*command, url, os.environ["PKI"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, identity, operation, message):
        self.process.stdin.write(json.dumps([identity, operation, message]) + "\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline() or '{"error": "the client went away"}')
        assert "error" not in said, said["error"]
        return said.get("fault"), said.get("answer")


def asker(name):
    if name == "zeep":
        from zeep_client import Asker
        return Asker
    return lambda url: Piped(COMMANDS[name], url)


def main(name):
    play = Play(name, asker(name))
    good = True
    for file in phases():
        if good:
            good = play.phase(file)
        else:
            failed(f"{name}: {file.stem}", "not reached")
        if good and name == "zeep" and file.stem == "1-master":
            with case("zeep: the digests of the masters"):
                digests.judge(play.ask)
    end()


main(sys.argv[1])
