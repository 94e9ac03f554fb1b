"""Phase 4, afterwards: the exchange records, held against what the office itself remembers."""

# What an inquiry of ours, as we last saw it, must look like in the records.
OUTCOMES = {
    "answered": ("answered",), "fetched": ("answered", "refused", "denied", "no-copy", "no-person"), "denied": ("denied",),
    "refused": ("refused",), "no-copy": ("no-copy",), "no-person": ("no-person",), "cancelled": ("cancelled",),
    "expired": ("expired",),
}


def add_commands(commands):
    listing = commands("records", show, "情報提供等記録 / the exchange records")
    listing.add_argument("receipt", nargs="?")
    listing.add_argument("--from", dest="since")
    listing.add_argument("--to", dest="until")
    commands("check-records", check, "記録と控えを突合する / compare the records with what was asked")
    commands("hide-record", hide, "記録を不開示とする / mark a record as not to be disclosed").add_argument("receipt")


def fetched(office, **wanted):
    return office.network.pages("GetExchangeRecords", "Record", **wanted)


def show(office, arguments):
    today = office.settings.today.isoformat()
    wanted = {"ReceiptNumber": arguments.receipt} if arguments.receipt else {
        "From": arguments.since or today, "To": arguments.until or today
    }
    records = fetched(office, **wanted)
    for each in records:
        print(f"receipt={each['ReceiptNumber']} role={each['Role']} item={each['Item']} outcome={each['Outcome']} "
              f"hidden={str(each['NonDisclosure']).lower()}")
    print(f"records={len(records)}")


def check(office, _arguments):
    wrong = 0
    for row in office.store.rows("inquiry"):
        (record,) = fetched(office, ReceiptNumber=row["receipt"])
        right = record["Role"] == "inquirer" and record["Item"] == row["item"] and record["Provider"] == row["provider"]
        if right and row["state"] in OUTCOMES:
            right = record["Outcome"] in OUTCOMES[row["state"]]
        wrong += not right
        print(f"receipt={row['receipt']} here={row['state']} there={record['Outcome']} {'same' if right else 'DIFFERS'}")
    if wrong:
        raise SystemExit(f"{wrong} 件が一致しません / {wrong} do not agree")


def hide(office, arguments):
    answer = office.network.call("SetNonDisclosure", ReceiptNumber=arguments.receipt, NonDisclosure=True)
    print(f"receipt={arguments.receipt} hidden={str(answer['NonDisclosure']).lower()}")
