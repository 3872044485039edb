"""The recommendation: for every kind of office exactly one way, and its reason."""

import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.forms import PasswordInput
from django.test import Client
from tests.support.office import an_agent, an_office

from siegelpost.certificates import assistant
from siegelpost.certificates.assistant import AddressKind, AssistantAnswers, CertificateWay, Who
from siegelpost.certificates.forms import DnsForm
from siegelpost.certificates.installed import open_store
from siegelpost.ledger.models import Event
from siegelpost.office.models import Role
from siegelpost.settings import load
from siegelpost.tls.acme.dns_providers import dns_providers
from siegelpost.tls.acme.plan import LETS_ENCRYPT, Challenge, DnsProvider, load_plan
from siegelpost.web.office import certificate_assistant as pages

NAME, FIXED, CHANGING = AddressKind
HOST = "expose.lindenhof.de"


@pytest.mark.parametrize(
    ("given", "way"),
    [
        (AssistantAnswers(HOST, NAME, ("443",)), CertificateWay.BY_PORT),
        (AssistantAnswers(HOST, NAME, ("80",)), CertificateWay.BY_PORT),
        (AssistantAnswers(HOST, NAME, dns=True), CertificateWay.BY_DNS),
        (AssistantAnswers(HOST, NAME, dns=True, record=True), CertificateWay.BY_DNS),
        (AssistantAnswers(HOST, NAME, record=True), CertificateWay.BY_RECORD),
        (AssistantAnswers(HOST, NAME, ("443",), record=True), CertificateWay.BY_PORT),
        (AssistantAnswers("5.9.7.1", FIXED, record=True), CertificateWay.NAME_FIRST),
        (AssistantAnswers(HOST, NAME), CertificateWay.BOUGHT),
        (AssistantAnswers(HOST, NAME, ("443",), proxy=True), CertificateWay.PROXY),
        (AssistantAnswers(HOST, NAME, ("443",), proxy=True, who=Who.PARTNER), CertificateWay.PARTNER),
        (AssistantAnswers("server", NAME, ("443",)), CertificateWay.NAME_FIRST),
        (AssistantAnswers("fritz.box", NAME, ("443",)), CertificateWay.NAME_FIRST),
        (AssistantAnswers("198.51.100.7", NAME, ("443",)), CertificateWay.NAME_FIRST),
        (AssistantAnswers("5.9.7.1", FIXED, ("443",)), CertificateWay.ADDRESS),
        (AssistantAnswers("5.9.7.1", FIXED), CertificateWay.NAME_FIRST),
        (AssistantAnswers("192.168.178.2", FIXED, ("443",)), CertificateWay.NAME_FIRST),
        (AssistantAnswers("5.9.7.1", CHANGING, ("443",)), CertificateWay.NAME_FIRST),
    ],
)
def test_one_way_is_recommended_and_says_why(given: AssistantAnswers, way: CertificateWay) -> None:
    rule = assistant.recommend(given)
    assert rule.way is way
    assert str(rule.why)


def test_only_open_ports_are_used_for_proving() -> None:
    plan = assistant.plan_for(AssistantAnswers(HOST, NAME, ("443",)), load())
    assert plan.challenges == (Challenge.TLS_ALPN_01,)
    plan = assistant.plan_for(AssistantAnswers("5.9.7.1", FIXED, ("443", "80")), load())
    assert plan.challenges == (Challenge.TLS_ALPN_01, Challenge.HTTP_01)
    assert plan.authorities == (LETS_ENCRYPT,)


def test_a_house_authority_is_asked_where_the_settings_name_one(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("PEM")
    settings = load().model_copy(update={"acme_directory": "https://ca.house.test/dir", "acme_ca": ca})
    [authority] = assistant.plan_for(AssistantAnswers(HOST, NAME, ("443",)), settings).authorities
    assert (authority.directory, authority.ca_bundle) == ("https://ca.house.test/dir", "PEM")


@pytest.mark.django_db
def test_what_was_started_is_saved_sealed_and_in_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    an_office()
    settings = load().model_copy(update={"data": tmp_path})
    monkeypatch.setattr(assistant, "load", lambda: settings)
    form = DnsForm({"provider": "hetzner", "auth_token": "geheim-4711"})
    assert form.is_valid()
    assistant.start(AssistantAnswers(HOST, NAME, dns=True), form.provider_of(), by="anna")
    plan = load_plan(open_store(settings))
    assert plan
    assert plan.dns
    assert (plan.names, plan.challenges, plan.dns.provider) == ((HOST,), (Challenge.DNS_01,), "hetzner")
    assert plan.dns.options == {"auth_token": "geheim-4711"}
    [event] = Event.objects.filter(kind="CertificateOrdered")
    assert json.loads(bytes(event.leaf))["data"]["by"] == "anna"
    kept = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()] + [bytes(event.leaf)]
    assert not any(b"geheim-4711" in content for content in kept)
    assert assistant.now().waiting


@pytest.mark.parametrize(
    "given",
    [
        {"provider": "nobody", "auth_token": "x"},
        {"provider": "auto", "auth_token": "x"},
        {"provider": "hetzner"},
        {"provider": "rfc2136"},
        {"provider": "rfc2136", "server": "192.0.2.1", "key_name": "acme."},
    ],
)
def test_dns_options_that_cannot_work(given: dict[str, str]) -> None:
    assert not DnsForm(given).is_valid()


def test_an_own_name_server_by_rfc_2136() -> None:
    given = {"server": "192.0.2.1:53", "key_name": "acme.", "key_secret": "c2VjcmV0", "key_algorithm": "hmac-sha512"}
    form = DnsForm({"provider": "rfc2136", **given})
    assert form.is_valid(), form.errors
    assert form.provider_of() == DnsProvider("rfc2136", given)


def test_every_provider_has_fields_and_what_is_secret_is_masked() -> None:
    shown: dict[str, list[str]] = {}
    for provider in dns_providers():
        form = DnsForm(provider=provider)
        assert form.asked, provider
        masked = [each.name for each in form.asked if isinstance(each.field.widget, PasswordInput)]
        shown[provider] = [each.name for each in form.asked if each.name not in masked]
    # Nobody's secret lies open: these words name none.
    for provider, names in shown.items():
        for name in names:
            assert not re.search(r"token|password|secret|passw|_key$|psw|pass_phrase|info|content", name), (
                provider,
                name,
            )
    assert shown["netcup"] == ["auth_customer_id", "alias"]
    assert shown["ovh"] == ["auth_entrypoint", "alias"]


@pytest.mark.django_db
def test_the_page_asks_what_the_chosen_provider_wants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    an_office()
    settings = load().model_copy(update={"data": tmp_path, "public_url": f"https://{HOST}"})
    for room in (assistant, pages):
        monkeypatch.setattr(room, "load", lambda: settings)
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    answers = {"address": "name", "proxy": "no", "who": "myself", "dns": "on"}
    chosen = client.get("/certificate/assistant/", answers | {"provider": "netcup"}, secure=True).content.decode()
    given = {"answers": urlencode(answers), "provider": "netcup", "auth_api_password": ""}
    refused = client.post("/certificate/assistant/begin/", given, secure=True)
    assert 'name="auth_customer_id"' in chosen
    assert re.search(r'type="password" name="auth_api_password"', chosen)
    assert refused.status_code == 422
    assert "Ohne Zugangsdaten geht es nicht" in refused.content.decode()


@pytest.mark.django_db
def test_answers_that_were_tampered_with_begin_nothing() -> None:
    an_office()
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    answer = client.post("/certificate/assistant/begin/", {"answers": "address=moon"}, secure=True)
    assert answer.headers["Location"] == "/certificate/assistant/"
    assert load_plan(open_store(load())) is None
