"""Whatever is kept as one line of words is cleaned, whichever way it came."""

import re
from email.message import EmailMessage
from itertools import chain

import pytest
from django.apps import apps
from django.db.models import CharField, EmailField, SlugField, URLField
from django.test import Client
from tests.support.office import a_contact, a_dispatch, an_agent, an_estate, an_office

from siegelpost.contacts import vcard_reader, vcards
from siegelpost.contacts.address_books import books
from siegelpost.contacts.models import Contact
from siegelpost.mail import reader
from siegelpost.office.models import Role
from siegelpost.toolbox.line_fields import LineModelField

# What a stranger sent, and what is left of it.
GIVEN, KEPT = "Vera\u202e gnp.exe\u200b\u3164 Opfer\u009b", "Vera gnp.exe Opfer"
# Words for machines: hashes, identifiers, hosts, kinds, and what is sealed word for word.
MACHINES = re.compile(
    r".*(sha256|_id|_hash|host|user|key|kind|selector|domain|folder|language|country|currency|ip|auth|p256dh|tls|because"
    r"|gate_row|notice|trusted_servers|claimed_by|handled_as|about|message_id|recipient|media_type|logo|certificate"
    r"|colour|smtp_security|subject|value|sort_key|text|label|commission_said|sender|authority|document"
    r"|photo|teaser|service|a_from|aaaa_from|fault|told|mailbox|cause|state|login|address|tenant|_url|scope|hosts|_uri|trouble)\Z"
)
OURS = {"office", "contacts", "estates", "dispatch", "mail", "certificates", "ledger", "web"}


def test_every_column_of_words_is_cleaned_or_for_machines() -> None:
    models = chain.from_iterable(config.get_models() for config in apps.get_app_configs() if config.label in OURS)
    loose = [
        f"{model.__name__}.{field.name}"
        for model in models
        for field in model._meta.local_fields
        if isinstance(field, CharField)
        and not isinstance(field, LineModelField | EmailField | URLField | SlugField)
        and not field.choices
        and not MACHINES.match(field.name)
        and field.name != "password"
    ]
    assert loose == []


pytestmark = pytest.mark.django_db


def test_whoever_writes_it_finds_it_cleaned() -> None:
    contact = a_contact(last_name=GIVEN, company=GIVEN)
    assert (contact.last_name, contact.company) == (KEPT, KEPT)
    Contact.objects.filter(pk=contact.pk).update(last_name=GIVEN)
    assert Contact.objects.get(pk=contact.pk).last_name == KEPT
    [made] = Contact.objects.bulk_create([Contact(last_name=GIVEN)])
    assert Contact.objects.get(pk=made.pk).last_name == KEPT
    assert an_agent(name=GIVEN).name == KEPT
    assert an_estate(title=GIVEN).title == KEPT


def test_cards_and_mails_are_no_other_way() -> None:
    file = f"BEGIN:VCARD\nVERSION:3.0\nN:{GIVEN};;;;\nFN:{GIVEN}\nEND:VCARD\n"
    empty = "BEGIN:VCARD\nVERSION:3.0\nN:\u3164;;;;\nFN:\u3164\nEND:VCARD\n"
    found = vcard_reader.unpack((file + empty).encode())
    assert found.unreadable == 1, "a card whose name cannot be seen has none"
    [contact] = [vcards.contact_of(books.stored(card)) for card in found.cards]
    contact.save()
    assert contact.last_name == KEPT
    message = EmailMessage()
    message["From"] = f'"{GIVEN}" <vera@opfer.test>'
    [sender] = reader.mailboxes(reader.parsed(message.as_bytes()), "From")
    assert sender.name == KEPT


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/contacts/new/", {"last_name": "\u3164", "language": "de"}),
        ("/certificate/handover/", {"partner": "\u2800\u200b", "days": "3"}),
        ("/settings/people/new/", {"name": "\u115f", "email": "neu@lindenhof.test", "role": "agent"}),
    ],
)
def test_a_form_takes_a_name_that_looks_empty_for_none(address: str, fields: dict[str, str]) -> None:
    an_office()
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    assert client.post(address, fields, secure=True).status_code == 422


@pytest.mark.usefixtures("an_office_at_work")
def test_what_is_frozen_says_it_cleaned() -> None:
    dispatch = a_dispatch(contact=a_contact(last_name=GIVEN))
    assert KEPT in dispatch.page["recipient"]["name"]
    assert not re.search("[\u202e\u200b\u3164\u009b]", str(dispatch.page))
