"""Our mail as its recipient's program sees it, and what an answer to it is made of."""

import html
from dataclasses import dataclass
from email.message import EmailMessage

from siegelpost.mail.incoming.quoting import text_of_html

ME = "Mara Berger <mara@berger.test>"


@dataclass(frozen=True)
class Notice:
    """Our mail, as its recipient's program sees it."""

    message_id: str
    subject: str
    sender: str  # name <address>
    text: str
    html: str

    @classmethod
    def of(cls, message: EmailMessage) -> "Notice":
        """From the mail itself."""
        plain, rich = message.get_body(("plain",)), message.get_body(("html",))
        assert plain
        assert rich
        return cls(
            str(message["Message-ID"]),
            str(message["Subject"]),
            str(message["From"]),
            plain.get_content().replace("\r\n", "\n").strip("\n"),
            rich.get_content().replace("\r\n", "\n"),
        )

    @property
    def name(self) -> str:
        """Of the office."""
        return self.sender.partition(" <")[0].strip('"')

    @property
    def address(self) -> str:
        """Of the office."""
        return self.sender.partition("<")[2].strip(">")

    @property
    def seen(self) -> str:
        """What a program makes of the HTML when it writes it as a text."""
        return text_of_html(self.html)

    @property
    def body(self) -> str:
        """What stands in the HTML's body."""
        return self.html.partition("<body")[2].partition(">")[2].partition("</body>")[0]


def marked(text: str, mark: str = "> ") -> str:
    """Each line with the mark of a quote."""
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


def rich(words: str) -> str:
    """Typed words as HTML."""
    return "".join(f"<div>{html.escape(line, quote=False) or '<br>'}</div>" for line in words.split("\n"))


@dataclass(frozen=True)
class Body:
    """What an answer's body is made of."""

    text: str = ""
    html: str = ""
    charset: str = "utf-8"
