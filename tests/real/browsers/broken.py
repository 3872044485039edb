"""Certificates whose DER is broken in one place, and signed again: no authority issues them, and no browser may be
called content with one that it refuses.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.real.browsers.case import Case
from tests.support import der, pki
from tests.support.pki import Authority, Certificate, extension
from tests.support.pki_keys import Key

from siegelpost.doctor.der import DerError, Reader

# What else than an extension's content is a container though its tag does not say so.
WRAPPERS = {der.octets(b"")[0], der.bit_string(b"")[0]}
OTHER_TAGS = (0x02, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x17, 0x30, 0x31, 0x80, 0x85, 0xA0, 0xA5, 0x1F, 0x00)


@dataclass
class Node:
    """One element: its tag, and what is in it, either others or bytes."""

    tag: int
    inside: "list[Node] | bytes"

    def encode(self) -> bytes:
        content = self.inside if isinstance(self.inside, bytes) else b"".join(each.encode() for each in self.inside)
        return der.tlv(self.tag, content)


@dataclass
class Raw(Node):
    """One that is written as it stands."""

    def encode(self) -> bytes:
        assert isinstance(self.inside, bytes)
        return self.inside


def tree(content: bytes) -> list[Node]:
    found, reader = [], Reader(content)
    while not reader.at_end():
        tag, inside, _whole = reader.element()
        found.append(Node(tag, inside))
        if tag & 0x20 or tag in WRAPPERS:
            try:
                found[-1].inside = tree(inside)
            except DerError:
                continue
    return found


def _places(nodes: list[Node]) -> list[tuple[list[Node], int]]:
    found = []
    for number, node in enumerate(nodes):
        found.append((nodes, number))
        if isinstance(node.inside, list):
            found += _places(node.inside)
    return found


def spoil(r: Random, tbs: bytes) -> bytes:
    """The same with one element changed."""
    whole = tree(tbs)
    nodes, number = r.choice(_places(whole)[1:])
    node = nodes[number]
    encoded = node.encode()
    size = len(encoded)
    changed: list[Node] = r.choice(
        [
            [],
            [node, node],
            [Node(node.tag, b"")],
            [Node(r.choice(OTHER_TAGS), node.inside)],
            [Node(node.tag ^ 0x20, node.inside)],
            [Node(node.tag, _some(r, node))],
            [Node(node.tag, encoded[2:] + bytes([r.randrange(256)]))],
            [Node(node.tag, b"\x00" + encoded[2:])],
            [Raw(0, bytes([node.tag, 0x81, size - 2]) + encoded[2:])] if size < 0x82 else [Node(0, b"")],
            [Raw(0, bytes([node.tag, 0x80]) + encoded[2:] + b"\0\0")],
            [Node(node.tag, encoded), node],
            [node, Node(0x05, b"")],
            [node, Node(r.choice(OTHER_TAGS), b"x")],
        ]
    )
    nodes[number : number + 1] = changed
    return b"".join(each.encode() for each in whole)


def _some(r: Random, node: Node) -> bytes:
    """Its content with one byte changed."""
    content = bytearray(node.encode()[2:]) or bytearray(b"\0")
    content[r.randrange(len(content))] = r.randrange(256)
    return bytes(content)


def resigned(tbs: bytes, issuer: Key) -> bytes:
    algorithm, signature = issuer.sign(tbs)
    return der.sequence(tbs, algorithm, der.bit_string(signature))


SOUND: dict[str, Any] = {
    "policies": extension("policies", pki.policies("1.2.3.4")),
    "authority_info": extension("authority_info", pki.authority_info(issuer="http://a.test/", ocsp="http://b.test/")),
}


def some(number: int, *, first: int = 0) -> list[Case]:
    """So many chains; a seed always gives the same structure."""
    return [_drawn(seed) for seed in range(first, first + number)]


def _drawn(seed: int) -> Case:
    r = Random(seed)
    host = f"b{seed}.broken.test"
    name = pki.distinguished(("O", f"Broken {seed}"), ("CN", "Root"))
    root = Authority.root(name)
    issuer = root.intermediate(pki.distinguished(("O", f"Broken {seed}"), ("CN", "Issuer")), extensions=SOUND)
    served: Certificate = issuer.issue(host, extensions=SOUND)
    if r.random() < 0.6:
        served = replace(served, der=resigned(spoil(r, _tbs(served.der)), issuer.key))
    else:
        served = served.with_above(resigned(spoil(r, _tbs(issuer.der)), root.key))
    return Case(f"broken {seed}", host, served, (root.der,))


def _tbs(certificate: bytes) -> bytes:
    reader = Reader(Reader(certificate).value(0x30))
    return reader.whole(0x30)
