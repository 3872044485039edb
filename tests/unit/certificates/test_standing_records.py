"""The office hears of a record that no longer holds while there is time, once, and can copy what to enter."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.test import Client
from tests.support.office import an_agent, an_office
from tests.support.pki import Authority

from siegelpost.certificates import assistant, overview, refusals, standing_records
from siegelpost.certificates.models import Ending
from siegelpost.mail.models import OutgoingMail
from siegelpost.office.models import Language, Role
from siegelpost.settings import load
from siegelpost.tls.acme import standing_records as records
from siegelpost.tls.acme import state as renewal_state
from siegelpost.tls.acme.challenges import dns_persist01
from siegelpost.tls.acme.challenges.dns_persist01 import Sight, Standing, StandingRecord
from siegelpost.tls.acme.plan import LETS_ENCRYPT, Challenge, Plan, plan_changed_at, save_plan
from siegelpost.tls.acme.plan import Authority as AcmeAuthority
from siegelpost.tls.acme.problems import Code, Problem
from siegelpost.tls.acme.renewal import requested
from siegelpost.tls.acme.standing_records import RecordState
from siegelpost.tls.acme.status import acme_status
from siegelpost.tls.store import Source, Store
from siegelpost.web.office import certificate, certificate_assistant

pytestmark = pytest.mark.django_db
NAME = "expose.lindenhof.de"
NOW = datetime.now(UTC)
ACCOUNT = "https://acme-v02.api.letsencrypt.org/acme/acct/4711"
RECORD = StandingRecord(NAME, ("letsencrypt.org",), ACCOUNT)
VALUE = f"letsencrypt.org; accounturi={ACCOUNT}"
Found = Callable[[Sight], None]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An office whose certificate lives by such a record."""
    settings = load().model_copy(update={"data": tmp_path, "public_url": f"https://{NAME}"})
    for room in (standing_records, overview, refusals, assistant, certificate, certificate_assistant):
        monkeypatch.setattr(room, "load", lambda: settings)
    an_office()
    store = Store(tmp_path / "tls")
    save_plan(store, Plan((NAME,), challenges=(Challenge.DNS_PERSIST_01,)))
    given = Authority.root().issue(NAME, days=90)
    store.activate(store.add(given.chain_pem, given.key_pem, Source.ACME).id)
    records._keep(store, [RecordState(LETS_ENCRYPT.directory, ACCOUNT, RECORD, Sight(Standing.GOOD, VALUE), NOW, NOW)])
    return store


@pytest.fixture
def finds(store: Store, monkeypatch: pytest.MonkeyPatch) -> Found:
    """What the name servers and the authority say, without a network."""
    monkeypatch.setattr(records, "_account", lambda *_: ACCOUNT)

    def find(sight: Sight) -> None:
        monkeypatch.setattr(dns_persist01, "look", lambda *_: sight)

    return find


def plain(mail: OutgoingMail) -> str:
    body = message_from_bytes(mail.mime(), policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_all_in_order_brings_no_mail(finds: Found) -> None:
    an_agent(role=Role.ADMINISTRATOR)
    for standing in (Standing.GOOD, Standing.UNSEEN, Standing.PARTLY, Standing.BY_PARENT):
        finds(Sight(standing, VALUE))
        assert standing_records.look(NOW) == 0


@pytest.mark.parametrize("language", Language)
def test_a_record_that_is_gone_is_told_once_with_what_to_enter(language: Language, finds: Found) -> None:
    an_agent(role=Role.ADMINISTRATOR, language=language)
    finds(Sight(Standing.MISSING))
    assert [standing_records.look(NOW + timedelta(days=day)) for day in range(3)] == [1, 0, 0]
    [mail] = OutgoingMail.objects.all()
    text = plain(mail)
    assert f"_validation-persist.{NAME}" in text
    assert VALUE in text
    assert ("stimmt nicht mehr" if language == Language.GERMAN else "no longer in order") in mail.subject
    finds(Sight(Standing.UNSEEN))
    standing_records.look(NOW + timedelta(days=4))
    finds(Sight(Standing.MISSING))
    assert standing_records.look(NOW + timedelta(days=5)) == 0, "an outage between is no news"
    finds(Sight(Standing.GOOD, VALUE))
    standing_records.look(NOW + timedelta(days=6))
    finds(Sight(Standing.MISSING))
    assert standing_records.look(NOW + timedelta(days=7)) == 1, "it was in order meanwhile"


def test_an_end_before_the_next_renewal_is_told(finds: Found) -> None:
    an_agent(role=Role.ADMINISTRATOR)
    finds(Sight(Standing.GOOD, f"{VALUE}; persistUntil=1", NOW + timedelta(days=365)))
    assert standing_records.look(NOW) == 0
    finds(Sight(Standing.GOOD, f"{VALUE}; persistUntil=2", NOW + timedelta(days=30)))
    assert [standing_records.look(NOW), standing_records.look(NOW)] == [1, 0]
    assert "persistUntil" in plain(OutgoingMail.objects.get())
    assert Ending.objects.get().level == Ending.RECORD


def test_as_long_as_one_authority_finds_its_record_nothing_is_wrong(store: Store, finds: Found) -> None:
    an_agent(role=Role.ADMINISTRATOR)
    second = AcmeAuthority("https://second.test/dir")
    save_plan(store, Plan((NAME,), (LETS_ENCRYPT, second), (Challenge.DNS_PERSIST_01,)))
    missing = RecordState(second.directory, ACCOUNT, RECORD, Sight(Standing.MISSING), NOW, NOW)
    good = RecordState(LETS_ENCRYPT.directory, ACCOUNT, RECORD, Sight(Standing.GOOD, VALUE), NOW, NOW)
    status = acme_status(store, NOW)
    assert standing_records._wrong([good, missing], status) == []
    assert standing_records._wrong([missing], status) == [missing]


def test_where_another_way_is_allowed_a_missing_record_is_no_news(store: Store, finds: Found) -> None:
    an_agent(role=Role.ADMINISTRATOR)
    save_plan(store, Plan((NAME,), challenges=(Challenge.DNS_PERSIST_01, Challenge.HTTP_01)))
    finds(Sight(Standing.MISSING))
    assert standing_records.look(NOW) == 0


@pytest.mark.parametrize("there", [True, False])
def test_an_order_that_waits_for_the_record_goes_on_once_it_is_seen(there: bool, store: Store, finds: Found) -> None:
    """After a month of waiting the next look was a day away, though the page showed that all is in order."""
    waits = replace(renewal_state.load(store), failures=40, problem=Problem(Code.STANDING_MISSING))
    renewal_state.save(store, replace(waits, plan=plan_changed_at(store)))
    finds(Sight(Standing.GOOD, VALUE) if there else Sight(Standing.MISSING))
    standing_records.look(NOW)
    assert requested(store) is there


@pytest.mark.parametrize(
    ("sight", "shown"),
    [
        (Sight(Standing.GOOD, VALUE), "Bitte lassen Sie ihn stehen"),
        (Sight(Standing.MISSING), "fehlt noch der feste Eintrag"),
        (Sight(Standing.OTHER_ACCOUNT, "letsencrypt.org; accounturi=https://x/1"), "nennt ein anderes Konto"),
        (Sight(Standing.GOOD, VALUE, NOW + timedelta(days=30)), "endet zu früh"),
    ],
)
def test_the_page_shows_the_record_to_copy_and_how_it_stands(sight: Sight, shown: str, finds: Found) -> None:
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    finds(sight)
    assert client.post("/certificate/records/", secure=True).headers["Location"] == "/certificate/"
    page = client.get("/certificate/", secure=True).content.decode()
    assert shown in page
    assert ("hakt" in page) is (shown != "Bitte lassen Sie ihn stehen")
    assert f'<code id="record-name-1">_validation-persist.{NAME}</code>' in page
    assert f'<code id="record-value-1">{VALUE}</code>' in page
    assert 'data-copy="record-value-1"' in page


def test_the_order_that_waits_shows_what_to_enter_where_it_is_watched(store: Store, finds: Found) -> None:
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    finds(Sight(Standing.MISSING))
    standing_records.look(NOW)
    told = {"id": "1", "state": "failed", "step": "prepare", "reason": "new_plan", "names": [NAME], "dry_run": False}
    told |= {"started_at": "2100-01-01T00:00:00+00:00", "updated_at": "2100-01-01T00:00:00+00:00", "authority": ""}
    told |= {"challenges": {}, "certificates": [], "next_try_at": None}
    for code, shown in ((Code.STANDING_MISSING, True), (Code.UNREACHABLE, False)):
        problem = Problem(code, {"record": RECORD.place, "value": VALUE, "name": NAME}).as_json()
        (store.folder / "acme" / "progress.json").write_text(json.dumps(told | {"problem": problem}))
        page = client.get("/certificate/assistant/progress/", secure=True).content.decode()
        assert ('data-copy="record-value-1"' in page) is shown
        assert "Jetzt versuchen" in page


def test_the_assistant_leads_to_it_without_any_access_to_the_dns(store: Store) -> None:
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    answers = "address=name&proxy=no&who=myself&record=on"
    said = client.get(f"/certificate/assistant/?{answers}", secure=True).content.decode()
    assert "festen DNS-Eintrag" in said
    assert "API-Token" not in said
    begun = client.post("/certificate/assistant/begin/", {"answers": answers}, secure=True)
    assert begun.headers["Location"] == "/certificate/assistant/progress/"
    plan = acme_status(store).plan
    assert plan
    assert (plan.challenges, plan.dns) == ((Challenge.DNS_PERSIST_01,), None)
