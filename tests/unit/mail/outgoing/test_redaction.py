"""A proof shows mails and opens nothing: no secret stands in what is handed out, in whichever form it hides."""

import base64
import time
from urllib.parse import quote

import pytest

from siegelpost.mail.outgoing.redaction import SecretLeftError, redacted

TOKEN = "b0mwy1M807Sw_05gZ-g_zlitKz68VXTw"
LINK = f"https://office.test/s/{TOKEN}/"


def mail(body: str, *headers: str, kind: str = "text/html; charset=utf-8") -> bytes:
    return "\r\n".join(["From: a@b.test", f"Content-Type: {kind}", *headers, "", body]).encode()


def test_as_it_stands_on_the_wire_it_is_blotted_and_nothing_else() -> None:
    raw = mail(f"Zur Sendung: {LINK}\r\nund {TOKEN[:9]}=\r\n{TOKEN[9:]}")
    shown = redacted(raw, [TOKEN])
    assert len(shown) == len(raw)
    assert TOKEN.encode() not in shown.replace(b"=\r\n", b"")
    assert b"Zur Sendung: https://office.test/s/x" in shown


def attached(raw: bytes) -> bytes:
    return mail(base64.encodebytes(raw).decode(), "Content-Transfer-Encoding: base64", kind="application/octet-stream")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(mail("".join(f"&#{ord(sign)};" for sign in LINK)), id="entities"),
        pytest.param(mail(f"{LINK[:30]}<wbr>{LINK[30:]}"), id="tags"),
        pytest.param(mail(f"{LINK[:30]}\u00ad{LINK[30:]}"), id="soft hyphen"),
        pytest.param(mail("".join(f"%{ord(sign):02X}" for sign in LINK)), id="percent signs"),
        pytest.param(
            mail("", f"Subject: =?utf-8?B?{base64.b64encode(LINK.encode()).decode()}?="), id="an encoded subject"
        ),
        pytest.param(attached(mail(LINK)), id="a mail as a file"),
        pytest.param(attached(b"Subject: x\r\n" + attached(mail(LINK))), id="a mail in a mail"),
        pytest.param(mail(quote(LINK, safe="").replace(TOKEN, TOKEN.replace("-", "%2D"))), id="a rewritten link"),
    ],
)
def test_where_it_hides_nothing_is_shown(raw: bytes) -> None:
    """A working link stood in the proof wherever a program had written it in another way."""
    with pytest.raises(SecretLeftError):
        redacted(raw, [TOKEN])


@pytest.mark.parametrize("body", ["<" * 10**6, "&" * 10**6, "%4" * 10**6, "A: b\n " * 10**5, "%" * 10**6])
def test_no_mail_takes_long(body: str) -> None:
    began = time.process_time()
    redacted(mail(body), [TOKEN])
    assert time.process_time() - began < 3
