"""What people do to the certificate stands in the ledger; what changed elsewhere is written down, too."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.office import an_office
from tests.support.pki import Authority, Certificate

from siegelpost.certificates import actions, overview
from siegelpost.certificates.installed import open_store
from siegelpost.ledger.models import Event
from siegelpost.settings import load
from siegelpost.tls.bought import NotImportableError
from siegelpost.tls.csr import RequestKey
from siegelpost.tls.selfsigned import self_signed
from siegelpost.tls.store import Source, Store

pytestmark = pytest.mark.django_db
NAME = "expose.test"
ROOT = Authority.root()
MIDDLE = ROOT.intermediate()


@pytest.fixture(autouse=True)
def first_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office with its self-signed certificate, in a store of this test's own."""
    an_office()
    root = tmp_path / "root.pem"
    root.write_text(ROOT.pem)
    given = {"public_url": f"https://{NAME}", "trust_roots": [root], "data": tmp_path}
    settings = load().model_copy(update=given)
    for room in (actions, overview):
        monkeypatch.setattr(room, "load", lambda: settings)
    monkeypatch.setattr("siegelpost.certificates.refusals.load", lambda: settings)
    key, chain = self_signed([NAME])
    store = open_store(settings)
    store.activate(store.add(chain, key, Source.SELF_SIGNED).id)


def files(certificate: Certificate) -> list[bytes]:
    return [certificate.chain_pem.encode(), certificate.key_pem.encode()]


def events(kind: str = "CertificateActivated") -> list[dict[str, Any]]:
    rows = Event.objects.filter(subject="certificate", kind=kind).order_by("id")
    return [json.loads(bytes(row.leaf))["data"] for row in rows]


def test_what_is_taken_in_is_active_and_written_down() -> None:
    arrival = actions.take_in(files(MIDDLE.issue(NAME)), "", by="anna")
    assert arrival.active
    [event] = events()
    assert event["by"] == "anna"
    assert event["certificates"][0]["sha256"] == arrival.taken.stored.fingerprint
    actions.note_activations()
    assert len(events()) == 1, "it stands there already"


def test_what_is_refused_leaves_no_trace() -> None:
    with pytest.raises(NotImportableError):
        actions.take_in(files(MIDDLE.issue("other.test")), "", by="anna")
    assert events() == []


def test_a_worse_one_waits_for_a_confirmation() -> None:
    actions.take_in(files(MIDDLE.issue(NAME, days=90)), "", by="anna")
    arrival = actions.take_in(files(MIDDLE.issue(NAME, days=20)), "", by="anna")
    assert not arrival.active
    with pytest.raises(actions.WorseError):
        actions.activate(arrival.taken.stored.id, by="anna")
    assert len(events()) == 1
    actions.activate(arrival.taken.stored.id, by="anna", confirmed=True)
    assert [row.stored.id for row in overview.overview().served] == [arrival.taken.stored.id]
    assert len(events()) == 2


def test_back_to_a_worse_one_only_when_that_is_confirmed() -> None:
    before = overview.overview().served[0].stored.id
    actions.take_in(files(MIDDLE.issue(NAME)), "", by="anna")
    assert [each.id for each in overview.overview().previous] == [before]
    with pytest.raises(actions.WorseError):
        actions.roll_back(by="anna")
    assert overview.overview().served[0].stored.id != before
    assert len(events()) == 1
    actions.roll_back(by="anna", confirmed=True)
    assert [row.stored.id for row in overview.overview().served] == [before]
    assert [event["by"] for event in events()] == ["anna", "anna"]
    assert overview.overview().previous == []


def test_one_click_back_to_one_that_is_as_good() -> None:
    first = actions.take_in(files(MIDDLE.issue(NAME)), "", by="anna").taken.stored
    actions.take_in(files(MIDDLE.issue(NAME, days=89)), "", by="anna")
    assert overview.overview().served[0].stored.id != first.id
    actions.roll_back(by="anna")
    assert overview.overview().served[0].stored.id == first.id


def test_a_change_by_the_command_line_says_who_made_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "tls")
    good = MIDDLE.issue(NAME)
    store.activate(store.add(good.chain_pem, good.key_pem, Source.IMPORTED).id, by="os:anna")
    actions.note_activations()
    assert [event["by"] for event in events()] == ["os:anna"]


def test_a_change_from_elsewhere_is_written_down_once() -> None:
    actions.note_activations()
    actions.note_activations()
    assert [event["by"] for event in events()] == [actions.BY_ITSELF]


def test_an_account_that_was_made_anew_is_written_down_once(tmp_path: Path) -> None:
    """Nobody heard of it: whoever had ended the account on purpose, or stolen its key, went unnoticed."""
    note = {"at": "2026-11-29T10:00:00+00:00", "why": "unauthorized: account is deactivated"}
    file = tmp_path / "tls/acme/accounts/abc/account.json"
    file.parent.mkdir(parents=True)
    for _ in range(2):
        file.write_text(json.dumps({"directory": "https://ca.test/dir", "renewed": note}))
        actions.note_accounts()
        actions.note_accounts()
    assert events("CertificateAccountRenewed") == [{"authority": "https://ca.test/dir", **note}]
    file.write_text(json.dumps({"directory": "https://ca.test/dir", "renewed": {**note, "why": "again"}}))
    actions.note_accounts()
    assert len(events("CertificateAccountRenewed")) == 2


def test_an_order_is_written_down_with_its_public_key_only() -> None:
    made = actions.order([NAME], RequestKey.P256, "", "", by="anna")
    [event] = events("CertificateOrdered")
    assert event["public_key"] == made.fingerprint
    assert [each.id for each in overview.overview().orders] == [made.id]
    actions.give_up(made.id, by="anna")
    assert events("CertificateOrderEnded") == [{"request": made.id, "by": "anna"}]
    assert overview.overview().orders == []
