"""The page „Weitere Server“: naming, looking, removing, and what it says where nothing can be told."""

import uuid

import pytest
from django.test import Client
from tests.support.office import an_agent, an_office

from siegelpost.certificates.models import WatchedHost
from siegelpost.office.models import Role

pytestmark = pytest.mark.django_db
PAGE = "/certificate/watched/"


@pytest.fixture
def client() -> Client:
    an_office()
    found = Client()
    found.force_login(an_agent(role=Role.ADMINISTRATOR))
    return found


def test_it_says_what_it_is_for_while_nothing_is_named(client: Client) -> None:
    page = client.get(PAGE, secure=True).content.decode()
    assert "Nennen Sie Ihre Website und Ihren Mailserver" in page
    assert PAGE in client.get("/certificate/", secure=True).content.decode()


def test_a_host_is_named_looked_at_shown_and_removed(client: Client) -> None:
    """This machine's own network is named by nobody, so nothing is asked, and the page says why."""
    sent = {"service": "imaps", "host": "127.0.0.1", "port": ""}
    assert client.post(PAGE, sent, secure=True).headers["Location"] == PAGE
    page = client.get(PAGE, secure=True).content.decode()
    assert "Nicht feststellbar" in page
    assert "private_networks" in page
    [host] = WatchedHost.objects.all()
    assert host.looked_at
    again = client.post(PAGE, sent, secure=True)
    assert (again.status_code, "schon in der Liste" in again.content.decode()) == (422, True)
    client.post(f"{PAGE}{host.public_id}/look/", secure=True)
    client.post(f"{PAGE}{host.public_id}/remove/", secure=True)
    assert not WatchedHost.objects.exists()
    for act in ("look", "remove"):
        assert client.post(f"{PAGE}{uuid.uuid4()}/{act}/", secure=True).status_code == 404


@pytest.mark.parametrize(
    ("service", "host", "said"),
    [
        ("https", "https://www.lindenhof.de/", "kein Name eines Servers"),
        ("https", "", "Bitte"),
        ("mta_sts", "192.0.2.7", "gehört zu einer Domain"),
        ("gopher", "www.lindenhof.de", "Bitte"),
    ],
)
def test_what_is_no_server_is_said(client: Client, service: str, host: str, said: str) -> None:
    answer = client.post(PAGE, {"service": service, "host": host}, secure=True)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not WatchedHost.objects.exists()


def test_english_is_spoken(client: Client) -> None:
    client.post(PAGE, {"service": "imaps", "host": "127.0.0.1"}, secure=True)
    rose = Client()
    rose.force_login(an_agent(role=Role.ADMINISTRATOR, language="en", email="rose@lindenhof.test"))
    page = rose.get(PAGE, secure=True, headers={"accept-language": "en"}).content.decode()
    assert "inner network" in page
