"""What the office's room compares with the ledger: legal texts, test operation; and what its key opens."""

from collections.abc import Iterator
from functools import partial

from siegelpost.ledger import subject
from siegelpost.ledger.events import EventKind as E
from siegelpost.ledger.inspection import FsckFinding, Progress, seen_twice
from siegelpost.ledger.key_samples import Opening
from siegelpost.office.models import Agent, LegalText, Office
from siegelpost.settings import FIELDS

NAME = "texts"


def run(progress: Progress) -> Iterator[FsckFinding]:
    """Every published text is word for word the one that was published, and test operation is as it was switched."""
    yield from seen_twice(_texts)
    yield from seen_twice(_test_operation)


def _texts() -> Iterator[FsckFinding]:
    published = {
        (event.data.get("kind"), event.data.get("language"), event.data.get("version")): event
        for event in subject.events_of([E.LEGAL_TEXT_PUBLISHED])
    }
    for text in LegalText.objects.order_by("pk"):
        where = f"text {text.kind} {text.language} {text.version}"
        event = published.pop((text.kind, text.language, text.version), None)
        if event is None:
            yield _odd(
                where, "Kein Ereignis sagt, dass er veröffentlicht wurde.", "No event says that it was published."
            )
        elif not LegalText.hash_of(text.text) == text.sha256 == event.data.get("sha256"):
            yield _odd(
                f"{where}, {event.where}", "Er ist nicht, was veröffentlicht wurde.", "It is not what was published."
            )
    for (kind, language, version), event in published.items():
        yield _odd(f"text {kind} {language} {version}, {event.where}", "Der Text fehlt.", "The text is missing.")


def _test_operation() -> Iterator[FsckFinding]:
    switched = list(subject.events_of([E.TEST_OPERATION_CHANGED]))
    office = Office.objects.first()
    if switched and office and office.test_operation != switched[-1].data.get("on"):
        yield _odd(
            f"office, {switched[-1].where}",
            "Der Testbetrieb ist anders, als er zuletzt geschaltet wurde.",
            "Test operation is not as it was switched last.",
        )


def _odd(where: str, de: str, en: str) -> FsckFinding:
    return FsckFinding(NAME, where, de, en)


def sealed_values() -> Iterator[Opening]:
    """The password of the mail server."""
    for office in Office.objects.exclude(smtp_password_sealed=""):
        yield "smtp_password", partial(FIELDS.unseal_text, office.smtp_password_sealed)


def stored_files() -> Iterator[tuple[str, str]]:
    """The logo, and the photos of agents."""
    for logo in Office.objects.exclude(logo="").values_list("logo", flat=True):
        yield logo, "office logo"
    for public_id, photo in Agent.objects.exclude(photo="").values_list("public_id", "photo"):
        yield photo, f"agent {public_id}"
