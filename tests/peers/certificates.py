"""Certificates and TLS, seen by curl and openssl; and what the mock's connection journal says of each refusal."""

import os
import pathlib
import stat
import subprocess
import time
import urllib.parse

from cases import case, check, end
from control import control

URL, PKI = os.environ["URL"], pathlib.Path(os.environ["PKI"])
HOST = urllib.parse.urlsplit(URL).netloc
GOOD = PKI / "clients" / "iida-mayor"


def curl(*arguments, url=URL, certificate=GOOD, ca=PKI / "ca.pem", patience="10"):
    """(exit code, output, what it says)"""
    shown = [] if certificate is None else ["--cert", f"{certificate}.pem", "--key", f"{certificate}.key"]
    trusted = [] if ca is None else ["--cacert", str(ca)]
    command = ["curl", "--noproxy", "*", "--silent", "--show-error", "--fail", "--max-time", patience]
    done = subprocess.run(
        [*command, *trusted, *shown, *arguments, f"{url}connection?wsdl"], capture_output=True, text=True, check=False,
    )
    return done.returncode, done.stdout, done.stderr.strip()


def openssl(*arguments, text=""):
    done = subprocess.run(["openssl", *arguments], input=text, capture_output=True, text=True, check=False, timeout=20)
    return done.returncode, done.stdout + done.stderr


def connections():
    return control("GET", "/connections")["connections"]


def newest():
    return max((entry["number"] for entry in connections()), default=0)


def journal(after, patience=5.0):
    """The first refusal after a number, waited for: the client may know before the journal does."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        for entry in connections():
            if entry["number"] > after and not entry["accepted"]:
                return entry
        time.sleep(0.05)
    raise AssertionError(f"the journal tells no refusal; the newest: {connections()[-1:]}")


def good_certificates():
    for path in sorted((PKI / "clients").glob("*.pem")):
        code, body, said = curl(certificate=path.with_suffix(""))
        check(f"curl: {path.stem} gets the WSDL", code == 0 and "definitions" in body, said)
        _, shown = openssl("x509", "-in", str(path), "-noout", "-ext", "subjectAltName,extendedKeyUsage")
        check(f"openssl: {path.stem} is a client's, named by a URI", "URI:urn:renkei:" in shown and "TLS Web Client" in shown, shown)
        code, said = openssl("verify", "-CAfile", str(PKI / "ca.pem"), "-crl_check", "-CRLfile", str(PKI / "crl.pem"), "-purpose", "sslclient", str(path))
        check(f"openssl verify: {path.stem}, with the CRL", code == 0, said)
    others = [str(key) for key in PKI.rglob("*.key") if stat.S_IMODE(key.stat().st_mode) & 0o077]
    check("keys are readable by their owner alone", not others, "\n".join(others))


def bad_certificates():
    for path in sorted((PKI / "bad").glob("*.pem")):
        name = path.stem
        if name.startswith("server-"):
            continue
        for version in ("--tlsv1.2", "--tlsv1.3"):
            with case(f"curl {version}: {name} is refused, and the journal says why"):
                before = newest()
                code, _, said = curl(version, "--tls-max", version[-3:], certificate=path.with_suffix(""))
                # 60: curl takes some alerts of TLS 1.2 for a judgement of its own.
                assert code in (35, 56, 60), f"curl ended with {code}: {said}"
                entry = journal(before)
                assert entry["code"] == name, entry
                assert entry["why_ja"] and entry["why"], entry
                assert entry["certificate"]["serial"], entry
    with case("curl: no certificate is refused, and the journal says why"):
        before = newest()
        code, _, said = curl(certificate=None)
        assert code in (35, 56) and journal(before)["code"] == "no-certificate", said
    with case("curl: a server's certificate is no client's"):
        before = newest()
        code, _, said = curl(certificate=PKI / "server")
        assert code in (35, 56) and journal(before)["code"] == "wrong-usage", said
    with case("curl: a client that does not trust the mock goes away, and the journal says so"):
        before = newest()
        code, _, said = curl(ca=None)
        assert code == 60, said
        assert journal(before)["code"] == "client-refused"
    code, said = openssl("crl", "-in", str(PKI / "crl.pem"), "-noout", "-verify", "-CAfile", str(PKI / "ca.pem"))
    check("openssl: the CRL is the CA's", code == 0 and "verify OK" in said, said)
    code, said = openssl("verify", "-CAfile", str(PKI / "ca.pem"), "-crl_check", "-CRLfile", str(PKI / "crl.pem"), str(PKI / "bad" / "revoked.pem"))
    check("openssl verify: the revoked one is revoked", code != 0 and "revoked" in said, said)


def versions():
    asked = f"GET /connection?wsdl HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
    shown = ["-connect", HOST, "-CAfile", str(PKI / "ca.pem"), "-cert", f"{GOOD}.pem", "-key", f"{GOOD}.key"]
    for version, name in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
        code, said = openssl("s_client", version, "-ign_eof", "-verify_return_error", *shown, text=asked)
        check(f"openssl s_client: {name}", code == 0 and name in said and "HTTP/1.1 200" in said, said[-1500:])
    for version in ("-tls1", "-tls1_1"):
        with case(f"openssl s_client: {version[1:]} is refused, and the journal says so"):
            before = newest()
            code, said = openssl("s_client", version, "-cipher", "ALL:@SECLEVEL=0", *shown)
            assert code != 0 and ("alert protocol version" in said or "alert handshake failure" in said), said[-800:]
            assert journal(before)["code"] == "tls-version", journal(before)
    with case("curl: plain HTTP is not spoken"):
        code, _, said = curl(url=f"http://{HOST}/")
        assert code in (1, 22, 52, 56), said
    code, said = openssl("s_client", "-verify_return_error", "-verify_hostname", "another.invalid", *shown)
    check("openssl: the server's certificate is not for another name", code != 0 and "mismatch" in said.lower(), said[-500:])


# What a further listener is opened with, and the exit codes of curl that may follow.
LISTENERS = [
    ({"certificate": "good", "fault": "none"}, {0}),
    ({"certificate": "other-name"}, {60}),
    ({"certificate": "expired"}, {60}),
    ({"certificate": "other-ca"}, {60}),
    ({"fault": "close-on-connect"}, {35, 56}),
    ({"fault": "close-in-handshake"}, {35}),
    ({"fault": "alert-in-handshake"}, {35}),
    ({"fault": "reset-in-handshake"}, {35, 56}),
    ({"fault": "stall-in-handshake"}, {28}),
    ({"fault": "plain-http"}, {35}),
    ({"fault": "close-after-handshake"}, {52, 56}),
]


def listeners():
    control("POST", "/worlds", {"name": "tls"})
    for wanted, codes in LISTENERS:
        said = ", ".join(f"{key} {value}" for key, value in wanted.items())
        with case(f"curl: a further listener with {said}"):
            opened = control("POST", "/worlds/tls/listeners", wanted)
            before = newest()
            code, body, error = curl(url=opened["url"], patience="2")
            assert code in codes, f"curl ended with {code}: {error}"
            if code == 0:
                # Its root is the world, and the addresses in the WSDL lead back to it.
                assert opened["url"] in body, body[-500:]
            elif wanted != {"certificate": "other-name"}:
                # A client looks at the name when the handshake is over, so the mock cannot know.
                assert journal(before)["listener"] == f"tls/{opened['name']}", journal(before)
            control("DELETE", f"/worlds/tls/listeners/{opened['name']}")
            code, _, error = curl(url=opened["url"])
            assert code == 7, f"closed, but curl ended with {code}: {error}"
    control("DELETE", "/worlds/tls")


good_certificates()
bad_certificates()
versions()
listeners()
end()
