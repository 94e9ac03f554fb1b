"""The command line: one command, one thing done. Ends with 0; with 1 where it was refused or is wrong; with 75 where
there was no answer, and the same command may be given again later."""

import argparse
import sys
from dataclasses import dataclass

from office import codes, connection, connectivity, copies, held, inquiries, masters, records, registry_leg
from office.network import Network, NoAnswer, Refused
from office.people import People
from office.settings import NotGiven, Settings, from_environment
from office.store import Store

TRY_LATER = 75


@dataclass
class Office:
    """What every command works with."""

    settings: Settings
    store: Store
    network: Network
    people: People


def main():
    arguments = parser().parse_args()
    try:
        settings = from_environment()
        store = Store(settings.work, settings.institution)
        office = Office(settings, store, Network(settings, store), People(settings.institution))
        arguments.run(office, arguments)
    except NotGiven as error:
        print(error, file=sys.stderr)
        return 1
    except Refused as error:
        print(error, file=sys.stderr)
        return TRY_LATER if error.retry == "same-request" else 1
    except NoAnswer as error:
        print(f"応答がありません。後で再実行してください / no answer; give the command again later: {error}", file=sys.stderr)
        return TRY_LATER
    return 0


def parser():
    made = argparse.ArgumentParser(prog="town_office.py", description="飯田市の情報連携 / information linkage of Iida")
    subparsers = made.add_subparsers(required=True, metavar="COMMAND")

    def commands(name, run, text):
        command = subparsers.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    for module in (connection, masters, codes, registry_leg, connectivity, inquiries, copies, held, records):
        module.add_commands(commands)
    return made
