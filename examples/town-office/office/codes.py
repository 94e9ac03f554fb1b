"""Phase 2: atena numbers are registered, codes acquired, applied and confirmed."""

from office.bugs import bug


def add_commands(commands):
    for name, run, text in (
        ("register-people", register, "宛名番号を登録する / register atena numbers"),
        ("request-codes", request, "処理通番を請求する / ask for acquisition numbers"),
        ("give-up-link", give_up, "誤った紐付けを解除する / give up a wrong link"),
        ("delete-people", delete, "宛名番号を削除する / delete atena numbers"),
    ):
        commands(name, run, text).add_argument("person", nargs="+")
    merging = commands("merge-people", merge, "同一人の二つの番号を統合する / merge two numbers of one person")
    merging.add_argument("keep")
    merging.add_argument("merged")
    commands("apply-codes", apply, "通知された符号を適用し、確認する / apply and confirm the codes that were notified")
    commands("links", show, "紐付けの一覧 / the links")


def register(office, arguments):
    entries = [{"AtenaNumber": office.people.atena(each), "Kind": office.people.kind(each)} for each in arguments.person]
    answer = office.network.call("RegisterAtena", Entry=entries)
    for entry in taken(answer):
        office.store.put("link", atena=entry["AtenaNumber"], state="registered")
    tell(answer)


def request(office, arguments):
    answer = office.network.call(
        "RequestAcquisitionNumbers", Entry=[{"AtenaNumber": office.people.atena(each)} for each in arguments.person]
    )
    for entry in taken(answer):
        office.store.put("link", atena=entry["AtenaNumber"], state="asked", acquisition=entry["AcquisitionNumber"])
        # The residents' system sends this number, with the resident code, on the registry leg.
        print(f"atena={entry['AtenaNumber']} acquisition={entry['AcquisitionNumber']}")
    tell(answer)


def apply(office, _arguments):
    """Takes the notifications since the last one, and applies each code to the number for which it was asked."""
    seen = [row["number"] for row in office.store.rows("notification")]
    after = max(seen, default=None)
    while True:
        answer = office.network.call("GetCodeNotifications", After=after)
        for each in answer.get("Notification", []):
            after = each["NotificationNumber"]
            take(office, each)
        if answer["MoreCount"] == "0":
            break
    report(office)
    if not bug("forgets-to-confirm"):
        confirm(office)


def take(office, notification):
    """A notification may come twice, and in any order; the acquisition number says whose code it is."""
    link = office.store.row("link", acquisition=notification["AcquisitionNumber"])
    if link is None:
        print(f"acquisition={notification['AcquisitionNumber']} unknown")
    elif "Failure" in notification:
        office.store.change("link", {"atena": link["atena"]}, state="failed")
        print(f"atena={link['atena']} failure={notification['Failure']}")
    elif link["state"] == "asked":
        office.store.change("link", {"atena": link["atena"]}, state="notified", code=notification["LinkageCode"])
    office.store.put("notification", number=notification["NotificationNumber"])


def report(office):
    notified = office.store.rows("link", state="notified")
    if not notified:
        return
    answer = office.network.call("ReportCodeApplication", Entry=[
        {"AcquisitionNumber": link["acquisition"], "AtenaNumber": link["atena"], "LinkageCode": link["code"]}
        for link in notified
    ])
    for entry in taken(answer):
        office.store.change("link", {"atena": entry["AtenaNumber"]}, state="applied")
    print("applied", end=" ")
    tell(answer)


def confirm(office):
    """What was applied is confirmed, with the count of all links: both sides must have the same."""
    applied, confirmed = office.store.rows("link", state="applied"), office.store.rows("link", state="confirmed")
    if not applied:
        return
    answer = office.network.call(
        "ConfirmLinks", Count=str(len(applied) + len(confirmed)),
        Entry=[{"AtenaNumber": link["atena"], "LinkageCode": link["code"]} for link in applied],
    )
    for entry in taken(answer):
        office.store.change("link", {"atena": entry["AtenaNumber"]}, state="confirmed")
    print("confirmed", end=" ")
    tell(answer)


def give_up(office, arguments):
    links = [office.store.row("link", atena=office.people.atena(each)) for each in arguments.person]
    entries = [{"AtenaNumber": link["atena"], "LinkageCode": link["code"]} for link in links if link and link["code"]]
    answer = office.network.call("GiveUpLink", Entry=entries)
    for entry in taken(answer):
        office.store.put("link", atena=entry["AtenaNumber"], state="registered")
    tell(answer)


def delete(office, arguments):
    answer = office.network.call(
        "DeleteAtena", Entry=[{"AtenaNumber": office.people.atena(each)} for each in arguments.person]
    )
    for entry in taken(answer):
        office.store.delete("link", atena=entry["AtenaNumber"])
    tell(answer)


def merge(office, arguments):
    keep, merged = office.people.atena(arguments.keep), office.people.atena(arguments.merged)
    answer = office.network.call("MergeAtena", Entry=[{"Keep": keep, "Merge": merged}])
    for _ in taken(answer):
        link, kept = office.store.row("link", atena=merged), office.store.row("link", atena=keep)
        if link and link["code"] and not (kept and kept["code"]):
            office.store.put("link", atena=keep, state=link["state"], code=link["code"])
        office.store.delete("link", atena=merged)
    tell(answer)


def show(office, _arguments):
    for link in office.store.rows("link"):
        print(f"atena={link['atena']} state={link['state']}")


def taken(answer):
    return [entry for entry in answer["Entry"] if "Refusal" not in entry]


def tell(answer):
    print(f"taken={answer['TakenCount']} refused={answer['RefusedCount']}")
    tell_refused(answer)


def tell_refused(answer):
    """What was not taken is an error of the command, though the rest was done."""
    refused = [entry for entry in answer.get("Entry", []) if "Refusal" in entry]
    for entry in refused:
        name, refusal = entry.get("AtenaNumber") or entry.get("AcquisitionNumber"), entry["Refusal"]
        print(f"{name} {refusal['Code']}: {refusal['TextJa']} / {refusal['TextEn']}")
    if refused:
        raise SystemExit(1)
