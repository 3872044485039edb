"""Odd chains by the thousand: drawn from a seed, several oddities at once, at any place of a chain of any shape.

The table of cases asks about every oddity by itself; this asks what they do to each other, and to what nobody thought
of: names in other letters, constraints that contradict, authorities certified twice, chains in disorder. A seed always
gives the same structure (not the same keys), so what a browser said about it can be asked again.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import count as counting
from itertools import islice
from random import Random
from typing import Any

from tests.real.browsers.case import NOW, Case
from tests.support import der, pki, pki_keys
from tests.support.pki import Authority, Certificate, Extension, distinguished, extension

Shape = dict[str, Any]
Maker = Callable[[Random, str], Shape]

HOSTS = (
    *["shop.odd.test"] * 8,
    "odd.test",
    "a.b.c.odd.test",
    "Shop.Odd.TEST",
    "shop.odd.test.",
    "büro.odd.test",
    "xn--bro-hoa.odd.test",
    "with_line.odd.test",
    "7.odd.test",
    "127.0.0.1",
    "127.0.0.2",
    "[::1]",
    "shop",
    "shop.co.uk",
    "shop.github.io",
    "com",
)
TREES = (
    "test",
    ".test",
    "odd.test",
    ".odd.test",
    "ODD.test",
    "shop.odd.test",
    "other.test",
    "",
    "uk",
    "dd.test",
    "*.test",
)
NETWORKS = ("127.0.0.0/8", "127.0.0.1/32", "10.0.0.0/8", "0.0.0.0/0", "::/0", "::1/128")
USES = ("server", "client", "code", "email", "time_stamp", "ocsp", "any", "netscape_step_up", "1.3.6.1.4.1.55555.9")
POLICIES = ("1.3.6.1.4.1.55555.1", "1.3.6.1.4.1.55555.2", "1.3.6.1.4.1.55555.3", "2.23.140.1.2.1", pki.ANY_POLICY)
KEYS = ("p256", "p256", "p384", "p521", "rsa2048", "rsa1024", "rsa3072")
DIGESTS = (*["sha256"] * 8, "sha384", "sha512", "sha1")


# One oddity each; ``role`` is leaf, middle or root ------------------------------------------------------------


def dates(r: Random, role: str) -> Shape:
    start, length = r.choice([-4000, -400, -30, -1, 1, 30]), r.choice([1, 20, 90, 398, 4000])
    return {"not_before": NOW + timedelta(days=start, seconds=r.randrange(9)), "days": length}


def key(r: Random, role: str) -> Shape:
    return {"key": r.choice(KEYS)}


def digest(r: Random, role: str) -> Shape:
    return {"digest": r.choice(DIGESTS)}


def usages(r: Random, role: str) -> Shape:
    chosen = r.sample(pki.KEY_USAGES, r.randrange(1, 4))
    return one("key_usage", pki.key_usage(*chosen), r)


def uses(r: Random, role: str) -> Shape:
    return one("extended_key_usage", pki.extended_key_usage(*r.sample(USES, r.randrange(1, 4))), r)


def basic(r: Random, role: str) -> Shape:
    length = r.choice([None, 0, 1, 2, 5])
    if r.random() < 0.2:
        return {"extensions": {"basic_constraints": None}}
    return one("basic_constraints", pki.basic_constraints(ca=r.random() < 0.7, path_length=length), r)


def path_length(r: Random, role: str) -> Shape:
    return {} if role == "leaf" else {"path_length": r.randrange(4)}


def constraints(r: Random, role: str) -> Shape:
    def trees() -> list[bytes]:
        return [tree(r) for _ in range(r.randrange(3))]

    permitted, excluded = trees(), trees()
    if not permitted and not excluded:
        excluded = [tree(r)]
    return one("name_constraints", pki.name_constraints(permitted, excluded), r)


def tree(r: Random) -> bytes:
    kind = r.random()
    if kind < 0.6:
        return pki.dns(r.choice(TREES))
    if kind < 0.8:
        return pki.network(r.choice(NETWORKS))
    if kind < 0.9:
        return pki.directory(distinguished(("O", r.choice(["Odd", "odd", "Other"]))))
    return r.choice([pki.email("odd.test"), pki.uri("odd.test"), pki.email("a@odd.test")])


def policies(r: Random, role: str) -> Shape:
    return one("policies", pki.policies(*r.sample(POLICIES, r.randrange(1, 4))), r)


def policy_constraints(r: Random, role: str) -> Shape:
    fields = [der.context(number, bytes([r.randrange(3)]), constructed=False) for number in (0, 1) if r.random() < 0.6]
    return one("policy_constraints", der.sequence(*fields), r)


def inhibit_any(r: Random, role: str) -> Shape:
    return one("inhibit_any_policy", der.integer(r.randrange(3)), r)


def mappings(r: Random, role: str) -> Shape:
    pairs = [der.sequence(*(der.oid(oid) for oid in r.sample(POLICIES, 2))) for _ in range(r.randrange(1, 3))]
    return one("policy_mappings", der.sequence(*pairs), r)


def authority_key(r: Random, role: str) -> Shape:
    fields = [der.context(0, r.randbytes(20), constructed=False)] if r.random() < 0.5 else []
    if r.random() < 0.5:
        fields.append(der.context(1, pki.directory(distinguished(("CN", "Somebody")))))
        fields.append(der.context(2, b"\x01", constructed=False))
    return r.choice([{"extensions": {"authority_key_id": None}}, one("authority_key_id", der.sequence(*fields), r)])


def subject_key(r: Random, role: str) -> Shape:
    return r.choice([{"extensions": {"subject_key_id": None}}, one("subject_key_id", der.octets(r.randbytes(8)), r)])


def serial(r: Random, role: str) -> Shape:
    # A root without any number is not taken into the browsers' database.
    return {"serial": r.choice([0, -1, 1, 1 << r.randrange(8, 200), b"\x00\x01", b"" if role != "root" else 7])}


def version(r: Random, role: str) -> Shape:
    return {"version": r.choice([1, 2, 4])} if r.random() < 0.5 else {"version": 3}


def stranger(r: Random, role: str) -> Shape:
    """An extension that nobody knows; rarely twice."""
    found = Extension(f"1.3.6.1.4.1.55555.{r.randrange(9)}", r.randbytes(4), critical=r.random() < 0.3)
    return {"more_extensions": (found,) * r.choice([1, 1, 1, 2])}


def signature(r: Random, role: str) -> Shape:
    return {"signature": lambda made: made[:-1] + bytes([made[-1] ^ 1])}


def inner(r: Random, role: str) -> Shape:
    return {"inner_algorithm": r.choice([pki_keys.ecdsa_algorithm("sha384"), pki_keys.rsa_algorithm("sha256")])}


def encoding(r: Random, role: str) -> Shape:
    """An extension that most readers understand although it is not written as it should be."""
    return r.choice(
        [
            {"more_extensions": (Raw("2.5.29.31", b"\x30\x00", flag=b"\x01\x01\x00"),)},
            {"more_extensions": (Raw("2.5.29.31", b"\x30\x00", flag=b"\x01\x01\x01"),)},
            only("basic_constraints", b"\x30\x03\x01\x01\x00"),
            only("basic_constraints", b"\x30\x03\x01\x01\x01"),
            only("key_usage", b"\x03\x02\x00\x80"),
            only("key_usage", b"\x03\x03\x00\x84\x00"),
            only("key_usage", b"\x03\x02\x07\x86"),
            only("extended_key_usage", b"\x30\x00"),
            only("policies", b"\x30\x00"),
            only("names", b"\x30\x00"),
            only("names", pki.general_names(pki.dns("shop.odd.test")) + b"\x00"),
            only("issuer_names", pki.general_names("x.test")),
            only("crl_points", b"\x30\x00"),
            only("authority_info", pki.authority_info(ocsp="http://127.0.0.1:1/")),
            only("tls_feature", der.sequence(der.integer(5))),
            only("ct_poison", der.null()),
        ]
    )


def subject(r: Random, role: str) -> Shape:
    """The same name in other letters, or with more in it. Never none: Firefox takes what it met before for issuers."""
    name = r.choice(["odd.test", "shop.odd.test", "Odd  Name", "", "x" * 64])
    return {
        "subject": r.choice(
            [
                distinguished(("CN", name), encode=r.choice([der.utf8, der.printable, der.bmp])),
                distinguished(("C", "DE"), ("O", "Odd"), ("CN", name)),
                distinguished(("O", "Odd"), ("O", "Other")),
            ]
        )
    }


def forms(r: Random, role: str) -> Shape:
    """What stands inside an extension, written as few would."""
    oid = POLICIES[0]
    cps = der.sequence(der.oid("1.3.6.1.5.5.7.2.1"), der.ia5("http://x.test/"))
    strange = der.sequence(der.oid("1.3.6.1.4.1.55555.8"), der.null())
    ranged = der.sequence(der.context(0, der.sequence(pki.dns("test"), der.context(0, b"\x01", constructed=False))))
    name, value = r.choice(
        [
            ("policies", der.sequence(der.sequence(der.oid(oid), der.sequence(cps)))),
            ("policies", der.sequence(der.sequence(der.oid(oid), der.sequence(strange)))),
            ("policies", pki.policies(oid, oid)),
            ("policies", der.sequence(der.sequence(der.oid(oid), der.sequence()))),
            ("name_constraints", ranged),
            ("name_constraints", der.sequence()),
            ("name_constraints", pki.name_constraints([der.context(7, bytes(5), constructed=False)])),
            ("name_constraints", pki.name_constraints([der.context(7, b"\x7f\0\0\0\xff\0\xff\0", constructed=False)])),
            ("name_constraints", pki.name_constraints([pki.other_name()], [pki.dns("other.test")])),
            ("names", pki.general_names(der.context(7, bytes(5), constructed=False), "shop.odd.test")),
            ("names", pki.general_names(pki.dns(b"sh\xf6p.odd.test"), "shop.odd.test")),
            ("names", pki.general_names(der.context(8, b"\x2a\x03", constructed=False), "shop.odd.test")),
            ("names", pki.general_names(der.context(9, b"x", constructed=False), "shop.odd.test")),
            ("names", pki.general_names("shop.odd.test", "shop.odd.test", "SHOP.odd.test")),
            ("basic_constraints", der.sequence(der.boolean(True), der.integer(300))),
            ("basic_constraints", der.sequence(der.boolean(True), der.integer(-1))),
            ("basic_constraints", der.sequence(der.integer(0))),
            ("basic_constraints", pki.basic_constraints(ca=role != "leaf") + b"\0"),
            ("key_usage", der.bit_string(b"\x86\x80", 7)),
            ("key_usage", der.bit_string(b"\x84", 1)),
            ("extended_key_usage", der.sequence(der.tlv(6, b"\x80\x01"), der.oid(pki.USES["server"]))),
            ("extended_key_usage", der.sequence(*[der.oid(pki.USES["server"])] * 2)),
            ("authority_info", der.sequence()),
            ("authority_info", der.null()),
            ("authority_key_id", der.sequence()),
            ("policy_constraints", der.sequence()),
            ("policy_constraints", der.sequence(der.context(0, b"\xff", constructed=False))),
            ("inhibit_any_policy", der.integer(-1)),
            ("tls_feature", der.sequence(der.integer(17))),
            ("subject_key_id", der.octets(b"")),
        ]
    )
    return one(name, value, r)


ANYWHERE: tuple[Maker, ...] = (
    *(dates, key, digest, usages, uses, basic, policies, authority_key, subject_key, serial, version),
    *(stranger, signature, inner, encoding, forms, forms),
)
ABOVE: tuple[Maker, ...] = (
    *(constraints, constraints, path_length, path_length, policy_constraints, inhibit_any, mappings),
)


class Raw(Extension):
    """An extension whose flag is written in a way of its own."""

    def __init__(self, oid: str, value: bytes, *, flag: bytes) -> None:
        super().__init__(oid, value)
        object.__setattr__(self, "flag", flag)

    def encode(self) -> bytes:
        return der.sequence(der.oid(self.oid), self.flag, der.octets(self.value))  # type: ignore[attr-defined]  # set past the frozen class


def one(name: str, value: bytes, r: Random) -> Shape:
    return {"extensions": {name: extension(name, value, critical=r.random() < 0.5)}}


def only(name: str, value: bytes) -> Shape:
    return {"extensions": {name: extension(name, value)}}


def together(*shapes: Mapping[str, Any]) -> Shape:
    """All of them; of two that say the same thing, the later."""
    found: Shape = {}
    for shape in shapes:
        for name, value in shape.items():
            if name == "extensions":
                found[name] = {**found.get(name, {}), **value}
            elif name == "more_extensions":
                found[name] = (*found.get(name, ()), *value)
            else:
                found[name] = value
    return found


def some(count: int, *, first: int = 0) -> list[Case]:
    """So many that OpenSSL loads into a server, from this number on."""
    return list(islice((each for each in map(case, counting(first)) if each.can_be_served), count))


# A whole chain ----------------------------------------------------------------------------------------------


def names_for(r: Random, host: str) -> list[str | bytes]:
    """What stands in the server's certificate: mostly the host, sometimes what is nearly it."""
    plain = host.strip("[]").rstrip(".").lower()
    parent = plain.partition(".")[2]
    near: list[str | bytes] = [
        plain.upper() if plain.isascii() else plain,
        f"*.{parent}" if parent else "*",
        f"{plain}.",
        "*.test",
        "*." + plain,
        f"s*.{parent}",
        pki.dns(b"shop.odd.test\0.evil.test"),
        pki.dns(b" " + plain.encode()),
        pki.dns(plain.encode()),
        pki.uri("https://shop.odd.test/"),
        pki.email("a@odd.test"),
        pki.directory(distinguished(("CN", plain))),
        pki.other_name(),
        "*",
        "10.0.0.1",
        pki.dns(b""),
        "other.test",
    ]
    if r.random() < 0.65:
        return [plain, *r.sample(near, r.choice([0, 0, 1]))]
    return r.sample(near, r.randrange(1, 3))


def case(seed: int) -> Case:
    """The chain of this number."""
    r = Random(seed)
    host = r.choice(HOSTS)
    length = r.choice([0, 1, 1, 1, 2, 2, 3, 4])
    roles = ["leaf", *["middle"] * length, "root"]
    shapes: list[Shape] = [{} for _ in roles]
    for _ in range(r.choice([0, 1, 1, 2, 2, 2, 3, 3, 4])):
        place = r.randrange(len(roles))
        maker = r.choice(ANYWHERE if roles[place] == "leaf" or r.random() < 0.5 else ABOVE)
        shapes[place] = together(shapes[place], maker(r, roles[place]))
    if r.random() < 0.1:
        shapes[0] = together(shapes[0], subject(r, "leaf"))
    root = Authority.root(distinguished(("O", f"Odd {seed}"), ("CN", "Root")), **shapes[-1])
    authority, middles = root, []
    for number, shape in enumerate(reversed(shapes[1:-1])):
        name = distinguished(("O", f"Odd {seed}"), ("CN", f"Middle {number}"))
        if r.random() < 0.08:
            shape = together(shape, {"issuer": respelled(r, seed, number)})
        authority = authority.intermediate(name, **shape)
        middles.append(authority)
    served = authority.issue(*names_for(r, host), **shapes[0])
    served, roots = arranged(r, seed, served, root, middles)
    reached = host.encode("idna").decode() if not host.isascii() else host
    return Case(f"odd {seed}", reached, served, roots)


def respelled(r: Random, seed: int, number: int) -> bytes:
    """The issuer's name in other letters: some browsers compare them as words, others byte by byte."""
    last = f"Middle {number - 1}" if number else "Root"
    texts = [
        (("O", f"Odd {seed}"), ("CN", each)) for each in (last, last.upper(), f" {last}  ", last.replace(" ", "  "))
    ]
    return distinguished(*r.choice(texts), encode=r.choice([der.utf8, der.printable, der.bmp, der.teletex]))


def arranged(
    r: Random, seed: int, served: Certificate, root: Authority, middles: list[Authority]
) -> tuple[Certificate, tuple[bytes, ...]]:
    """What the server sends of it, and whom the visitor trusts."""
    above, roots = list(served.above), [root.der]
    turn = r.random()
    if turn < 0.08:
        above.append(root.der)
    elif turn < 0.16:
        r.shuffle(above)
    elif turn < 0.22 and above:
        above.pop(r.randrange(len(above)))
    elif turn < 0.27:
        roots = []
    elif turn < 0.45 and middles:
        above, roots = crossed(r, seed, above, root, r.choice(middles))
    elif turn < 0.5:
        above.append(Authority.root(f"Stranger {seed}").intermediate(f"Stranger middle {seed}").der)
    elif turn < 0.55 and middles:
        roots.append(r.choice(middles).der)
    return replace(served, above=tuple(above)), tuple(roots)


def crossed(
    r: Random, seed: int, above: list[bytes], root: Authority, middle: Authority
) -> tuple[list[bytes], list[bytes]]:
    """An authority certified a second time, by one that is trusted or not, soundly or not."""
    second = Authority.root(f"Second root {seed}", **(dates(r, "root") if r.random() < 0.2 else {}))
    shape = r.choice(ANYWHERE + ABOVE)(r, "middle") if r.random() < 0.6 else {}
    shape.pop("key", None)
    cross = second.cross_sign(middle, **shape).der
    above.insert(r.randrange(len(above) + 1), cross)
    return above, r.choice([[root.der], [second.der], [root.der, second.der], [root.der, second.der]])
