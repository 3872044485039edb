"""Finding checkpoints in what a reader has at hand: a note, or a mail that carries one."""

import re
from email import policy
from email.parser import BytesParser

MAX_MAIL = 64 * 1024 * 1024
# Three lines, a blank one and a signature; a mail may have quoted or indented them.
_BLOCK = re.compile(
    r"^(?P<quote>[>\t ]*)(?P<origin>[^\s+>][^\s+]*)[ \t]*\n"
    r"(?P=quote)(?P<size>[1-9][0-9]{0,18})[ \t]*\n"
    r"(?P=quote)(?P<root>[A-Za-z0-9+/]{43}=)[ \t]*\n"
    r"[>\t ]*\n"
    r"(?P=quote)— (?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+={0,2})[ \t]*$",
    re.MULTILINE,
)


def checkpoints_in(raw: bytes) -> list[str]:
    """The signed checkpoints in a note or in a mail (``.eml``), in their order; they are not yet believed.

    None are found in what is larger than any mail.
    """
    if len(raw) > MAX_MAIL:
        return []
    found = _blocks(raw.decode(errors="replace"))
    if not found:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        for part in message.walk():
            if part.get_content_maintype() == "text":
                content = part.get_payload(decode=True)
                if isinstance(content, bytes):
                    found += _blocks(content.decode(errors="replace"))
    return list(dict.fromkeys(found))


def _blocks(text: str) -> list[str]:
    text = text.replace("\r\n", "\n")
    return [
        f"{each['origin']}\n{each['size']}\n{each['root']}\n\n— {each['name']} {each['signature']}\n"
        for each in _BLOCK.finditer(text)
    ]
