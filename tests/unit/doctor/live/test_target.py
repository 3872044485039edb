"""What people type where an address is asked for."""

import pytest

from siegelpost.doctor.live.target import TargetError, parse, to_ascii


@pytest.mark.parametrize(
    ("text", "name", "port", "authority"),
    [
        ("expose.buero.de", "expose.buero.de", 443, "expose.buero.de"),
        (" EXPOSE.Buero.de:8443 ", "expose.buero.de", 8443, "expose.buero.de:8443"),
        ("https://expose.buero.de/s/geheim?x=1", "expose.buero.de", 443, "expose.buero.de"),
        ("http://expose.buero.de", "expose.buero.de", 443, "expose.buero.de"),
        ("https://user:secret@expose.buero.de:444/", "expose.buero.de", 444, "expose.buero.de:444"),
        ("https://büro-müller.de", "xn--bro-mller-q9ae.de", 443, "xn--bro-mller-q9ae.de"),
        ("expose.buero.de.", "expose.buero.de.", 443, "expose.buero.de."),
        ("192.0.2.1", "192.0.2.1", 443, "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1", 443, "[2001:db8::1]"),
        ("https://[2001:DB8::1]:8443/", "2001:db8::1", 8443, "[2001:db8::1]:8443"),
        ("fritz.box", "fritz.box", 443, "fritz.box"),
    ],
)
def test_is_read_as_a_browser_reads_it(text: str, name: str, port: int, authority: str) -> None:
    target = parse(text)
    assert (target.name, target.port, target.authority) == (name, port, authority)


def test_an_address_and_the_dot_at_the_end_are_not_asked_for_by_name() -> None:
    assert parse("192.0.2.1").server_name is None
    assert parse("expose.buero.de.").server_name == "expose.buero.de"


@pytest.mark.parametrize(
    "text", ["", "https:///x", "a b", "x" * 64 + ".de", ".de", "a..de", "host:0", "host:65536", "\0"]
)
def test_what_no_browser_could_open_is_refused(text: str) -> None:
    with pytest.raises(TargetError):
        parse(text)


def test_an_impossible_umlaut_name_is_refused() -> None:
    with pytest.raises(TargetError):
        to_ascii("ü" * 300)
