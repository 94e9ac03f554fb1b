"""Whom the office knows, and by which number each of its institutions does."""

import pathlib
import tomllib

from office.bugs import bug, individual_number

DATA = pathlib.Path(__file__).parent.parent / "data"
OFFICES = {"202053-M": "mayor", "202053-E": "education"}


class People:
    """The people of one institution. Every number that leaves the house is an atena number of that institution."""

    def __init__(self, institution):
        self.institution = institution
        self.office = OFFICES.get(institution)
        self.known = tomllib.loads((DATA / "people.toml").read_text(encoding="utf-8"))

    def atena(self, name):
        person = self.known.get(name)
        office = "mayor" if bug("mayors-number") else self.office
        if person is None or office not in person:
            raise SystemExit(f"{name}: この機関に宛名番号がありません / {self.institution} has no atena number of this person")
        return individual_number(person[office]) if bug("individual-number") else person[office]

    def kind(self, name):
        return self.known[name]["kind"]


def originals(office):
    """What the business systems of an office hold."""
    held = tomllib.loads((DATA / "originals.toml").read_text(encoding="utf-8"))
    return [original for original in held["original"] if original["office"] == office]


def application(institution):
    """What an institution applies for."""
    return tomllib.loads((DATA / "application.toml").read_text(encoding="utf-8"))[institution]
