"""Phase 4 as inquirer: to ask, to fetch the answer later, to take an inquiry back."""

import json
import time

from office.bugs import bug
from office.codes import tell_refused
from office.network import Refused

# In these states an inquiry goes on; it is fetched again later. Held: a person at the provider decides.
UNDER_WAY = ("accepted", "permitted", "at-provider", "held")
# How often one collection asks for a result, and how long it waits in between. What is not there yet is left to the next.
POLLS = 3
BETWEEN = 0.1


def add_commands(commands):
    asking = commands("inquire", inquire, "照会する / ask")
    question(asking).add_argument("person")
    batch = commands("inquire-batch", inquire_batch, "一括で照会する / ask in a batch")
    question(batch).add_argument("person", nargs="+")
    collecting = commands("collect", collect, "照会結果を取得する / fetch what was answered")
    collecting.add_argument("receipt", nargs="*", help="なければ未完了のすべて / all that are under way where none is named")
    commands("cancel", cancel, "照会を取り消す / take an inquiry back").add_argument("receipt")
    commands("inquiries", show, "照会の一覧 / the inquiries")


def question(parser):
    for name in ("--task", "--procedure", "--provider", "--item"):
        parser.add_argument(name, required=True)
    parser.add_argument("--year", help="年度 / the fiscal year")
    parser.add_argument("--from", dest="since", help="期間の開始日 / first day of a period")
    parser.add_argument("--to", dest="until", help="期間の終了日 / last day of a period")
    parser.add_argument("--delegator", help="委任元の機関 / the institution that has this one act for it")
    parser.add_argument("--consent", action="store_true", help="本人の同意がある / the person consented")
    return parser


def asked(office, person, arguments):
    return {
        "AtenaNumber": office.people.atena(person), "Task": arguments.task, "Procedure": arguments.procedure,
        "Provider": arguments.provider, "Item": arguments.item,
        **({"Year": arguments.year} if arguments.year else {}),
        **({"From": arguments.since, "To": arguments.until} if arguments.since else {}),
        **({"Delegator": arguments.delegator} if arguments.delegator else {}),
        **({"Consent": True} if arguments.consent else {}),
    }


def keep(office, receipt, question, batch=None):
    office.store.put(
        "inquiry", receipt=receipt, batch=batch, atena=question["AtenaNumber"], provider=question["Provider"],
        item=question["Item"], year=question.get("Year"), state="accepted",
    )
    print(f"receipt={receipt}")


def inquire(office, arguments):
    question = asked(office, arguments.person, arguments)
    keep(office, office.network.call("SubmitInquiry", **question)["ReceiptNumber"], question)


def inquire_batch(office, arguments):
    questions = [asked(office, person, arguments) for person in arguments.person]
    answer = office.network.call("SubmitInquiryBatch", Inquiry=questions)
    print(f"batch={answer['BatchNumber']} taken={answer['TakenCount']} refused={answer['RefusedCount']}")
    # The entries are those of the batch, in its order.
    for question, entry in zip(questions, answer["Entry"], strict=True):
        if "ReceiptNumber" in entry:
            keep(office, entry["ReceiptNumber"], question, answer["BatchNumber"])
    tell_refused(answer)


def collect(office, arguments):
    """One inquiry that fails does not keep the others from being fetched."""
    receipts = arguments.receipt or [
        row["receipt"] for row in office.store.rows("inquiry") if is_under_way(row["state"])
    ]
    failures = []
    for receipt in receipts:
        if office.store.row("inquiry", receipt=receipt) is None:
            raise SystemExit(f"{receipt}: この機関の照会ではありません / this institution did not ask that")
        try:
            collect_one(office, receipt)
        except Refused as refused:
            if bug("fault-as-empty"):
                conclude(office, receipt, {"State": "no-copy"})
                continue
            if refused.retry == "same-request":
                raise
            office.store.change("inquiry", {"receipt": receipt}, state="lost")
            failures.append(f"receipt={receipt} {refused}")
    if failures:
        raise SystemExit("\n".join(failures))


def collect_one(office, receipt):
    polls = 0
    while True:
        inquiry = office.network.call("GetInquiryResult", ReceiptNumber=receipt)["Inquiry"]
        polls += 1
        if not is_under_way(inquiry["State"]):
            conclude(office, receipt, inquiry)
            return
        # A held inquiry waits for a person, so there is no use in asking again at once.
        if not bug("polls-forever") and (polls >= POLLS or inquiry["State"] == "held"):
            office.store.change("inquiry", {"receipt": receipt}, state=inquiry["State"])
            print(f"receipt={receipt} state={inquiry['State']} not yet")
            return
        time.sleep(BETWEEN)


def is_under_way(state):
    return state in UNDER_WAY and not (state == "held" and bug("ignores-held"))


def conclude(office, receipt, inquiry):
    """What became of an inquiry. That there is no information is an answer; that it was denied or refused is none."""
    asked = office.store.row("inquiry", receipt=receipt)
    copies, state = inquiry.get("Copy", []), inquiry["State"]
    if any(copy["Item"] != asked["item"] or asked["year"] not in (None, copy.get("Year")) for copy in copies):
        raise SystemExit(f"{receipt}: 照会と異なる情報です。使用しません / this is not what was asked for, and is not used")
    office.store.change("inquiry", {"receipt": receipt}, state=state, answer=json.dumps(copies, ensure_ascii=False))
    print(f"receipt={receipt} state={state}")
    for reason in (inquiry.get("Reason"), inquiry.get("Denial", {}).get("TextJa")):
        if reason:
            print(f"  {reason}")
    for copy in copies:
        for part in copy["Row"]:
            fields = " ".join(f"{each['Name']}={shown(each)}" for each in part["Field"])
            print(f"  {copy['Item']} {copy.get('Year', '-')} {part['AsOf']}: {fields}")


def shown(field):
    """Zero, empty, undeclared and no such record are four different answers, and none of them is a value."""
    words = {"zero": "0円", "empty": "空欄", "undeclared": "未申告", "no-record": "該当なし"}
    return words.get(field["Kind"]) or field["Value"]


def cancel(office, arguments):
    answer = office.network.call("CancelInquiry", ReceiptNumber=arguments.receipt)
    office.store.change("inquiry", {"receipt": arguments.receipt}, state=answer["State"])
    print(f"receipt={arguments.receipt} state={answer['State']}")


def show(office, _arguments):
    for row in office.store.rows("inquiry"):
        print(f"receipt={row['receipt']} atena={row['atena']} item={row['item']} state={row['state']}")
