"""Names: which name a certificate may stand for, and what its issuers permit and exclude."""

from collections.abc import Iterator

from tests.real.browsers.case import (
    HOST,
    Case,
    Pki,
    only,
)
from tests.support import der, pki

TREES: dict[str, bytes] = {
    "permits test": pki.name_constraints([pki.dns("test")]),
    "permits .test": pki.name_constraints([pki.dns(".test")]),
    "permits a.test": pki.name_constraints([pki.dns("a.test")]),
    "permits A.TEST": pki.name_constraints([pki.dns("A.TEST")]),
    "permits .a.test": pki.name_constraints([pki.dns(".a.test")]),
    "permits b.test": pki.name_constraints([pki.dns("b.test")]),
    "permits all names": pki.name_constraints([pki.dns("")]),
    "permits test.": pki.name_constraints([pki.dns("test.")]),
    "permits a name with star": pki.name_constraints([pki.dns("*.test")]),
    "excludes test": pki.name_constraints(excluded=[pki.dns("test")]),
    "excludes a.test": pki.name_constraints(excluded=[pki.dns("a.test")]),
    "excludes b.test": pki.name_constraints(excluded=[pki.dns("b.test")]),
    "excludes all names": pki.name_constraints(excluded=[pki.dns("")]),
    "permits test, excludes a.test": pki.name_constraints([pki.dns("test")], [pki.dns("a.test")]),
    "permits a network": pki.name_constraints([pki.network("10.0.0.0/8")]),
    "excludes all networks": pki.name_constraints(excluded=[pki.network("0.0.0.0/0"), pki.network("::/0")]),
    "permits a network of odd length": pki.name_constraints([der.context(7, b"\x0a\x00", constructed=False)]),
    "permits a mask with holes": pki.name_constraints(
        [der.context(7, b"\x0a\x00\x00\x00\xff\x00\xff\x00", constructed=False)]
    ),
    "permits mail": pki.name_constraints([pki.email("example.com")]),
    "permits an URL": pki.name_constraints([pki.uri("example.com")]),
    "excludes other names": pki.name_constraints(excluded=[pki.other_name()]),
    "permits another directory": pki.name_constraints([pki.directory(pki.distinguished(("O", "x")))]),
    "permits the directory": pki.name_constraints([pki.directory(pki.distinguished(("CN", "a.test")))]),
    "permits the directory, printable": pki.name_constraints(
        [pki.directory(pki.distinguished(("CN", "a.test"), encode=der.printable))]
    ),
    "permits the directory in capitals": pki.name_constraints([pki.directory(pki.distinguished(("CN", "A.TEST")))]),
    "excludes another directory": pki.name_constraints(excluded=[pki.directory(pki.distinguished(("O", "x")))]),
    "with a minimum": der.sequence(
        der.context(0, der.sequence(pki.dns("test"), der.context(0, b"\x00", constructed=False)))
    ),
    "permits nothing": der.sequence(der.context(0)),
    "permits a registered id": pki.name_constraints([der.context(8, b"\x2a\x03", constructed=False)]),
    "not ASCII": pki.name_constraints([pki.dns("ü.test".encode())]),
}

NAMES: list[tuple[str, tuple[str | bytes, ...]]] = [
    ("a.test", ("A.TEST",)),
    ("a.test", ("a.test.",)),
    ("a.test.", ("a.test",)),
    ("a.test.", ("a.test.",)),
    ("a.test", ("*.test",)),
    ("a.test", ("*",)),
    ("a.b.test", ("*.b.test",)),
    ("a.b.test", ("*.B.TEST",)),
    ("a.b.test.", ("*.b.test",)),
    ("a.b.test", ("*.b.test.",)),
    ("b.test", ("*.b.test",)),
    ("c.a.b.test", ("*.b.test",)),
    ("a.b.test", ("a.*.test",)),
    ("a.b.test", ("*.*.test",)),
    ("abc.b.test", ("a*.b.test",)),
    ("abc.b.test", ("*c.b.test",)),
    ("xn--bro-hoa.b.test", ("*.b.test",)),
    ("xn--bro-hoa.b.test", ("xn--bro-hoa.b.test",)),
    ("a.xn--bro-hoa.test", ("*.xn--bro-hoa.test",)),
    ("büro.b.test", ("xn--bro-hoa.b.test",)),
    ("büro.b.test", ("büro.b.test".encode(),)),
    ("a_b.c.test", ("a_b.c.test",)),
    ("_a.c.test", ("_a.c.test",)),
    ("a_b.c.test", ("*.c.test",)),
    ("a-.c.test", ("a-.c.test",)),
    ("-a.c.test", ("-a.c.test",)),
    ("siegel.com", ("*.com",)),
    ("siegel.co.uk", ("*.co.uk",)),
    ("a.siegel.co.uk", ("*.siegel.co.uk",)),
    ("siegel.dyndns.org", ("*.dyndns.org",)),
    ("siegel.github.io", ("*.github.io",)),
    ("siegel.fritz.box", ("*.fritz.box",)),
    ("a.myfritz.net", ("*.myfritz.net",)),
    ("siegel.ck", ("*.ck",)),
    ("siegel", ("siegel",)),
    ("siegel.local", ("siegel.local",)),
    ("a.siegel.local", ("*.siegel.local",)),
    ("localhost", ("localhost",)),
    ("127.0.0.1", ("127.0.0.1",)),
    ("127.0.0.1", (pki.dns("127.0.0.1"),)),
    ("127.0.0.1", ("127.0.0.1", pki.dns("127.0.0.1"))),
    ("127.0.0.1", ("127.0.0.2",)),
    ("127.0.0.1", ("a.test",)),
    ("127.0.0.1", (pki.dns("*.0.0.1"),)),
    ("127.0.0.1", (der.context(7, b"\0" * 10 + b"\xff\xff\x7f\0\0\x01", constructed=False),)),
    ("127.0.0.1", (der.context(7, b"\x7f\0\0\x01\xff\xff\xff\xff", constructed=False),)),
    ("[::1]", ("::1",)),
    ("[::1]", (pki.dns("::1"),)),
    ("[::1]", ("127.0.0.1",)),
    ("a.test", ("127.0.0.1",)),
    ("a.test", (pki.email("x@a.test"),)),
    ("a.test", (pki.uri("https://a.test/"),)),
    ("a.test", (pki.other_name(), "a.test")),
    ("a.test", (pki.directory(pki.distinguished(("CN", "x"))), "a.test")),
    ("a.test", (pki.email("ü@a.test"), "a.test")),
    ("a.test", (der.context(8, b"\x2a\x03", constructed=False), "a.test")),
    ("a.test", (der.context(9, b"x", constructed=False), "a.test")),
    ("a.test", (der.context(2, b"", constructed=False), "a.test")),
    ("a.test", ("",)),
    ("a.test", (" a.test",)),
    ("a.test", ("a.test ",)),
    ("a.test", (b"\x82\x08a.test\0x",)),
    ("a.test", ("a..test", "a.test")),
    ("a.test", ("a.test", "a..test")),
    ("a.test", ("ü.test".encode(), "a.test")),
    ("a.test", (pki.dns("ü.test".encode()), "a.test")),
    ("a.test", ("x" * 64 + ".test", "a.test")),
    ("a.test", ("x." * 150 + "test", "a.test")),
    ("a.test", ("https://a.test",)),
    ("a.test", ("a.test:443",)),
    ("a.test", ("*.a.test",)),
    ("www.a.test", ("a.test",)),
    ("a.test", ("www.a.test",)),
    ("1.a.test", ("1.a.test",)),
    ("a.1.test", ("*.1.test",)),
    ("a.test", (*(f"n{number}.test" for number in range(200)), "a.test")),
    ("a.test", (der.context(7, b"\x7f", constructed=False), "a.test")),
]


def names_asked() -> Iterator[Case]:
    pki_ = Pki("names")
    root = pki_.root()
    issuer = pki_.under(root)
    for host, names in NAMES:
        shown = "+".join(str(each) for each in names[:3])
        yield Case(f"{host} by {shown}"[:90], host, issuer.issue(*names), (root.der,))
    no_names = issuer.issue(subject=HOST, names=None)
    yield Case("common name only", HOST, no_names, (root.der,))
    excluded = pki_.under(root, 2, **only("name_constraints", TREES["permits b.test"], critical=True))
    yield Case("common name outside", HOST, excluded.issue("b.test", subject=HOST), (root.der,))
    yield Case(
        "wildcard in part excluded",
        "x.b.test",
        pki_.under(
            root, 3, **only("name_constraints", pki.name_constraints(excluded=[pki.dns("x.b.test")]), critical=True)
        ).issue("*.b.test"),
        (root.der,),
    )
    yield Case(
        "wildcard wider than permitted",
        "x.b.test",
        pki_.under(
            root, 4, **only("name_constraints", pki.name_constraints([pki.dns("x.b.test")]), critical=True)
        ).issue("*.b.test"),
        (root.der,),
    )
    network = pki_.under(
        root, 5, **only("name_constraints", pki.name_constraints([pki.network("127.0.0.0/8")]), critical=True)
    )
    yield Case("address permitted", "127.0.0.1", network.issue("127.0.0.1"), (root.der,))
    yield Case("name beside permitted address", HOST, network.issue(HOST, "10.0.0.1"), (root.der,))
    yield from _many()


def _many() -> Iterator[Case]:
    """Thousands of names against thousands of constraints: each browser counts, or takes its time, in its own way."""
    hosts = [f"t{number}.test" for number in range(2048)]
    subtrees = [pki.dns(host) for host in hosts]
    others = [pki.dns(f"x{number}.test") for number in range(2048)]
    networks = [pki.network(f"10.{number // 256}.{number % 256}.0/24") for number in range(700)]
    addresses = [f"10.{number // 256}.{number % 256}.1" for number in range(700)]
    every = pki.dns("test")
    cases: dict[str, tuple[list[bytes], list[bytes], list[str]]] = {
        "too many for Chromium": ([*subtrees, every], others, hosts),
        "just few enough": ([*subtrees[:1000], every], [], hosts[:1000]),
        "of two kinds": ([*subtrees[:699], every, *networks], [], [*hosts[:699], *addresses]),
        "of a kind without constraints": ([*networks, every], [], hosts[:1600]),
        "excluded at the end": ([every], [*others[:500], subtrees[499]], hosts[:500]),
    }
    for name, (permitted, excluded, names) in cases.items():
        p = Pki(f"many {name}")
        constraints = pki.name_constraints(permitted, excluded)
        root = p.root(**only("name_constraints", constraints, critical=True))
        yield Case(f"many names: {name}", HOST, root.issue(HOST, *names), (root.der,))
