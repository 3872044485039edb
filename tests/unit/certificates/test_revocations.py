"""What an authority took back is told once, and renewed at once where it renews itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.support.office import an_agent, an_office
from tests.support.pki import Authority, Certificate
from tests.unit.doctor.live.test_revocation import ISSUERS, ROOTS, Lists, list_of, points

from siegelpost.certificates import overview, refusals, revocations
from siegelpost.certificates.models import RevocationLook
from siegelpost.doctor.live.revocation import RevocationState
from siegelpost.mail.models import OutgoingMail
from siegelpost.office.models import Role
from siegelpost.settings import load
from siegelpost.tls.acme import renewal
from siegelpost.tls.acme.plan import Plan, load_plan, save_plan
from siegelpost.tls.acme.state import load as load_state
from siegelpost.tls.store import Source, Store, Stored
from siegelpost.web.office import certificate

pytestmark = pytest.mark.django_db

ROOT = Authority.root()
ISSUER = ROOT.intermediate(**points(ROOTS))
NOW = datetime.now(UTC)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    root = tmp_path / "root.pem"
    root.write_text(ROOT.pem)
    settings = load().model_copy(update={"data": tmp_path, "trust_roots": [root]})
    for room in (revocations, overview, refusals, certificate):
        monkeypatch.setattr(room, "load", lambda: settings)
    an_office()
    return Store(tmp_path / "tls")


def served(store: Store, source: Source) -> tuple[Certificate, Stored]:
    given = ISSUER.issue("office.test", **points(ISSUERS))
    stored = store.add(given.chain_pem, given.key_pem, source)
    store.activate(stored.id)
    return given, stored


def test_what_is_good_brings_no_mail(store: Store) -> None:
    an_agent(role=Role.ADMINISTRATOR)
    served(store, Source.IMPORTED)
    assert revocations.look(NOW, Lists({ISSUERS: list_of(ISSUER), ROOTS: list_of(ROOT)})) == 0
    assert revocations.look(NOW, Lists()) == 0


def test_a_bought_one_is_told_once_with_what_browsers_do(store: Store) -> None:
    boss = an_agent(role=Role.ADMINISTRATOR)
    given, _stored = served(store, Source.IMPORTED)
    lists = Lists({ISSUERS: list_of(ISSUER, given), ROOTS: list_of(ROOT)})
    assert [revocations.look(NOW, lists), revocations.look(NOW + timedelta(days=1), lists)] == [1, 0]
    [mail] = OutgoingMail.objects.all()
    text = mail.mime().decode()
    assert mail.recipient == boss.email
    assert "zurück" in mail.subject
    assert "CRLite" in text
    assert "Bestellen Sie jetzt ein neues" in text.replace("=\n", "").replace("\n", " ")


def test_an_intermediate_that_was_taken_back_is_told_too(store: Store) -> None:
    an_agent(role=Role.ADMINISTRATOR)
    served(store, Source.IMPORTED)
    lists = Lists({ISSUERS: list_of(ISSUER), ROOTS: list_of(ROOT, ISSUER)})
    [taken] = revocations.taken_back(revocations.asked(NOW, lists), NOW)
    assert [(each.authority, each.state) for each in taken.answers] == [(True, RevocationState.REVOKED)]


def test_an_automatic_one_is_renewed_at_once(store: Store) -> None:
    an_agent(role=Role.ADMINISTRATOR)
    save_plan(store, Plan(("office.test",)))
    given, stored = served(store, Source.ACME)
    plan = load_plan(store)
    assert plan is not None
    before = renewal.due(plan, [stored], load_state(store), NOW)
    assert before.at > NOW + timedelta(days=30)
    revocations.look(NOW, Lists({ISSUERS: list_of(ISSUER, given), ROOTS: list_of(ROOT)}))
    assert renewal.due(plan, [stored], load_state(store), NOW).at <= NOW
    assert renewal.requested(store)
    text = OutgoingMail.objects.get().mime().decode().replace("=\n", "").replace("\n", " ")
    assert "von selbst ein neues" in text


def page() -> str:
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    return client.get("/certificate/", secure=True).content.decode()


def test_an_answer_that_cannot_be_had_is_shown_with_since_when_and_what_it_means(store: Store) -> None:
    """It stood in the log alone: whoever blocks port 80 outwards never heard that nothing is known any more."""
    given, stored = served(store, Source.IMPORTED)
    assert "noch nicht gefragt" in page()
    good = Lists({ISSUERS: list_of(ISSUER), ROOTS: list_of(ROOT)})
    revocations.look(NOW, good)
    assert "Nicht zurückgezogen" in page()
    for day in (1, 2):
        revocations.look(NOW + timedelta(days=day), Lists())
        look = RevocationLook.objects.get(pk=stored.id)
        assert (look.asked_at, look.unknown_since) == (NOW + timedelta(days=day), NOW + timedelta(days=1))
    shown = page()
    assert "lässt sich nicht sagen, ob es zurückgezogen ist" in shown
    assert "war nicht zu bekommen" in shown
    assert "Port 80" in shown
    assert "Das heißt nicht, dass es zurückgezogen wäre" in shown
    revocations.look(NOW + timedelta(days=3), Lists({ISSUERS: list_of(ISSUER, given), ROOTS: list_of(ROOT)}))
    assert "zurückgezogen (" in page()
    revocations.look(NOW + timedelta(days=4), good)
    assert RevocationLook.objects.get().unknown_since is None


def test_what_is_no_longer_served_is_forgotten(store: Store) -> None:
    served(store, Source.IMPORTED)
    revocations.look(NOW, Lists())
    _, second = served(store, Source.IMPORTED)
    revocations.look(NOW, Lists())
    assert [each.certificate for each in RevocationLook.objects.all()] == [second.id]
