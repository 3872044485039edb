"""Files from a shop: every form and order gives the same chain; what cannot work is named, in both languages."""

import io
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from itertools import permutations
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs7,
    pkcs12,
)
from tests.support import parts
from tests.support.pki import Authority, Certificate, authority_info, extension
from tests.unit.doctor.x509.test_weak_keys import PUBLIC_KNOWLEDGE

from siegelpost.tls.bought import House, NotImportableError, read_bought, take_in
from siegelpost.tls.csr import RequestKey, Requests
from siegelpost.tls.naming import key_fingerprint
from siegelpost.tls.refusals import RefusalReason
from siegelpost.tls.selfsigned import self_signed
from siegelpost.tls.store import Source, Store

NAME = "expose.test"
ROOT = Authority.root()
MIDDLE = ROOT.intermediate()
LEAF = MIDDLE.issue(NAME)
OTHER = MIDDLE.issue("other.test", key="rsa2048")
STRANGER = Authority.root("Some other authority").intermediate("A stranger")
L, M, R, S = (x509.load_pem_x509_certificate(each.pem.encode()) for each in (LEAF, MIDDLE, ROOT, STRANGER))
KEY = LEAF.key_pem.encode()
CHAIN = (L.public_bytes(Encoding.PEM) + M.public_bytes(Encoding.PEM)).decode()
PASSWORD = "Schlüssel für Köln"
HOUSE = House(NAME, [ROOT.der])
LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store after the first start."""
    store = Store(tmp_path / "tls")
    key, chain = self_signed([NAME])
    store.activate(store.add(chain, key, Source.SELF_SIGNED).id)
    return store


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


def p12(password: str, *above: x509.Certificate) -> bytes:
    key = load_pem_private_key(KEY, None)
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"x", key, L, above, encryption)  # type: ignore[arg-type]  # KEY is of a kind it takes


def of_openssl(folder: Path, *options: str) -> bytes:
    """PKCS #12 as OpenSSL writes it; old ciphers come from its legacy provider."""
    (folder / "in.pem").write_bytes(pem(L, M) + KEY)
    command: list[str | Path] = [
        parts.need("openssl"),
        "pkcs12",
        "-export",
        "-in",
        "in.pem",
        "-out",
        "out.pfx",
        *options,
    ]
    subprocess.run([*command, "-passout", f"pass:{PASSWORD}"], cwd=folder, check=True, capture_output=True)
    return (folder / "out.pfx").read_bytes()


LEGACY = ("-legacy", "-provider", "legacy", "-provider", "default")
PKCS12 = {
    "RC2": (*LEGACY, "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-RC2-40"),
    "3DES": ("-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "SHA1"),
    "AES": ("-certpbe", "AES-256-CBC", "-keypbe", "AES-256-CBC", "-macalg", "SHA256"),
}


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


in_certificate_block = pkcs7.serialize_certificates([R, M, L], Encoding.PEM).replace(b"PKCS7", b"CERTIFICATE")
NO_QUESTION: dict[str, list[bytes]] = {
    "p7b in PEM": [pkcs7.serialize_certificates([R, M, L], Encoding.PEM), KEY],
    "p7b in DER": [pkcs7.serialize_certificates([M, R, L], Encoding.DER), KEY],
    "p7b between BEGIN CERTIFICATE": [in_certificate_block, KEY],
    "leaf and bundle, wrong order": [pem(M), KEY + pem(L)],
    "the root and a stranger inside": [pem(R, S, M, L) + KEY],
    "single files in DER": [each.public_bytes(Encoding.DER) for each in (R, L, M)]
    + [load_pem_private_key(KEY, None).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())],
    "pfx with an empty password": [p12("", M, R)],
    "a zip with a note inside": [zipped(cert_crt=pem(L), bundle_crt=pem(M, R), readme_txt=b"Thank you", key_pem=KEY)],
    "as the Windows editor saves": [(pem(L, M) + KEY).decode().encode("utf-16")],
}


def accepted(store: Store, files: list[bytes], *passwords: bytes, house: House = HOUSE) -> str:
    """Taken in with no question; gives the chain that is stored."""
    taken = take_in(store, files, passwords, house)
    assert taken.weighed.judgement.ok
    assert taken.weighed.losses == {}
    store.activate(taken.stored.id)
    assert [each.id for each in store.current()] == [taken.stored.id]
    return store.chain_pem(taken.stored.id)


@pytest.mark.parametrize("form", NO_QUESTION)
def test_taken_in_with_no_question(form: str, store: Store) -> None:
    assert accepted(store, NO_QUESTION[form]) == CHAIN


@pytest.mark.parametrize("cipher", PKCS12)
def test_pkcs12_with_an_umlaut_in_its_password(cipher: str, store: Store, tmp_path: Path) -> None:
    files = [of_openssl(tmp_path, *PKCS12[cipher])]
    assert accepted(store, files, PASSWORD.encode()) == CHAIN


def test_the_password_as_old_windows_wrote_it(store: Store) -> None:
    assert accepted(store, [p12(PASSWORD, M)], PASSWORD.encode("cp1252")) == CHAIN


@pytest.mark.parametrize(
    "order", list(permutations([L, M, R])), ids=list(map(" ".join, permutations(["leaf", "middle", "root"])))
)
def test_any_order_gives_the_chain_without_the_root(order: tuple[x509.Certificate, ...]) -> None:
    assert read_bought([pem(*order), KEY]).chain_pem == CHAIN
    assert read_bought([KEY, *(each.public_bytes(Encoding.DER) for each in order)]).chain_pem == CHAIN


# A leaf alone: the chain is fetched ---------------------------------------------------------------------------


class Shop(HTTPServer):
    """Where an authority lays out its intermediate; counts who asks."""

    asked = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Shop)
        self.server.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(MIDDLE.der)))
        self.end_headers()
        self.wfile.write(MIDDLE.der)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def leaf_alone(shop: Shop) -> Certificate:
    url = f"http://127.0.0.1:{shop.server_port}/middle.cer"
    return MIDDLE.issue(NAME, extensions={"authority_info": extension("authority_info", authority_info(issuer=url))})


def test_a_leaf_alone_is_completed(store: Store, shop: Shop) -> None:
    leaf = leaf_alone(shop)
    house = House(NAME, [ROOT.der], LOOPBACK)
    chain = accepted(store, [leaf.pem.encode(), leaf.key_pem.encode()], house=house)
    assert chain == leaf.pem + MIDDLE.pem
    assert shop.asked >= 1


def test_nothing_is_fetched_from_private_addresses_unless_allowed(store: Store, shop: Shop) -> None:
    leaf = leaf_alone(shop)
    assert refused(store, [leaf.pem.encode(), leaf.key_pem.encode()]).reason is RefusalReason.NOT_ACCEPTED
    assert shop.asked == 0


def test_nothing_is_fetched_for_a_whole_chain(store: Store, shop: Shop) -> None:
    leaf = leaf_alone(shop)
    house = House(NAME, [ROOT.der], LOOPBACK)
    accepted(store, [leaf.pem.encode(), MIDDLE.pem.encode(), leaf.key_pem.encode()], house=house)
    assert shop.asked == 0


# Refused, with the reason, and nothing changed ----------------------------------------------------------------


def refused(store: Store, files: list[bytes], *passwords: bytes) -> NotImportableError:
    before = (store.active(), store.history(), Requests(store).pending())
    with pytest.raises(NotImportableError) as caught:
        take_in(store, files, passwords, HOUSE)
    assert (store.active(), store.history(), Requests(store).pending()) == before
    assert caught.value.text("de") != caught.value.text("en")
    return caught.value


def test_someone_elses_key_is_named_with_both_fingerprints(store: Store) -> None:
    error = refused(store, [CHAIN.encode(), OTHER.key_pem.encode()])
    assert error.reason is RefusalReason.KEY_MISMATCH
    other = key_fingerprint(load_pem_private_key(OTHER.key_pem.encode(), None).public_key())
    for language in ("de", "en"):
        assert key_fingerprint(L.public_key()) in error.text(language)
        assert other in error.text(language)


def test_a_wrong_password_may_as_well_be_a_damaged_file(store: Store) -> None:
    error = refused(store, [p12(PASSWORD, M)], b"no")
    assert error.reason is RefusalReason.UNREADABLE
    assert "Passwort ist falsch" in error.text("de")
    assert "beschädigt" in error.text("de")
    damaged = bytearray(p12(PASSWORD, M))
    damaged[200] ^= 1
    assert refused(store, [bytes(damaged)], PASSWORD.encode()).reason is RefusalReason.UNREADABLE


@pytest.mark.parametrize(
    ("leaf", "told"),
    [
        (MIDDLE.issue("other.test"), "other.test"),
        (MIDDLE.issue(NAME, days=-1), "abgelaufen"),
    ],
    ids=["another name", "expired"],
)
def test_what_browsers_would_refuse(store: Store, leaf: Certificate, told: str) -> None:
    error = refused(store, [leaf.chain_pem.encode(), leaf.key_pem.encode()])
    assert error.reason is RefusalReason.NOT_ACCEPTED
    assert told in error.text("de")


def test_a_certificate_without_its_key(store: Store) -> None:
    error = refused(store, [CHAIN.encode()])
    assert error.reason is RefusalReason.NO_KEY
    assert key_fingerprint(L.public_key()) in error.text("de")


NOTHING: dict[str, Callable[[], list[bytes]]] = {
    "nothing": list,
    "a key alone": lambda: [KEY],
    "an empty file": lambda: [b""],
    "half a certificate": lambda: [L.public_bytes(Encoding.DER)[:300]],
    "broken base64": lambda: [CHAIN.replace("MII", "M!I").encode(), KEY],
    "a broken zip": lambda: [zipped(a_crt=pem(L))[:60]],
    "a zip bomb": lambda: [zipped(a_crt=b"0" * 50_000_000)],
    "far too large": lambda: [b"0" * 3_000_000],
    "a document": lambda: [b"%PDF-1.7 " + bytes(range(256))],
}


@pytest.mark.parametrize("files", NOTHING)
def test_what_gives_nothing_is_refused(files: str, store: Store) -> None:
    assert refused(store, NOTHING[files]()).reason in {RefusalReason.NO_CERTIFICATE, RefusalReason.UNREADABLE}


# Ordered here -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key_type", RequestKey)
def test_a_request_made_here_meets_its_certificate(key_type: RequestKey, store: Store) -> None:
    requests = Requests(store)
    made = requests.make(["Expose.Test.", "büro.test"], key_type, organisation="Büro GmbH", city="Köln")
    csr = x509.load_pem_x509_csr(made.csr_pem.encode())
    assert csr.is_signature_valid
    names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [NAME, "xn--bro-hoa.test"]
    issued = _issued_for(csr)
    taken = take_in(store, [pem(issued, M)], [], HOUSE)
    assert taken.stored.key_type == ("ecdsa" if key_type is RequestKey.P256 else "rsa")
    assert requests.pending() == []


def _issued_for(csr: x509.CertificateSigningRequest) -> x509.Certificate:
    """As an authority does: its own idea of everything but the key."""
    spki = csr.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    rsa = "rsa" in type(csr.public_key()).__name__.lower()
    usages = ("digital_signature", "key_encipherment") if rsa else ("digital_signature",)
    return x509.load_der_x509_certificate(MIDDLE.issue(NAME, spki=spki, usages=usages).der)


def test_the_key_of_a_request_is_kept_encrypted_and_private(store: Store) -> None:
    made = Requests(store).make([NAME])
    file = store.folder / "requests" / made.id / "key.pem"
    assert b"ENCRYPTED PRIVATE KEY" in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (store.folder / "requests").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["", "server", "nas.local", "192.0.2.7", "büro .test", "fritz.box.lan", "*.*.test"])
def test_no_request_for_what_cannot_be_bought(name: str, store: Store) -> None:
    from siegelpost.tls.csr import NoPublicNameError

    with pytest.raises(NoPublicNameError) as caught:
        Requests(store).make([name])
    assert caught.value.text("de") != caught.value.text("en")
    assert Requests(store).pending() == []


def test_a_key_that_everybody_has_is_not_taken_in(store: Store) -> None:
    """Its private half stands in RFC 9500 §2.3: browsers accept it, and anybody can pass for the server."""
    private = load_pem_private_key(PUBLIC_KNOWLEDGE.encode(), None)
    spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    leaf = MIDDLE.issue(NAME, spki=spki)
    assert refused(store, [leaf.chain_pem.encode(), PUBLIC_KNOWLEDGE.encode()]).reason is RefusalReason.KEY_EXPOSED
