"""Ten mistakes that such systems were seen to make, or could. TOWN_OFFICE_BUG=<name> lets one in, to show that the
scenarios notice. A system of your own has no such file; it has the bugs."""

import os

BUGS = {
    "forgets-to-confirm": "the links are applied and never confirmed",
    "master-too-early": "a master is applied before its first day",
    "new-request-id": "a retry goes out with a new request id",
    "drops-beyond-bmp": "characters outside the Basic Multilingual Plane are lost",
    "mayors-number": "the board of education uses the atena number of the mayor's office",
    "ignores-held": "an inquiry that is held counts as ended without information",
    "polls-forever": "a result is polled without limit",
    "keeps-resident-record": "the resident record of a person who moved out stays with the network",
    "fault-as-empty": "a refusal counts as an answer without information",
    "individual-number": "the individual number is used as the atena number",
}


def bug(name):
    """Whether this mistake was let in."""
    chosen = os.environ.get("TOWN_OFFICE_BUG", "")
    if chosen and chosen not in BUGS:
        raise SystemExit(f"TOWN_OFFICE_BUG: {chosen}: one of {', '.join(BUGS)}")
    assert name in BUGS, name
    return chosen == name


def individual_number(atena):
    """A made-up number with the right check digit, made here and now: none may stand in a file, not even in this one."""
    digits = [int(each) for each in f"{sum(atena.encode()):011}"]
    rest = sum(digit * weight for digit, weight in zip(digits, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2))) % 11
    return "".join(map(str, digits)) + str(0 if rest <= 1 else 11 - rest)
