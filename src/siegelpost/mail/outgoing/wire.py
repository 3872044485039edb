"""The form a mail has on the wire."""

from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

# RFC 5321, 4.5.3.1.6: 1000 octets with CRLF.
LONGEST_LINE = 998


def to_wire(message: EmailMessage) -> bytes:
    """The message with CRLF line ends, 7-bit clean wherever its addresses allow that (RFC 6532 where not).

    Raises:
        ValueError: a line is longer than SMTP allows.
    """
    mime = message.as_bytes(policy=(SMTPUTF8 if needs_utf8(message) else SMTP).clone(cte_type="7bit"))
    if max(map(len, mime.split(b"\r\n"))) > LONGEST_LINE:
        raise ValueError(f"a line of the mail is longer than {LONGEST_LINE} bytes")
    return mime


def needs_utf8(message: EmailMessage) -> bool:
    """Does the mail need SMTPUTF8: is there an address with a letter outside ASCII?

    Names and subjects do not count: they have an ASCII form, and compose gives domains theirs.
    """
    return any(
        not address.addr_spec.isascii()
        for header in ("From", "Reply-To", "To")
        for field in message.get_all(header, [])
        for address in field.addresses
    )
