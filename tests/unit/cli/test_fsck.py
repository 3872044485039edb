"""What ``siegelpost fsck`` finds: nothing after everything that can happen to a dispatch, and each tampering by name.

The office with every fate is made once; each tampering is done in a transaction that is taken back, or to a file that
is put back.
"""

import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker
from tests.support import proofs
from tests.support.fates import Fates, every_fate

from siegelpost import keys, storage
from siegelpost.contacts.models import Consent
from siegelpost.dispatch.models import Declaration, Dispatch, Earlier, Interest, Link, SecondFactor, Withdrawal
from siegelpost.ledger import anchor, fsck, inspection, log, sequencer
from siegelpost.ledger.events import EventKind as E
from siegelpost.ledger.models import Checkpoint, Event, Tile
from siegelpost.ledger.note import Signer
from siegelpost.mail.models import IncomingMail, OutgoingMail, Purpose
from siegelpost.office.models import LegalText, Office
from siegelpost.settings import MAILS, load

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def fates(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fates]:
    """Made once for all of these."""
    with django_db_blocker.unblock():
        proofs.forget()
        with every_fate(tmp_path_factory.mktemp("fates")) as made:
            yield made
        call_command("flush", interactive=False, verbosity=0)
        proofs.forget()


@pytest.fixture(autouse=True)
def taken_back(fates: Fates, db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Whatever is done to rows, keys and files, the next one finds the office as it was."""
    monkeypatch.setattr(inspection, "_MOMENT", 0)
    anchor.begin_anew()
    kept = shutil.copytree(load().keys, tmp_path / "keys")
    yield
    fates.put_back()
    shutil.rmtree(load().keys)
    shutil.copytree(kept, load().keys)
    keys.secret.cache_clear()


def found(*names: str) -> list[inspection.FsckFinding]:
    """What these checks find, or all of them."""
    every = {check.name: check for check in fsck.checks()}
    seen = [each for name in names or every for each in fsck.run(every[name], lambda done, total: None)]
    return [each for each in seen if not each.remark]


def test_after_everything_that_can_happen_there_is_nothing_to_find(fates: Fates) -> None:
    """After an accepted registered mail that was read, fsck called a healthy office damaged, for ever."""
    assert [each.text("en") for each in found()] == []
    states = {dispatch.state for dispatch in Dispatch.objects.all()}
    assert states == {
        *(
            "held",
            "queued",
            "notified",
            "undeliverable",
            "waiting",
            "open",
            "withdrawn",
            "revoked",
            "expired",
            "refused",
        ),
    }
    purposes = set(OutgoingMail.objects.values_list("purpose", flat=True))
    assert {"notice", "reminder", "code", "confirmation", "withdrawal_acknowledgement", "consent"} <= purposes
    assert Event.objects.values("kind").distinct().count() > 35


@dataclass(frozen=True)
class Tampering:
    """What is done, which check has to find it, and how the record is called where it is found."""

    does: Callable[[Fates], Any]
    check: str
    names: Callable[[Fates], str]


def dispatch(fate: str) -> Callable[[Fates], str]:
    """Named by its public id."""
    return lambda fates: f"dispatch {fates.by_fate[fate].public_id}"


def put(fate: str, **values: Any) -> Callable[[Fates], Any]:
    """Other values in the dispatch's row."""
    return lambda fates: Dispatch.objects.filter(pk=fates.by_fate[fate].pk).update(**values)


def declarations(fates: Fates, fate: str) -> Any:
    return Declaration.objects.filter(dispatch=fates.by_fate[fate].pk)


def event(fates: Fates, fate: str, kind: E) -> Event:
    return Event.objects.filter(subject=str(fates.by_fate[fate].public_id), kind=kind.value).latest("id")


def event_of(fate: str, kind: E) -> Callable[[Fates], str]:
    return lambda fates: f"event {event(fates, fate, kind).leaf_index}"


def mail(fates: Fates, fate: str, purpose: Purpose = Purpose.NOTICE) -> OutgoingMail:
    return OutgoingMail.objects.filter(dispatch_id=str(fates.by_fate[fate].public_id), purpose=purpose).latest("pk")


def mail_of(fate: str, purpose: Purpose = Purpose.NOTICE) -> Callable[[Fates], str]:
    return lambda fates: f"mail {mail(fates, fate, purpose).message_id}"


def change(row: Any, **values: Any) -> Any:
    return type(row)._default_manager.filter(pk=row.pk).update(**values)


def append(kind: E, fate: str = "", **data: Any) -> Callable[[Fates], Any]:
    """An event that nobody's act has made."""

    def does(fates: Fates) -> None:
        subject = str(fates.by_fate[fate].public_id) if fate else "5b6b4f5e-1111-4222-8333-444455556666"
        log.append(kind, subject=subject, data=data)

    return does


def changed_page(fates: Fates) -> None:
    row = fates.now("ordered")
    row.page["offers"][0]["commission"] = "0 €"
    row.save(update_fields=["page"])


def changed_content(fates: Fates) -> None:
    row = fates.now("free")
    row.content["price"] = "1 €"
    row.save(update_fields=["content"])


def swapped_contents(fates: Fates) -> None:
    one, other = mail(fates, "free").content, mail(fates, "ordered").content
    change(one, sealed=bytes(other.sealed))


def rewritten(fates: Fates) -> None:
    """History changed by whoever has the office's key: every tile and every seal made anew, and the file beside it."""
    row = event(fates, "ordered", E.SUBMISSION_ACCEPTANCE)
    change(row, leaf=bytes(row.leaf).replace(b'"language":"de"', b'"language":"en"'))
    order = list(Event.objects.order_by("leaf_index").values_list("id", flat=True))
    leaves = dict(Event.objects.values_list("id", "leaf"))
    for table in (Tile, Checkpoint):
        table._default_manager.all().delete()
    Event.objects.update(leaf_index=None)
    newest = None
    for start in range(0, len(order), sequencer.BATCH):
        batch = [(pk, bytes(leaves[pk])) for pk in order[start : start + sequencer.BATCH]]
        newest = sequencer._seal_batch(newest, batch)
    anchor.begin_anew()


def wound_back(fates: Fates) -> None:
    """The newest seal and what it covers are gone."""
    newest = Checkpoint.objects.latest("size")
    Event.objects.filter(leaf_index__gte=newest.previous_size).delete()
    newest.delete()


def other_key(name: str) -> Callable[[Fates], Any]:
    def does(_: Fates) -> None:
        content = Signer.generate("office.test/siegelpost").skey.encode() if name == "ledger.key" else b"x" * 32
        (load().keys / name).write_bytes(content)
        keys.secret.cache_clear()

    return does


def without_key(name: str) -> Callable[[Fates], Any]:
    return lambda _: (load().keys / name).unlink()


def lost_file(fates: Fates) -> None:
    fates.lay_aside(fates.by_fate["revoked"].pdf_sha256)


def damaged_file(fates: Fates) -> None:
    lost_file(fates)
    storage.path(fates.by_fate["revoked"].pdf_sha256).write_bytes(b"%PDF another")


def lost_answer(fates: Fates) -> None:
    fates.lay_aside(answer_row(fates).file_sha256)


def answer_row(fates: Fates) -> IncomingMail:
    return IncomingMail.objects.get(dispatch_id=str(fates.by_fate["asked"].public_id))


def answer(fates: Fates) -> str:
    return f"answer {answer_row(fates).public_id}"


def withdrawal(fates: Fates, fate: str = "withdrawn") -> Withdrawal:
    return Withdrawal.objects.get(dispatch=fates.by_fate[fate].pk)


_HOUR = timedelta(hours=1)
_STRAY = Withdrawal.objects.filter(name="Stray")


TAMPERINGS: dict[str, Tampering] = {
    # Dispatches
    "a dispatch deleted": Tampering(lambda f: f.now("free").delete(), "missing", dispatch("free")),
    "a state forged": Tampering(put("never opened", state="open"), "dispatches", dispatch("never opened")),
    "a state wound back": Tampering(put("ordered", state="notified"), "dispatches", dispatch("ordered")),
    "a withdrawal undone": Tampering(put("withdrawn", state="open"), "dispatches", dispatch("withdrawn")),
    "the moment of the order moved": Tampering(
        put("ordered", declared_at=timezone.now()), "dispatches", dispatch("ordered")
    ),
    "the moment of opening moved": Tampering(put("free", opened_at=timezone.now()), "dispatches", dispatch("free")),
    "a notice claimed": Tampering(put("put off", notified_at=timezone.now()), "dispatches", dispatch("put off")),
    "the end of a period moved": Tampering(
        put("accepted", expires_at=timezone.now()), "dispatches", dispatch("accepted")
    ),
    "a main contract invented": Tampering(
        put("free", main_contract_on="2026-11-01"), "dispatches", dispatch("free")
    ),
    "a seller's payment invented": Tampering(
        put("free", seller_paid_on="2026-11-01"), "dispatches", dispatch("free")
    ),
    "whose place it takes forgotten": Tampering(
        put("sent anew", instead_of=None), "dispatches", dispatch("sent anew")
    ),
    "a test made real": Tampering(put("test", test=False), "dispatches", dispatch("test")),
    "the subject changed": Tampering(put("ordered", subject="Anders"), "dispatches", dispatch("ordered")),
    "the page changed": Tampering(changed_page, "dispatches", dispatch("ordered")),
    "the served page changed": Tampering(put("ordered", gate_html=b"<p>"), "dispatches", dispatch("ordered")),
    "the content changed": Tampering(changed_content, "dispatches", dispatch("free")),
    "another PDF": Tampering(
        lambda f: put("free", pdf_sha256=f.by_fate["ordered"].pdf_sha256)(f), "dispatches", dispatch("free")
    ),
    "an earlier version changed": Tampering(
        lambda f: Earlier.objects.filter(dispatch=f.by_fate["replaced"].pk).update(gate_html=b""),
        "dispatches",
        lambda f: f"{dispatch('replaced')(f)}, version 1",
    ),
    "an earlier version deleted": Tampering(
        lambda f: Earlier.objects.filter(dispatch=f.by_fate["in english"].pk).delete(),
        "dispatches",
        dispatch("in english"),
    ),
    "the code taken away": Tampering(
        lambda f: SecondFactor.objects.filter(dispatch=f.by_fate["asks for a code"].pk).delete(),
        "dispatches",
        dispatch("asks for a code"),
    ),
    # What was declared and said
    "a declaration changed": Tampering(
        lambda f: declarations(f, "ordered").filter(kind="order").update(text="Ja"),
        "dispatches",
        event_of("ordered", E.DECLARATION_MADE),
    ),
    "a declaration deleted": Tampering(
        lambda f: declarations(f, "ordered").filter(kind="order").delete(), "dispatches", dispatch("ordered")
    ),
    "a declaration invented": Tampering(
        lambda f: Declaration.objects.create(
            dispatch_id=f.by_fate["never opened"].pk, kind="order", text="Ja", made_at=timezone.now()
        ),
        "dispatches",
        dispatch("never opened"),
    ),
    "another name declared": Tampering(
        lambda f: declarations(f, "ordered").update(name="Jemand"), "dispatches", dispatch("ordered")
    ),
    "a note changed": Tampering(
        lambda f: Interest.objects.filter(dispatch=f.by_fate["ordered"].pk).exclude(note="").update(note="Nie"),
        "dispatches",
        dispatch("ordered"),
    ),
    "a withdrawal deleted": Tampering(
        lambda f: withdrawal(f).delete(), "withdrawals", event_of("withdrawn", E.WITHDRAWAL_DECLARED)
    ),
    "a withdrawal moved": Tampering(
        lambda f: change(withdrawal(f), made_at=timezone.now()),
        "withdrawals",
        event_of("withdrawn", E.WITHDRAWAL_DECLARED),
    ),
    "a withdrawal's words changed": Tampering(
        lambda f: change(withdrawal(f), page_html=b"<p>"), "withdrawals", event_of("withdrawn", E.WITHDRAWAL_DECLARED)
    ),
    "a withdrawal given to another": Tampering(
        lambda f: _STRAY.update(dispatch=f.by_fate["ordered"].pk),
        "withdrawals",
        lambda _: f"withdrawal {_STRAY.get().public_id}",
    ),
    "a decision turned": Tampering(
        lambda f: change(withdrawal(f, "late rejected"), effective=True),
        "withdrawals",
        lambda f: f"withdrawal {withdrawal(f, 'late rejected').public_id}",
    ),
    "a consent invented": Tampering(
        lambda f: Consent.objects.update(withdrawn_at=None),
        "consents",
        lambda _: f"consent {Consent.objects.get().public_id}",
    ),
    "a consent deleted": Tampering(lambda f: Consent.objects.all().delete(), "consents", lambda _: "event "),
    "a legal text changed": Tampering(
        lambda f: LegalText.objects.filter(kind="terms").update(text="Anders."), "texts", lambda _: "text terms de 1"
    ),
    "test operation switched in secret": Tampering(
        lambda f: Office.objects.update(test_operation=True), "texts", lambda _: "office"
    ),
    # Mails
    "a mail's content deleted": Tampering(
        lambda f: mail(f, "ordered").content.delete(), "mails", mail_of("ordered")
    ),
    "two mails' contents swapped": Tampering(swapped_contents, "mails", mail_of("free")),
    "a mail's content of another key": Tampering(
        lambda f: change(mail(f, "ordered").content, sealed=secrets.token_bytes(99)), "mails", mail_of("ordered")
    ),
    "a mail written anew": Tampering(
        lambda f: change(mail(f, "free").content, sealed=MAILS.seal(mail(f, "free").mime() + b"x")),
        "mails",
        mail_of("free"),
    ),
    "a mail sent elsewhere": Tampering(
        lambda f: change(mail(f, "put off"), recipient="eve@evil.test"), "mails", mail_of("put off")
    ),
    "a mail called accepted": Tampering(
        lambda f: change(mail(f, "just refused"), state="accepted"), "deliveries", mail_of("just refused")
    ),
    "its moment moved": Tampering(
        lambda f: change(mail(f, "ordered"), accepted_at=timezone.now() + _HOUR), "deliveries", mail_of("ordered")
    ),
    "a mail deleted": Tampering(
        lambda f: mail(f, "just sent").delete(), "deliveries", event_of("just sent", E.NOTIFICATION_FOR_ACCEPTANCE)
    ),
    "an answer deleted": Tampering(
        lambda f: answer_row(f).delete(), "deliveries", event_of("asked", E.REPLY_RECEIVED)
    ),
    "an answer made a declaration": Tampering(
        lambda f: change(answer_row(f), handled_as="declaration"), "deliveries", answer
    ),
    "an answer's file lost": Tampering(lost_answer, "mails", answer),
    "a link deleted": Tampering(
        lambda f: Link.objects.filter(dispatch=f.by_fate["just sent"].pk).delete(), "deliveries", mail_of("just sent")
    ),
    "a link invented": Tampering(
        lambda f: Link.objects.create(dispatch_id=f.by_fate["ordered"].pk, token_hash=secrets.token_bytes(32)),
        "deliveries",
        dispatch("ordered"),
    ),
    "a link that needs no code": Tampering(
        lambda f: Link.objects.filter(dispatch=f.by_fate["asks for a code"].pk).update(opens=True),
        "deliveries",
        mail_of("asks for a code"),
    ),
    # The ledger
    "an event changed": Tampering(
        lambda f: change(e := event(f, "free", E.GATE_OPENED), leaf=bytes(e.leaf).replace(b"declare", b"diclare")),
        "tree",
        event_of("free", E.GATE_OPENED),
    ),
    "an event deleted": Tampering(
        lambda f: Event.objects.filter(leaf_index=20).delete(), "tree", lambda _: "event 20"
    ),
    "a gate opened by an event of nobody": Tampering(
        append(E.GATE_OPENED, "never opened", because="declare"), "dispatches", dispatch("never opened")
    ),
    "an event that cannot follow": Tampering(append(E.DISPATCH_REVOKED, "ordered"), "dispatches", lambda _: "event #"),
    "an event about what never was": Tampering(append(E.GATE_OPENED), "missing", lambda _: "5b6b4f5e-1111"),
    "an erasure invented": Tampering(append(E.DISPATCH_ERASED, "ordered"), "dispatches", dispatch("ordered")),
    "a personal value changed": Tampering(
        lambda f: change(
            e := event(f, "ordered", E.DECLARATION_MADE), openings=str(e.openings).replace("Mara Berger", "Mara Bergen")
        ),
        "tree",
        event_of("ordered", E.DECLARATION_MADE),
    ),
    "all personal values erased": Tampering(lambda f: Event.objects.update(openings=None), "tree", lambda _: "event "),
    "a seal deleted": Tampering(
        lambda f: Checkpoint.objects.order_by("size")[1].delete(), "checkpoints", lambda _: "checkpoint "
    ),
    "a seal of another key": Tampering(other_key("ledger.key"), "checkpoints", lambda _: "checkpoint "),
    "the tree changed": Tampering(
        lambda f: Tile.objects.filter(level=0, index=0).update(hashes=bytes(32)), "tree", lambda _: "tile 0/0"
    ),
    "history rewritten with the office's own key": Tampering(
        rewritten, "mails", mail_of("ordered", Purpose.CONFIRMATION)
    ),
    "the database wound back": Tampering(wound_back, "seal", lambda _: "ledger.seal"),
    # Files and keys
    "a stored file lost": Tampering(lost_file, "files", lambda f: f.by_fate["revoked"].pdf_sha256),
    "a stored file changed": Tampering(damaged_file, "files", lambda f: f.by_fate["revoked"].pdf_sha256),
    "the key of the mails lost": Tampering(without_key("mail"), "keys", lambda _: "mail"),
    "another key of the mails": Tampering(other_key("mail"), "keys", lambda _: "mail "),
    "the first key lost": Tampering(without_key("django"), "keys", lambda _: "keys"),
    "the signing key lost": Tampering(without_key("ledger.key"), "keys", lambda _: "ledger.key"),
    "a key for all to read": Tampering(
        lambda _: (load().keys / "mail").chmod(0o644), "key modes", lambda _: "mail"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_each_tampering_is_found_and_the_record_named(name: str, fates: Fates) -> None:
    """Every dispatch deleted, a declaration changed, a mail forged: fsck said "All is well" and ended with 0."""
    tampering = TAMPERINGS[name]
    where = tampering.names(fates)
    tampering.does(fates)
    seen = [each.text("en") for each in found(tampering.check)]
    assert any(where in each for each in seen), (where, seen)


def test_so_many_kinds_of_tampering_are_tried() -> None:
    """Beside them: the keys one by one (in test_installation), and what lies with the certificates."""
    assert len(TAMPERINGS) >= 65


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL checks it itself")
def test_a_row_that_refers_to_nothing_is_found(fates: Fates) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM dispatch_dispatch WHERE id = %s", [fates.by_fate["free"].pk])
        seen = found("database")
        transaction.set_rollback(True)
    assert any("dispatch_link" in each.en for each in seen)
