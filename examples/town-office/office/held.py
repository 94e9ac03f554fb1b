"""Phase 4 as provider: what is not answered automatically is decided by a person."""

from office.characters import carried
from office.copies import given
from office.people import originals


def add_commands(commands):
    commands("held", show, "保留中の照会 / what is held")
    commands("answer-held", answer, "保留中の照会に回答する / answer one of them").add_argument("receipt")
    refusing = commands("refuse-held", refuse, "保留中の照会を拒否する / refuse one of them")
    refusing.add_argument("receipt")
    refusing.add_argument("--reason", required=True, help="理由（提供の義務があるため必要） / why, as there is a duty to provide")


def held(office):
    return office.network.pages("ListHeldRequests", "Request")


def show(office, _arguments):
    requests = held(office)
    for each in requests:
        print(f"receipt={each['ReceiptNumber']} inquirer={each['Inquirer']} atena={each['AtenaNumber']} "
              f"item={each['Item']} year={each.get('Year', '-')}")
    print(f"held={len(requests)}")


def answer(office, arguments):
    """The answer is what the original says today, of the item and year that were asked for."""
    asked = next((each for each in held(office) if each["ReceiptNumber"] == arguments.receipt), None)
    if asked is None:
        raise SystemExit(f"{arguments.receipt}: 保留中ではありません / this is not held")
    copies = [
        given(office, original) for original in originals(office.people.office)
        if office.people.atena(original["person"]) == asked["AtenaNumber"]
        and (original["item"], original.get("year")) == (asked["Item"], asked.get("Year"))
    ]
    if not copies:
        raise SystemExit(f"{arguments.receipt}: 正本がありません / there is no original to answer from")
    said = office.network.call("AnswerHeldRequest", ReceiptNumber=arguments.receipt, Copy=copies)
    print(f"receipt={arguments.receipt} state={said['State']}")


def refuse(office, arguments):
    said = office.network.call("RefuseHeldRequest", ReceiptNumber=arguments.receipt, Reason=carried(arguments.reason))
    print(f"receipt={arguments.receipt} state={said['State']}")
