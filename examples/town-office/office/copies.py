"""Phase 4 as provider: copies of the originals are registered beforehand, and follow them."""

import datetime
import hashlib

from office.bugs import bug
from office.characters import carried
from office.codes import taken, tell
from office.masters import applied_entries, applied_version
from office.people import originals

# What stands in an original for an answer that is no value.
WORDS = {"": "empty", "未申告": "undeclared", "該当なし": "no-record"}


def add_commands(commands):
    for name, run, text in (
        ("register-copies", register, "副本を登録する / register copies"),
        ("update-copies", update, "副本を更新する / update copies"),
        ("delete-copies", delete, "副本を削除する / delete copies"),
    ):
        parser = commands(name, run, text)
        parser.add_argument("person", nargs="+")
        parser.add_argument("--item", help="この情報だけ / this item alone")
    comparing = commands("compare-copies", compare, "副本と正本を突合する / compare copies with originals")
    comparing.add_argument("--item", required=True)
    comparing.add_argument("--year")
    moving = commands("move-out", move_out, "転出者の住民票の副本を削除する / what a removal to elsewhere means for the copies")
    moving.add_argument("person")


def chosen(office, arguments):
    return [
        original for original in originals(office.people.office)
        if original["person"] in arguments.person and arguments.item in (None, original["item"])
    ]


def register(office, arguments):
    submit(office, "RegisterCopies", chosen(office, arguments))


def update(office, arguments):
    submit(office, "UpdateCopies", chosen(office, arguments))


def submit(office, operation, chosen_originals):
    copies = [written(office, original) for original in chosen_originals]
    if not copies:
        raise SystemExit("正本がありません / there is no such original")
    answer = office.network.call(operation, Copy=copies)
    for entry in taken(answer):
        key = {"atena": entry["AtenaNumber"], "item": entry["Item"], "year": entry.get("Year", "")}
        office.store.put("copy", **key, digest=entry["Digest"])
    tell(answer)


def delete(office, arguments):
    keys = [key_of(office, original) for original in chosen(office, arguments)]
    remove(office, keys)


def move_out(office, arguments):
    """The resident record follows the person to the new municipality, so its copy goes. The tax of earlier years does
    not: it is asked of the municipality in which the person lived on 1 January."""
    atena = office.people.atena(arguments.person)
    held = office.store.rows("copy", atena=atena)
    gone = [row for row in held if row["item"] == "RESIDENT-RECORD"]
    if gone and not bug("keeps-resident-record"):
        remove(office, [{"AtenaNumber": atena, "Item": row["item"]} for row in gone])
    for row in office.store.rows("copy", atena=atena):
        print(f"kept item={row['item']} year={row['year'] or '-'}")


def remove(office, keys):
    answer = office.network.call("DeleteCopies", Copy=keys)
    for entry in taken(answer):
        office.store.delete("copy", atena=entry["AtenaNumber"], item=entry["Item"], year=entry.get("Year", ""))
    tell(answer)


def compare(office, arguments):
    """Digests of all originals of an item, held against those of the copies."""
    held = [
        original for original in originals(office.people.office)
        if original["item"] == arguments.item and original.get("year") == arguments.year
        and office.store.row("copy", atena=office.people.atena(original["person"]), item=arguments.item, year=arguments.year or "")
    ]
    answer = office.network.call("CompareCopies", Item=arguments.item, Year=arguments.year, Original=[
        {"AtenaNumber": office.people.atena(original["person"]), "Digest": digest(given(office, original))} for original in held
    ])
    for entry in answer.get("Entry", []):
        print(f"atena={entry['AtenaNumber']} comparison={entry['Comparison']}")
    if any(entry["Comparison"] != "same" for entry in answer.get("Entry", [])):
        raise SystemExit(1)


def key_of(office, original):
    key = {"AtenaNumber": office.people.atena(original["person"]), "Item": original["item"]}
    return key | ({"Year": original["year"]} if "year" in original else {})


def written(office, original):
    protected = original.get("protected", False)
    copy = given(office, original)
    return {
        "AtenaNumber": office.people.atena(original["person"]),
        "Item": copy["Item"],
        **({"Year": copy["Year"]} if "Year" in copy else {}),
        "LayoutVersion": copy["LayoutVersion"],
        "OriginalAt": office.settings.now.isoformat(timespec="seconds"),
        # Nobody is told about a protected person unless the staff decide so.
        "NoAutomaticAnswer": protected, "NonDisclosure": protected, "NoOwnView": protected,
        "Row": copy["Row"],
    }


def given(office, original):
    """A copy as it is provided: in the layout that is applied, each field by its kind."""
    layout = applied_entries(office, "layouts")
    rows = []
    for row in original["rows"]:
        fields = [field(name, value) for name, value in row.items() if name != "as_of"]
        for each in fields:
            check(original["item"], each, layout)
        rows.append({"AsOf": row["as_of"].isoformat(), "Field": fields})
    year = {"Year": original["year"]} if "year" in original else {}
    return {"Item": original["item"], **year, "LayoutVersion": applied_version(office, "layouts"), "Row": rows}


def field(name, value):
    if isinstance(value, int):
        return {"Name": name, "Kind": "value", "Value": str(value)} if value else {"Name": name, "Kind": "zero"}
    if isinstance(value, datetime.date):
        return {"Name": name, "Kind": "value", "Value": value.isoformat()}
    kind = WORDS.get(value)
    return {"Name": name, "Kind": kind} if kind else {"Name": name, "Kind": "value", "Value": carried(value)}


def check(item, each, layout):
    """Before it is sent: the field stands in the layout, and fits. Lengths are counted in characters, not bytes."""
    entry = layout.get(f"{item}/{each['Name']}")
    if entry is None:
        raise SystemExit(f"{item}/{each['Name']}: 適用済みのレイアウトにない項目です / the layout that is applied has no such field")
    longest = next((int(part["Value"]) for part in entry["Attribute"] if part["Name"] == "max-length"), None)
    if longest is not None and len(each.get("Value", "")) > longest:
        raise SystemExit(f"{item}/{each['Name']}: {longest}文字を超えています / longer than {longest} characters")


def digest(copy):
    """As the contract says: the layout's version, then of each row its day and its fields, ordered by name."""
    lines = [f"{copy['LayoutVersion']}\n"]
    for row in copy["Row"]:
        lines.append(f"{row['AsOf']}\n")
        for each in sorted(row["Field"], key=lambda field: field["Name"]):
            lines.append(f"{each['Name']}\t{each['Kind']}\t{each.get('Value', '')}\n")
    return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()
