"""Phases 1 and 5: masters are fetched as soon as they are published, and applied from their first day on."""

import datetime
import hashlib
import json

from office.bugs import bug


class Wrong(Exception):
    """A master is not what it says that it is; the former version stays."""


def add_commands(commands):
    commands("masters", show, "マスターの一覧と適用状況 / the masters, and which are applied")
    fetching = commands("fetch-masters", fetch, "マスターを取得する（差分があれば差分） / fetch, as a difference where possible")
    fetching.add_argument("--full", action="store_true", help="全件を取得する / in full")
    commands("apply-masters", apply, "有効な版を適用し、報告する / apply what is in force, and report it")


def show(office, _arguments):
    for master in office.network.call("ListMasters").get("Master", []):
        applied = office.store.row("applied_master", kind=master["Kind"])
        here = "applied" if applied and applied["digest"] == master["Digest"] else "not-applied"
        print(f"kind={master['Kind']} version={master['Version']} state={master['State']} here={here}")
    standing = office.network.call("GetAppliedMasters").get("Standing", [])
    print(f"agrees={sum(each['Agrees'] for each in standing)} of {len(standing)}")


def fetch(office, arguments):
    """Every version that holds or will hold, unless it is there. What was withdrawn is no longer listed, and goes."""
    listed = [each for each in office.network.call("ListMasters").get("Master", []) if each["State"] != "past"]
    known = {(master["Kind"], master["Version"]) for master in listed}
    for row in office.store.rows("fetched_master"):
        if (row["kind"], row["version"]) not in known:
            office.store.delete("fetched_master", kind=row["kind"], version=row["version"])
    fetched = 0
    for master in listed:
        there = office.store.row("fetched_master", kind=master["Kind"], version=master["Version"])
        if there is None or there["digest"] != master["Digest"]:
            fetch_one(office, master, full=arguments.full)
            fetched += 1
    print(f"fetched={fetched}")


def fetch_one(office, master, full):
    """One version, page by page, kept only when all of it came."""
    kind, version = master["Kind"], master["Version"]
    applied = office.store.row("applied_master", kind=kind)
    # A version is told as a difference from an earlier one. Back from one that was withdrawn there is none.
    base = applied["version"] if applied and not full and applied["version"] < version else None
    lines, page = {"Entry": [], "Added": [], "Changed": [], "Removed": []}, None
    while True:
        answer = office.network.call("GetMaster", Kind=kind, Version=version, Base=base, Page=page)
        for how, kept in lines.items():
            kept.extend(answer.get(how, []))
        page = answer.get("NextPage")
        if page is None:
            break
    office.store.put(
        "fetched_master", kind=kind, version=version, base=base, effective_from=master["EffectiveFrom"],
        count=int(master["Count"]), digest=master["Digest"], lines=json.dumps(lines, ensure_ascii=False),
    )
    print(f"kind={kind} version={version} base={base or '-'}")


def apply(office, _arguments):
    """Of each kind the newest version whose first day has come: checked, reported, and only then used."""
    applied, wrong = 0, []
    for kind in sorted({row["kind"] for row in office.store.rows("fetched_master")}):
        due = [row for row in office.store.rows("fetched_master", kind=kind) if is_due(row, office.settings.today)]
        if not due:
            continue
        master = max(due, key=lambda row: row["effective_from"])
        before = office.store.row("applied_master", kind=kind)
        if before and (before["version"], before["digest"]) == (master["version"], master["digest"]):
            continue
        try:
            apply_one(office, master, before)
            applied += 1
        except Wrong as error:
            office.store.delete("fetched_master", kind=kind, version=master["version"])
            wrong.append(f"{kind} {master['version']}: {error}")
    print(f"applied={applied}")
    if wrong:
        raise SystemExit("\n".join(wrong))


def is_due(row, today):
    if bug("master-too-early"):
        return True
    return datetime.date.fromisoformat(row["effective_from"]) <= today


def apply_one(office, master, before):
    kind, version, lines = master["kind"], master["version"], json.loads(master["lines"])
    if master["base"] is None:
        entries = {entry["Key"]: entry for entry in lines["Entry"]}
    elif before and before["version"] == master["base"]:
        entries = applied_entries(office, kind)
        for entry in lines["Removed"]:
            del entries[entry["Key"]]
        entries |= {entry["Key"]: entry for entry in lines["Added"] + lines["Changed"]}
    else:
        raise Wrong("差分の基の版が適用されていません。全件を取得してください / "
                    "its difference is from another version than the applied one: fetch it in full")
    if (len(entries), digest(version, entries)) != (master["count"], master["digest"]):
        raise Wrong("件数又はハッシュ値が一致しません。旧版を維持します。再度取得してください / "
                    "count or digest is wrong: the former version stays; fetch it again")
    answer = office.network.call(
        "ReportMasterApplication", Kind=kind, Version=version, Base=master["base"],
        Count=str(master["count"]), Digest=master["digest"],
    )
    with office.store.whole():
        office.store.delete("master_entry", kind=kind)
        for key, entry in entries.items():
            office.store.put("master_entry", kind=kind, key=key, entry=json.dumps(entry, ensure_ascii=False))
        today = office.settings.today.isoformat()
        office.store.put("applied_master", kind=kind, version=version, digest=master["digest"], applied_on=today)
    print(f"kind={kind} version={version} changed={str(answer['Changed']).lower()}")


def digest(version, entries):
    """As the contract says: the version, then key, name and attributes of each entry, ordered by key."""
    lines = [f"{version}\n"]
    for key in sorted(entries):
        attributes = "".join(f"\t{each['Name']}={each['Value']}" for each in entries[key].get("Attribute", []))
        lines.append(f"{key}\t{entries[key]['Name']}{attributes}\n")
    return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()


def applied_version(office, kind):
    row = office.store.row("applied_master", kind=kind)
    if row is None:
        raise SystemExit(f"{kind}: 適用済みの版がありません / no version of it is applied")
    return row["version"]


def applied_entries(office, kind):
    """Key → entry of the version that is applied."""
    return {row["key"]: json.loads(row["entry"]) for row in office.store.rows("master_entry", kind=kind)}
