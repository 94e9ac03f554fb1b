"""The masters' counts and digests, computed once more from what zeep fetched: in full, and from the differential.

The schema says how a digest is made; nothing else is known here.
"""

import hashlib

from cases import check


def line(entry):
    attributes = "".join(f"\t{attribute['Name']}={attribute['Value']}" for attribute in entry.get("Attribute", []))
    return f"{entry['Key']}\t{entry['Name']}{attributes}\n"


def digest(version, entries):
    text = f"{version}\n" + "".join(line(entries[key]) for key in sorted(entries))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def fetched(ask, number, **wanted):
    """The master that an answer names, and the lines of all its pages."""
    lines, page = {}, {}
    while True:
        number += 1
        sender = {"RequestId": f"digests-{number}", "Institution": "202053-M"}
        fault, answer = ask("iida-mayor", "GetMaster", {"Sender": sender} | wanted | page)
        assert not fault, fault
        for kind in ("Entry", "Added", "Changed", "Removed"):
            lines.setdefault(kind, []).extend(answer.get(kind, []))
        if "NextPage" not in answer:
            return answer["Master"], lines, number
        page = {"Page": answer["NextPage"]}


def judge(ask):
    """All versions in full; each but the first from the one before as well."""
    sender = {"RequestId": "digests-0", "Institution": "202053-M"}
    fault, listed = ask("iida-mayor", "ListMasters", {"Sender": sender})
    assert not fault, fault
    number, wrong, before, steps = 0, [], {}, 0
    for master in listed["Master"]:
        kind, version = master["Kind"], master["Version"]
        shown, lines, number = fetched(ask, number, Kind=kind, Version=version)
        entries = {entry["Key"]: entry for entry in lines["Entry"]}
        if (len(entries), digest(version, entries)) != (int(shown["Count"]), shown["Digest"]) or shown["Digest"] != master["Digest"]:
            wrong.append(f"{kind} {version}: {len(entries)} entries, {digest(version, entries)}; said {shown}")
        if kind in before:
            base, merged = before[kind]
            _, lines, number = fetched(ask, number, Kind=kind, Version=version, Base=base)
            merged = {key: entry for key, entry in merged.items() if key not in {gone["Key"] for gone in lines["Removed"]}}
            merged |= {entry["Key"]: entry for entry in lines["Added"] + lines["Changed"]}
            if merged != entries:
                wrong.append(f"{kind} {version}: the differential from {base} does not lead there")
            steps += 1
        before[kind] = (version, entries)
    check(
        f"zeep: {len(listed['Master'])} versions of masters have the count and digest that they say, {steps} also by differential",
        not wrong and steps > 0, "\n".join(wrong),
    )
