"""What the office's own mail server says about a sender, and what a sender can write there instead."""

import pytest

from siegelpost.mail.incoming.authentication_results import Findings, findings, first_server, refuted
from siegelpost.mail.reader import parsed

MX = "mx.office.test"


def found(*headers: str, writer: str = "anna@example.test") -> Findings:
    """The findings of the office's server."""
    raw = "".join(f"Authentication-Results: {value}\n" for value in headers)
    return findings(parsed(f"{raw}From: {writer}\n\n".encode()), {MX}, writer)


@pytest.mark.parametrize(
    ("headers", "proven"),
    [
        ([f"{MX}; dmarc=pass (p=NONE) header.from=example.test"], "dmarc"),
        ([f"{MX}; dmarc=pass"], "dmarc"),
        ([f"{MX} 1; dmarc = pass header.from=EXAMPLE.test; spf=pass"], "dmarc"),
        ([f"{MX.upper()}; dmarc=pass header.from=example.test"], "dmarc"),
        ([f"{MX}; dkim=pass header.d=example.test"], "dkim"),
        ([f"{MX}; dkim=pass header.i=@example.test", f"{MX}; dmarc=none"], "dkim"),
        ([f"{MX}; dkim=fail header.d=x.test; dkim=pass (2048-bit key; x) header.d=example.test"], "dkim"),
        # Nothing, or nothing that is enough.
        ([], ""),
        ([f"{MX}; none"], ""),
        ([f"{MX}; spf=pass smtp.mailfrom=anna@example.test"], ""),
        ([f"{MX}; dmarc=bestguesspass header.from=example.test"], ""),
        ([f"{MX}; dkim=pass"], ""),
        ([f"{MX}; dkim=pass header.d=evil.test"], ""),
        ([f"{MX}; dkim=pass header.d=test"], ""),
        ([f"{MX}; dkim=pass header.d=ample.test"], ""),
        ([f"{MX}; dkim=pass header.d=evil.test header.i=@example.test"], ""),
        # About somebody else, by somebody else, or both at once.
        ([f"{MX}; dmarc=pass header.from=evil.test"], ""),
        (["mx.evil.test; dmarc=pass header.from=example.test"], ""),
        ([f"{MX}.evil.test; dmarc=pass header.from=example.test"], ""),
        (["dmarc=pass header.from=example.test"], ""),
        ([f"{MX}; dmarc=none", f"{MX}; dmarc=pass header.from=example.test"], ""),
        ([f"{MX}; dmarc=fail; dkim=pass header.d=example.test"], ""),
        # Words of the sender that a server repeats.
        ([f'{MX}; spf=fail smtp.mailfrom="x; dmarc=pass header.from=example.test"@evil.test'], ""),
        ([f"{MX}; spf=fail (x; dmarc=pass (y); dmarc=pass)"], ""),
        ([f"{MX}; spf=fail (x; dmarc=pass"], ""),
        ([f'{MX}; "dmarc=pass" header.from=example.test'], ""),
        ([f"{MX}; spf=fail reason=dmarc=pass"], ""),
    ],
)
def test_what_proves_the_sender(headers: list[str], proven: str) -> None:
    assert found(*headers).get("proven", "") == proven


def test_without_a_server_that_is_trusted_nobody_is_believed() -> None:
    raw = parsed(f"Authentication-Results: {MX}; dmarc=pass\nFrom: anna@example.test\n\n".encode())
    assert findings(raw, (), "anna@example.test") == {"server": "", "spf": "", "dkim": "", "dmarc": ""}


def test_a_registry_speaks_for_nobody() -> None:
    assert not found(f"{MX}; dkim=pass header.d=co.uk", writer="anna@example.co.uk").get("proven")
    assert found(f"{MX}; dkim=pass header.d=example.co.uk", writer="anna@mail.example.co.uk").get("proven")


def test_when_a_server_says_that_somebody_else_wrote() -> None:
    assert refuted(found(f"{MX}; dmarc=fail"))
    assert refuted(found(f"{MX}; spf=fail; dkim=fail"))
    assert not refuted(found(f"{MX}; spf=fail")), "so it is for every mail that was passed on"


def test_the_name_in_the_uppermost_header() -> None:
    assert first_server(parsed(b"Authentication-Results: MX.office.test 1; spf=pass\n\n")) == MX
    assert first_server(parsed(b"Authentication-Results: spf=pass (no name)\n\n")) == ""
    assert first_server(parsed(b"\n")) == ""
