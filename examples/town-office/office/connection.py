"""Phase 0: the application for connection, and where it stands."""

from office.characters import carried
from office.people import application


def add_commands(commands):
    commands("apply", apply, "接続を申請する / apply for connection")
    commands("status", status, "申請の状況 / where the application stands")


def apply(office, _arguments):
    wanted = application(office.settings.institution)
    answer = office.network.call(
        "ApplyForConnection",
        Applicant={"Institution": office.settings.institution, "Name": carried(wanted["Name"])},
        Delegation=wanted.get("Delegation", []),
        Partner=wanted["Partner"],
        Schedule={"From": wanted["From"], "To": wanted["To"]},
        Task=wanted["Task"],
    )
    print(f"state={answer['State']}")


def status(office, _arguments):
    print(f"state={office.network.call('GetConnectionStatus')['State']}")
