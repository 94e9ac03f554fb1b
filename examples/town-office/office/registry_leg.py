"""The resident-registry leg (住基ネット): another system of the same municipality, with a certificate of its own. It knows
acquisition numbers and resident codes; it never sees a linkage code, and the office never sees a resident code."""

from office.codes import tell


class Empty(str):
    """The content of an element that is there and empty. zeep takes a false value in a choice for none at all."""

    def __bool__(self):
        return True


def add_commands(commands):
    sending = commands("send-resident-codes", send, "住民票コードを送信する（住基ネット側） / send resident codes on the registry leg")
    sending.add_argument("entry", nargs="+", metavar="処理通番=住民票コード", help="AQ-…=CODE; nothing after = where there is none")


def send(office, arguments):
    entries = []
    for given in arguments.entry:
        acquisition, _, code = given.partition("=")
        entries.append({"AcquisitionNumber": acquisition} | ({"ResidentCode": code} if code else {"NoResidentCode": Empty()}))
    tell(office.network.call("SendResidentCodes", Entry=entries))
