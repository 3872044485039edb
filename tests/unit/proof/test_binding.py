"""What a person reads in a proof follows from the sealed events, whoever signs the list of contents anew."""

import random
from collections.abc import Callable, Iterator

import pytest
from pytest_django import DjangoDbBlocker
from tests.support import proofs, second_verifier

from siegelpost.proof.report import Check, Report
from siegelpost.proof.verify import verify_files
from siegelpost.toolbox.words import said

pytestmark = pytest.mark.django_db  # else there is no database to make the proof in
Files = dict[str, bytes]
DOCUMENTS = "documents/"


@pytest.fixture(scope="module")
def rich(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Files, list[str]]]:
    """A proof with everything; only its making needs the database."""
    with django_db_blocker.unblock():
        proofs.forget()
        raw, mailed = proofs.make_rich()
        yield proofs.files_of(raw), mailed
        proofs.forget()


def check(files: Files, mailed: list[str] | None = None) -> Report:
    return verify_files(files, Report(), checkpoints=mailed or [])


def refused(files: Files, mailed: list[str]) -> dict[str, str]:
    """What fails, with its reason, of a proof that the office has signed anew; both verifiers must refuse it."""
    report = check(proofs.resigned(files), mailed)
    assert not second_verifier.is_good(proofs.resigned(files), mailed[0])
    return {str(finding.file): said(finding.reason, "en") for finding in report.failures}


def test_each_document_is_bound_to_the_event_that_names_it(rich: tuple[Files, list[str]]) -> None:
    files, mailed = rich
    report = check(files, mailed)
    assert report.ok, report.failures
    assert second_verifier.is_good(files, mailed[0])
    assert report.named.keys() == {name for name in files if name.startswith(DOCUMENTS)}
    assert not report.unnamed
    assert not report.absent
    for path, event in report.named.items():
        if path.startswith(("documents/mails/", "documents/answers/", "documents/withdrawal/")):
            assert f"/{event:09}" in path


def test_an_exchanged_page_is_told_by_the_event_that_names_another(rich: tuple[Files, list[str]]) -> None:
    """All documents, the mark of test operation and the title were exchanged, and the proof was confirmed."""
    files, mailed = rich
    for path in [name for name in files if name.startswith(DOCUMENTS)]:
        reason = refused(files | {path: files[path] + b" "}, mailed)[path]
        assert "that event " in reason, path
    assert "page that event" in refused(files | {"documents/gate.html": b"7,14 %"}, mailed)["documents/gate.html"]


def test_what_no_event_names_is_no_part_of_a_proof(rich: tuple[Files, list[str]]) -> None:
    files, mailed = rich
    for path in (
        "vollmacht.pdf",
        "texts/contract-9.txt",
        "ask.html",
        "earlier-3/gate.html",
        "mails/000000001-x.eml",
        "mails/9-notice.eml",
        "answers/9.eml",
        "attachments/Vollmacht.pdf",
        "withdrawal/000000000.html",
    ):
        assert refused(files | {DOCUMENTS + path: b"x"}, mailed)[DOCUMENTS + path] == "no event names this file", path


def test_what_an_event_names_and_is_not_there_is_said(rich: tuple[Files, list[str]]) -> None:
    files, mailed = rich
    left = {name: raw for name, raw in files.items() if name != "documents/expose.pdf"}
    report = check(proofs.resigned(left), mailed)
    assert report.ok
    assert "documents/expose.pdf" in report.absent


def test_mark_title_and_language_follow_from_the_events(rich: tuple[Files, list[str]]) -> None:
    files, mailed = rich
    for changed in ({"test": True}, {"title": "Auftrag über 7,14 % Provision"}, {"language": "en"}, {"mailed": ()}):
        report = check(proofs.resigned(files, **changed), mailed)
        assert {finding.check for finding in report.failures} == {Check.STATEMENT}, changed
    for name in [name for name in files if name.startswith("events/")][:3]:
        del (files := dict(files))[name]
    assert refused(files, mailed)["events"].startswith("the first event must be the only one")


def test_a_title_whose_page_was_taken_away_is_refused(rich: tuple[Files, list[str]]) -> None:
    """Nothing contradicted an exchanged title once the page that has the true one was left out."""
    files, mailed = rich
    left = {name: raw for name, raw in files.items() if name != "documents/page.json" and "/texts/" not in name}
    assert "page.json is not there" in refused(left, mailed)["manifest.txt"]


def test_a_made_up_mail_does_not_pass_for_one_of_before_by_leaving_out_the_true_ones(
    rich: tuple[Files, list[str]],
) -> None:
    files, mailed = rich
    left = {name: raw for name, raw in files.items() if not name.startswith("documents/mails/")}
    made_up = "documents/mails/1-greeting.eml"
    assert refused(left | {made_up: b"never sent"}, mailed)[made_up] == "no event names this file"


def test_proofs_of_before_are_good_and_say_what_no_event_names(rich: tuple[Files, list[str]]) -> None:
    """Mails and answers bore a number that named no event, and mails that were never sent lay among them."""
    files, mailed = _as_before(rich[0]), rich[1]
    assert check(proofs.resigned(files), mailed).ok
    waiting = files | {"documents/mails/77-notice.eml": b"never sent"}
    report = check(proofs.resigned(waiting), mailed)
    assert report.ok
    assert report.unnamed == ["documents/mails/77-notice.eml"]
    assert second_verifier.is_good(proofs.resigned(waiting), mailed[0])
    [notice] = [name for name in files if name.endswith("-notice.eml")]
    assert "e-mail that event" in refused(files | {notice: b"another"}, mailed)[notice]


def _as_before(files: Files) -> Files:
    """With numbers that count, in place of those of events."""
    found, number = {}, 0
    for name, raw in sorted(files.items()):
        folder, slash, file = name.rpartition("/")
        if folder in ("documents/mails", "documents/answers"):
            number += 1
            _event, dash, purpose = file.partition("-")
            file = f"{number}{dash}{purpose}" if dash else f"{number}.eml"
        found[f"{folder}{slash}{file}"] = raw
    return found


def _exchange(random_: random.Random, files: Files) -> Files:
    """One exchange of what a person reads, signed with the office's key."""
    names = [name for name in files if name.startswith(DOCUMENTS)]
    one, other = random_.sample(names, 2)
    raw = files[one]
    place = random_.randrange(len(raw))
    changes: list[Callable[[], tuple[Files, dict[str, object]]]] = [
        lambda: ({one: files[other], other: raw}, {}),
        lambda: ({one: files[other]}, {}),
        lambda: ({one: raw[:place] + bytes([raw[place] ^ (1 + random_.randrange(255))]) + raw[place + 1 :]}, {}),
        lambda: ({one: random_.randbytes(40)}, {}),
        lambda: ({f"{one}.{random_.randrange(99)}": raw}, {}),
        lambda: ({f"documents/{random_.randrange(10**6)}.pdf": raw}, {}),
        lambda: ({}, {"test": True}),
        lambda: ({}, {"title": f"{proofs.TITLE} {random_.random()}"}),
        lambda: ({}, {"language": "en", "test": random_.random() < 0.5}),
        lambda: ({one: raw[: place + 1] + b"0"}, {"title": "7,14 %", "test": True}),
    ]
    changed, flags = random_.choice(changes)()
    return proofs.resigned(files | changed, **flags)


@pytest.mark.parametrize("exchanges", [250, pytest.param(10_000, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_no_exchange_is_confirmed_whoever_signs_it(exchanges: int, rich: tuple[Files, list[str]]) -> None:
    """Documents, flags and titles, exchanged and signed anew with the office's key: none was to be confirmed."""
    random_ = random.Random(exchanges)
    files, _mailed = rich
    listed = {name: raw for name, raw in files.items() if name not in Report().not_part}
    assert len(listed) > 60
    confirmed = []
    for number in range(exchanges):
        exchanged = _exchange(random_, files)
        if (
            exchanged.keys() == files.keys()
            and all(exchanged[name] == raw for name, raw in files.items() if name != "manifest.txt")
            and exchanged["manifest.txt"] == files["manifest.txt"]
        ):
            continue  # two documents of the same content changed places
        if check(exchanged).ok or second_verifier.is_good(exchanged):
            confirmed.append(number)
    assert not confirmed
