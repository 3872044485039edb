"""The link for an installation partner: the certificate's matters and nothing else, until it ends."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.support.office import an_agent, an_office

from siegelpost.certificates import partner_link
from siegelpost.certificates.models import HandOver
from siegelpost.ledger.models import Event
from siegelpost.office.models import Role
from siegelpost.toolbox import limits
from siegelpost.web.office.urls import PAGES

pytestmark = pytest.mark.django_db
ASK_THE_NETWORK = {"certificate_report", "certificate_verdict", "certificate_surroundings_found"}


@pytest.fixture
def link() -> str:
    """Fresh, as an administrator gets it on the page; its path."""
    an_office()
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    page = client.post("/certificate/handover/", {"partner": "IT-Service Brandt", "days": 3}, secure=True)
    found = re.search(r"/handover/[\w-]{20,}/", page.content.decode())
    assert found
    return found[0]


def partner(link: str) -> Client:
    client = Client()
    assert client.post(link, secure=True).headers["Location"] == "/certificate/"
    return client


def acts() -> list[str]:
    rows = Event.objects.filter(kind="CertificateHandedOver").order_by("id")
    return [json.loads(bytes(row.leaf))["data"]["act"] for row in rows]


def test_it_opens_the_certificates_matters_and_nothing_else(link: str) -> None:
    client = partner(link)
    # Each leads elsewhere while there is no order, or nothing is set up.
    elsewhere = ASK_THE_NETWORK | {"certificate_progress", "dyndns", "dyndns_preview"}
    opened = set()
    for page in (page for page in PAGES if page.rule.roles and "<" not in page.route):
        if page.name in ASK_THE_NETWORK:
            continue
        if client.get(reverse(page.name), secure=True).status_code in {200, 405}:
            opened.add(page.name)
    assert opened == {page.name for page in PAGES if page.rule.by_hand_over and "<" not in page.route} - elsewhere
    assert all(page.route.startswith("certificate/") for page in PAGES if page.rule.by_hand_over)
    assert "certificate_handover" not in opened
    assert client.post("/settings/test-operation/", {"on": "1"}, secure=True).status_code == 302


def test_looking_at_it_changes_nothing(link: str) -> None:
    client = Client()
    assert client.get(link, secure=True).status_code == 200
    assert client.get("/certificate/", secure=True).status_code == 302
    assert acts() == ["given"]


def test_only_its_hash_is_kept_and_its_use_is_in_the_ledger(link: str) -> None:
    token = link.split("/")[2]
    [kept] = HandOver.objects.all()
    assert token.encode() not in bytes(kept.token_hash)
    partner(link)
    assert acts() == ["given", "used"]
    assert not any(token.encode() in bytes(event.leaf) for event in Event.objects.all())


def test_revoked_it_ends_at_once_also_for_who_is_in(link: str) -> None:
    client = partner(link)
    boss = an_agent(role=Role.ADMINISTRATOR)
    partner_link.revoke(HandOver.objects.get().public_id, by=boss)
    assert client.get("/certificate/", secure=True).status_code == 302
    assert Client().post(link, secure=True).status_code == 404
    assert acts() == ["given", "used", "revoked"]


def test_it_ends_by_itself(link: str) -> None:
    client = partner(link)
    HandOver.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/certificate/", secure=True).status_code == 302
    assert Client().get(link, secure=True).status_code == 404


def test_guessing_is_slowed_down(link: str) -> None:
    for _ in range(limits.HAND_OVER_LINK.most):
        Client().get(f"/handover/{uuid.uuid4().hex}/", secure=True)
    assert Client().get(link, secure=True).status_code == 404, "even the right one, for a while"


def test_leaving_ends_the_visit(link: str) -> None:
    client = partner(link)
    assert client.post("/handover/leave/", secure=True).status_code == 200
    assert client.get("/certificate/", secure=True).status_code == 302


def test_it_lets_in_one_device_and_tells_others_how_to_get_a_new_one(link: str) -> None:
    """For two weeks, whoever found the link in a log or a mailbox could see to the certificate at will."""
    first = partner(link)
    first.post("/handover/leave/", secure=True)
    assert first.get(link, secure=True).status_code == 200, "the same device comes back"
    assert first.post(link, secure=True).headers["Location"] == "/certificate/"
    other = Client()
    for refused in (other.get(link, secure=True), other.post(link, secure=True)):
        assert refused.status_code == 403
        assert "einen neuen zu geben" in refused.content.decode()
    other.cookies["__Host-handover"] = "guessed"
    assert other.post(link, secure=True).status_code == 403
    assert other.get("/certificate/", secure=True).status_code == 302
    assert first.get("/certificate/", secure=True).status_code == 200
    assert acts() == ["given", "used", "used"]


def test_of_two_devices_at_the_same_moment_one_comes_in(link: str) -> None:
    token = link.split("/")[2]
    partner_link.use(token, "")
    with pytest.raises(partner_link.OtherDeviceError):
        partner_link.use(token, "")
