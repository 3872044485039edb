"""What all letters of a dispatch have in common: beside which mail they stand, which language, whether it counts."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from django.db import transaction
from tests.support import word_engine
from tests.support.office import a_contact, a_dispatch, a_withdrawal, an_office, the_guard_says

from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.states import Act
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.office.models import Language

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch) -> None:
    an_office()
    the_guard_says(True, monkeypatch)


def read(mail: OutgoingMail) -> EmailMessage:
    found = message_from_bytes(mail.mime(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def after_notice(dispatch: Dispatch) -> list[EmailMessage]:
    """Letters that follow the notice, queued now."""
    with transaction.atomic():
        letters.remind(dispatch)
        letters.say_how_to_answer(dispatch)
        letters.tell_replaced(dispatch)
        letters.acknowledge_order(dispatch)
        letters.tell_contract_resumed(dispatch)
        letters.tell_contract_ended(dispatch, Act.CONTRACT_ENDS)
        letters.tell_agent(dispatch, "agent_knows", declarations=[])
    return [read(mail) for mail in OutgoingMail.objects.order_by("pk")][1:]


def test_what_follows_stands_beside_the_first_mail() -> None:
    """Reminder and confirmation stood in mailboxes as if they had nothing to do with the notice."""
    dispatch = a_dispatch()
    other = a_dispatch()
    notice = OutgoingMail.objects.get(dispatch_id=str(dispatch.public_id))
    with transaction.atomic():
        letters.remind(dispatch)
        letters.remind(other)
    reminder = read(OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).order_by("-pk")[0])
    assert (reminder["In-Reply-To"], reminder["References"]) == (notice.message_id, notice.message_id)
    assert reminder["Message-ID"] != notice.message_id
    assert read(notice)["In-Reply-To"] is None
    elsewhere = read(OutgoingMail.objects.filter(dispatch_id=str(other.public_id)).order_by("-pk")[0])
    assert elsewhere["In-Reply-To"] != notice.message_id


def test_to_a_new_address_a_mail_follows_nothing() -> None:
    """Whoever never got the first mail has nothing beside which the second could stand."""
    dispatch = a_dispatch()
    dispatch.contact.email = "new@example.test"
    dispatch.contact.save()
    with transaction.atomic():
        letters.remind(dispatch)
    assert read(OutgoingMail.objects.order_by("-pk")[0])["In-Reply-To"] is None


@pytest.mark.parametrize(("email", "beside"), [("", True), ("somebody@else.test", False)])
def test_the_acknowledgement_of_a_withdrawal_too(email: str, beside: bool) -> None:
    """Only where it goes to whom the first mail went: anybody can name any address."""
    dispatch = a_dispatch()
    notice = OutgoingMail.objects.get(dispatch_id=str(dispatch.public_id))
    with transaction.atomic():
        letters.acknowledge_withdrawal(a_withdrawal(dispatch=dispatch, email=email or dispatch.contact.email))
    mails = OutgoingMail.objects.filter(purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)
    assert [read(one)["In-Reply-To"] for one in mails] == [notice.message_id if beside else None]


@pytest.mark.parametrize("language", [Language.GERMAN, Language.ENGLISH])
def test_each_names_its_language(language: Language) -> None:
    """No mail said in which language it was, so programs offered to translate German ones and read them out wrongly."""
    dispatch = a_dispatch(contact=a_contact(language=language), language=language)
    mails = after_notice(dispatch)
    assert [mail["Content-Language"] for mail in mails[:-1]] == [language.value] * (len(mails) - 1)
    assert mails[-1]["Content-Language"] == dispatch.agent.language


def test_in_test_operation_both_forms_of_each_say_so() -> None:
    """The plain text of two mails did not say that it counts for nothing, though their HTML did."""
    an_office(test_operation=True)
    for mail in after_notice(a_dispatch()):
        for kind in ("plain", "html"):
            part = mail.get_body((kind,))
            assert part is not None
            assert "zu einem Testbetrieb und hat keine" in " ".join(part.get_content().split()), mail["Subject"]
        assert mail["Subject"].startswith("[TEST] ")


def test_outlook_on_windows_shows_each_as_it_is_meant() -> None:
    """The sheet was as wide as the window, and the button had lost its sides: Word knows neither on these elements."""
    for mail in after_notice(a_dispatch()):
        html = mail.get_body(("html",))
        assert html is not None
        assert list(word_engine.faults(html.get_content())) == [], mail["Subject"]


@pytest.mark.parametrize(
    "html",
    [
        '<div style="max-width:600px">x</div>',
        '<a style="display:inline-block;padding:16px 28px">x</a>',
        "<table><tr><td>x</td></tr></table>",
        '<p style="display:flex">x</p>',
        '<p style="font-family:-apple-system,Arial">x</p>',
        "<!--[if mso]><table><![endif]--><p>x</p>",
        "<svg></svg>",
        "<p>" + "x" * 41_000 + "</p>",
    ],
)
def test_what_word_cannot_show_is_found(html: str) -> None:
    assert list(word_engine.faults(html)) != []
