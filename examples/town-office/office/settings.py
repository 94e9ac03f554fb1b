"""What the system must be given. All of it comes from the environment; nothing is guessed."""

import datetime
import os
import pathlib
from dataclasses import dataclass

JAPAN = datetime.timezone(datetime.timedelta(hours=9))


class NotGiven(Exception):
    """Something that the system needs was not given."""


@dataclass(frozen=True)
class Settings:
    url: str
    ca: str
    certificate: str
    key: str
    institution: str
    work: pathlib.Path
    now: datetime.datetime

    @property
    def today(self):
        return self.now.astimezone(JAPAN).date()


def from_environment(environ=os.environ):
    def given(name):
        value = environ.get(name)
        if not value:
            raise NotGiven(f"環境変数 {name} がありません / the environment has no {name}")
        return value

    # Under test, time is the network's, which may stand still; else it is that of the clock on the wall.
    told = environ.get("RENKEI_NOW")
    return Settings(
        url=given("RENKEI_URL"),
        ca=given("RENKEI_CA"),
        certificate=given("RENKEI_CERTIFICATE"),
        key=given("RENKEI_KEY"),
        institution=given("RENKEI_INSTITUTION"),
        work=pathlib.Path(given("RENKEI_WORK")),
        now=datetime.datetime.fromisoformat(told) if told else datetime.datetime.now(JAPAN),
    )
