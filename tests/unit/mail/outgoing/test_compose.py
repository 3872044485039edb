"""What a mail looks like to mail servers and mail programs."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from tests.support.mailing import use

from siegelpost.mail.models import Purpose
from siegelpost.mail.outgoing.compose import LARGEST, Attachment, Picture, TooLargeError, compose, new_message_id
from siegelpost.mail.outgoing.server_settings import NotConfiguredError
from siegelpost.mail.outgoing.wire import needs_utf8, to_wire
from siegelpost.office.current import the_office
from siegelpost.settings import load
from siegelpost.toolbox.addresses import AddressError, checked


@pytest.fixture(autouse=True)
def office(db: None) -> None:
    use(25)


def arrived(message: EmailMessage) -> EmailMessage:
    """The mail as its recipient's program reads it."""
    read = message_from_bytes(to_wire(message), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def text_of(part: EmailMessage) -> str:
    """The text with the line ends of this machine."""
    return str(part.get_content()).replace("\r\n", "\n")


def test_headers() -> None:
    mail = arrived(
        compose(to="anna@example.test", to_name="Änne Öst, Dr.", subject="Exposé – Größe", text="Ä\n", language="de")
    )
    assert str(mail["From"]) == "Büro am Markt <buero@office.test>"
    assert mail["To"].addresses[0].display_name == "Änne Öst, Dr."
    assert mail["Subject"] == "Exposé – Größe"
    assert mail["Message-ID"].endswith("@office.test>")
    assert mail["Date"].datetime.tzinfo is not None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "de"
    assert text_of(mail) == "Ä\n"


def test_what_a_person_writes_is_not_automatic() -> None:
    mail = compose(to="anna@example.test", subject="", text="", automatic=False)
    assert mail["Auto-Submitted"] is None
    assert mail["X-Auto-Response-Suppress"] is None


def test_everything_is_7_bit_and_no_line_is_long() -> None:
    text = "ä" * 5000 + "\nFrom here\n.dot\n" + "x" * 5000 + "\n"
    picture = Picture("logo.png", "image/png", bytes(range(256)))
    file = Attachment("Exposé Nr. 1.pdf", "application/pdf", bytes(range(256)) * 40)
    message = compose(
        to="anna@example.test",
        subject="ü" * 400,
        text=text,
        html=f"<p>{text}</p>",
        pictures=[picture],
        attachments=[file],
    )
    wire = to_wire(message)
    assert wire.isascii()
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    mail = arrived(message)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert isinstance(plain, EmailMessage)
    assert text_of(plain) == text
    (attachment,) = mail.iter_attachments()
    assert attachment.get_filename() == "Exposé Nr. 1.pdf"
    assert attachment.get_content() == file.content
    inline = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in inline] == ["<logo.png@siegelpost>"]
    assert [part.get_content_type() for part in mail.walk() if part.is_multipart()] == [
        "multipart/mixed",
        "multipart/alternative",
        "multipart/related",
    ]


def test_a_text_attachment_arrives_byte_for_byte() -> None:
    content = "Widerrufsbelehrung\r\nÄ\nohne Zeilenende".encode()
    message = compose(
        to="anna@example.test", subject="", text="", attachments=[Attachment("a.txt", "text/plain", content)]
    )
    (attachment,) = arrived(message).iter_attachments()
    assert attachment.get_payload(decode=True) == content
    assert attachment.get_content_charset() == "utf-8"


@pytest.mark.parametrize("field", ["subject", "to_name"])
@pytest.mark.parametrize(
    "bad", ["a\r\nBcc: eve@example.test", "a\nBcc: eve@example.test\n\nbody", "a\r\x00\x85\u2028b"]
)
def test_nobody_adds_headers(field: str, bad: str) -> None:
    given: dict[str, Any] = {"to": "anna@example.test", "subject": "s", "text": "t", field: bad}
    mail = arrived(compose(**given))
    assert mail["Bcc"] is None
    assert text_of(mail) == "t\n"


def test_the_office_name_adds_no_headers() -> None:
    the_office().__class__.objects.update(name="Büro\r\nBcc: eve@example.test")
    mail = arrived(compose(to="anna@example.test", subject="s", text="t"))
    assert mail["Bcc"] is None


def test_answers_go_where_the_office_says() -> None:
    the_office().__class__.objects.update(mail_reply_to="zentrale@office.test")
    assert compose(to="a@example.test", subject="", text="")["Reply-To"] == "zentrale@office.test"
    mail = compose(to="a@example.test", subject="", text="", reply_to="makler@office.test")
    assert mail["Reply-To"] == "makler@office.test"


def test_without_a_sender_nothing_is_composed() -> None:
    the_office().__class__.objects.update(mail_from="")
    with pytest.raises(NotConfiguredError):
        compose(to="a@example.test", subject="", text="")


def test_the_environment_names_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIEGELPOST_MAIL_FROM", "post@elsewhere.test")
    load.cache_clear()
    try:
        assert compose(to="a@example.test", subject="", text="")["From"].addresses[0].addr_spec == "post@elsewhere.test"
    finally:
        monkeypatch.undo()
        load.cache_clear()


def test_size() -> None:
    with pytest.raises(TooLargeError):
        compose(to="a@example.test", subject="", text="x" * 70 * 1024, html="y" * 40 * 1024)
    big = Attachment("a.bin", "application/octet-stream", bytes(LARGEST))
    with pytest.raises(TooLargeError):
        compose(to="a@example.test", subject="", text="", attachments=[big])


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("anna@example.test", "anna@example.test"),
        ("  Anna.O'Neil+immo@Example.Test ", "Anna.O'Neil+immo@example.test"),
        ("anna@müller.test", "anna@xn--mller-kva.test"),
        ("anna@MÜLLER.test", "anna@xn--mller-kva.test"),
        ("jürgen@example.test", "jürgen@example.test"),
    ],
)
def test_addresses(typed: str, address: str) -> None:
    assert checked(typed).addr_spec == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "anna@",
        "@example.test",
        "anna@localhost",
        "a b@example.test",
        "anna..b@example.test",
        ".anna@example.test",
        "anna@exa mple.test",
        "anna@example..test",
        "anna@-example.test",
        "anna@example.test\r\nRCPT TO:<eve@example.test>",
        "anna@example.test, eve@example.test",
        "<anna@example.test>",
        '"a b"@example.test',
        "anna@[192.0.2.1]",
        "a" * 65 + "@example.test",
        "anna@" + "a." * 130 + "test",
        "anna@\x00.test",
    ],
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(AddressError, match="ist keine E-Mail-Adresse"):
        checked(typed)


def test_an_umlaut_before_the_at_needs_smtputf8() -> None:
    plain = compose(to="anna@müller.test", to_name="Müller", subject="ü", text="ü")
    assert not needs_utf8(plain)
    special = compose(to="jürgen@müller.test", subject="ü", text="ü")
    assert needs_utf8(special)
    assert "jürgen@xn--mller-kva.test".encode() in to_wire(special)


def test_message_ids_are_ours_and_unique() -> None:
    made = {new_message_id() for _ in range(100)}
    assert len(made) == 100
    assert all(one.startswith("<") and one.endswith("@office.test>") for one in made)


def test_nothing_here_is_a_list_that_one_could_unsubscribe_from() -> None:
    """Who adds a kind of mail reads docs/decisions/0016-no-list-unsubscribe.md first; what advertises needs both."""
    to_one_person_about_their_own_matter = {
        Purpose.NOTICE,
        Purpose.REMINDER,
        Purpose.CODE,
        Purpose.ORDER_RECEIPT,
        Purpose.CONFIRMATION,
        Purpose.WITHDRAWAL_ACKNOWLEDGEMENT,
        Purpose.CONSENT,
        Purpose.SELLER_PAYMENT,
        Purpose.REPLY_HINT,
        Purpose.DOCUMENTS_RELEASED,
        Purpose.AGENT_NOTICE,
        Purpose.ADMIN_NOTICE,
        Purpose.SIGN_IN,
        Purpose.INVITATION,
        Purpose.TEST,
    }
    assert set(Purpose) == to_one_person_about_their_own_matter
    mail = arrived(compose(to="anna@example.test", subject="Exposé", text="Ä\n", html="<p>Ä</p>"))
    assert not [name for name in mail.keys() if name.lower().startswith("list-")]  # noqa: SIM118 - a mail is no dict
