"""Documents of a property in steps: some stay in the office, some come with the exposé, some open to one person."""

import hashlib
import io
import json
import subprocess
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client as Browser
from tests.support import second_verifier
from tests.support.lane import a_lane, insert, see
from tests.support.office import a_dispatch, an_agent, an_estate, the_guard_says, token_of
from tests.unit.estates.transfers import A_PDF

from siegelpost import storage
from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.checks import dispatches as check
from siegelpost.dispatch.checks import mails as mail_check
from siegelpost.dispatch.evidence import story, timeline
from siegelpost.dispatch.evidence.proof import write_proof
from siegelpost.dispatch.evidence.retention import _files
from siegelpost.dispatch.frozen import property_documents, row
from siegelpost.dispatch.frozen.pages import Shown, page_html
from siegelpost.dispatch.frozen.property_documents import NoSuchDocumentError
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch, UntoldRelease
from siegelpost.dispatch.recipient import document_requests, to_do
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.recipient.downloads import Handed, record_download
from siegelpost.dispatch.recipient.interest import NotOpenError
from siegelpost.dispatch.states import DispatchState
from siegelpost.estates import editor
from siegelpost.estates.kinds import DocumentStep
from siegelpost.estates.models import Media
from siegelpost.ledger import log, sequencer
from siegelpost.mail.models import MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing.transitions import Answer, What, change
from siegelpost.office.tokens import token_hash
from siegelpost.proof.verify import verify
from siegelpost.toolbox.limits import MARKED_COPY
from siegelpost.web import downloads, openings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
CLIENT = Client("203.0.113.7", "Mozilla/5.0")


@pytest.fixture
def papers() -> dict[str, Media]:
    """One document for each step, each another file."""
    estate = an_estate()
    found = {}
    for number, step in enumerate(DocumentStep):
        pdf = A_PDF + b"%" * number + b"\n"
        found[step.value] = editor.add_media(estate, pdf, name=f"{step.value}.pdf", title=f"Papier {step.value}")
    for name, one in found.items():
        Media.objects.filter(pk=one.pk).update(step=name)
    return found


def a_sending(papers: dict[str, Media], *, opened: bool = True) -> tuple[Dispatch, str]:
    dispatch = a_dispatch(estates=[papers["office"].estate])
    token = token_of(dispatch)
    if opened:
        declare(token, Form(stamp_of(dispatch), "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    dispatch.refresh_from_db()
    return dispatch, token


def stamp_of(dispatch: Dispatch) -> str:
    return links.stamp(str(dispatch.public_id), dispatch.page)


def page_of(dispatch: Dispatch) -> str:
    return page_html(Shown.of(Dispatch.objects.get(pk=dispatch.pk))).decode()


def gets(token: str, document: str) -> bool:
    """Whether the lane would hand this document over."""
    with connection.cursor() as cursor:
        cursor.execute(f"{row.SQL}%s", [token_hash(token)])
        found = row.PageRow(*cursor.fetchone())
    return bool(found.content) and downloads.wanted(f"unterlage/{document}", found) is not None


def test_each_step_opens_to_whom_it_is_meant_for(papers: dict[str, Media]) -> None:
    """Documents of a property were frozen with every dispatch and shown to nobody."""
    dispatch, token = a_sending(papers, opened=False)
    ids = {step: str(one.public_id) for step, one in papers.items()}
    assert not any(gets(token, one) for one in ids.values())  # the gate is closed
    assert "Papier expose" not in bytes(dispatch.gate_html).decode()
    declare(token, Form(stamp_of(dispatch), "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    assert {step for step, one in ids.items() if gets(token, one)} == {"expose"}
    page = page_of(dispatch)
    assert f'href="unterlage/{ids["expose"]}"' in page
    assert f'value="{ids["release"]}"' in page
    assert "auf Anfrage" in page
    assert "Papier office" not in page
    assert ids["office"] not in json.dumps(Dispatch.objects.get().content)


def test_what_was_frozen_before_there_were_steps_stays_closed(papers: dict[str, Media]) -> None:
    dispatch, token = a_sending(papers)
    for one in dispatch.content["estates"][0]["documents"]:
        del one["step"]
    Dispatch.objects.filter(pk=dispatch.pk).update(content=dispatch.content)
    assert property_documents.of_content(dispatch.content) == []
    assert not any(gets(token, str(one.public_id)) for one in papers.values())
    assert "Unterlagen" not in page_of(dispatch)


@pytest.mark.django_db(transaction=True)
def test_asked_for_released_downloaded_taken_back_each_with_its_record(
    papers: dict[str, Media], tmp_path: Path
) -> None:
    dispatch, token = a_sending(papers)
    agent, wanted = an_agent(email="a@b.test"), str(papers["release"].public_id)
    for _ in range(2):
        document_requests.ask(token, stamp_of(dispatch), wanted, CLIENT)
    subjects = list(OutgoingMail.objects.filter(purpose=Purpose.AGENT_NOTICE).values_list("subject", flat=True))
    assert subjects == ["Mara Berger bittet um Unterlagen"]
    waiting = to_do.waiting()
    assert [(one.about, one.said) for one in waiting] == [("papers", "Papier release")]
    other, other_token = a_sending(papers)

    document_requests.release(dispatch, wanted, by=agent)
    document_requests.release(dispatch, wanted, by=agent)
    assert gets(token, wanted)
    assert not gets(other_token, wanted)  # to this person alone
    assert f'href="unterlage/{wanted}"' in page_of(dispatch)
    assert [one.about for one in to_do.waiting()] == []
    assert document_requests.ask(token, stamp_of(dispatch), wanted, CLIENT) is None
    sha256 = papers["release"].handed_out[0]
    downloaded = record_download(str(dispatch.public_id), Handed("document", sha256), 9, "203.0.113.7")
    with connection.cursor() as cursor:
        cursor.execute(log.INSERT_SQL[connection.vendor].replace("?", "%s"), downloaded)
    document_requests.take_back(dispatch, wanted, by=agent)
    assert not gets(token, wanted)

    titles = [one.title for one in timeline.of(dispatch)][-4:]
    assert titles == [
        "Dokument angefragt",
        "Dokument freigegeben",
        "Dokument heruntergeladen",
        "Freigabe des Dokuments zurückgenommen",
    ]
    assert "Unterlagen erbeten" in [one.title for one in story.of(dispatch)]
    # What the row says and what the events say is the same; a row that was touched is found.
    keys = list(Dispatch.objects.values_list("pk", flat=True))
    assert list(check._look(keys)) == []
    Dispatch.objects.filter(pk=other.pk).update(released=[wanted])
    assert [each for each in check._look(keys) if "released" in each.de]
    Dispatch.objects.filter(pk=other.pk).update(released=[])
    # The proof holds the document, named by its events; without a request there is none of it.
    sequencer.seal()
    for sent, holds in ((dispatch, True), (other, False)):
        file = tmp_path / f"{sent.pk}.zip"
        buffer = io.BytesIO()
        write_proof(Dispatch.objects.get(pk=sent.pk), buffer)
        file.write_bytes(buffer.getvalue())
        assert verify(file).ok
        with zipfile.ZipFile(file) as archive:
            assert second_verifier.is_good({name: archive.read(name) for name in archive.namelist()})
        assert (f"property/{sha256}.pdf".encode() in buffer.getvalue()) is holds
    assert sha256 in set(_files(dispatch))
    assert storage.read(sha256).startswith(b"%PDF-")


def test_nothing_is_asked_for_before_the_gate_and_nothing_that_is_not_there(papers: dict[str, Media]) -> None:
    closed, token = a_sending(papers, opened=False)
    with pytest.raises(NotOpenError):
        document_requests.ask(token, stamp_of(closed), str(papers["release"].public_id), CLIENT)
    dispatch, token = a_sending(papers)
    for step in ("office",):
        with pytest.raises(NoSuchDocumentError):
            document_requests.ask(token, stamp_of(dispatch), str(papers[step].public_id), CLIENT)
        with pytest.raises(NoSuchDocumentError):
            document_requests.release(dispatch, str(papers[step].public_id), by=an_agent(email="a@b.test"))


def test_by_the_pages_of_both_sides(papers: dict[str, Media]) -> None:
    dispatch, token = a_sending(papers)
    wanted = str(papers["release"].public_id)
    form = {"stamp": stamp_of(dispatch), "document": wanted}
    answer = Browser().post(f"/s/{token}/unterlagen/", form, secure=True, follow=True)
    assert "entscheidet, ob Sie das Dokument bekommen" in answer.content.decode()
    office = Browser()
    office.force_login(an_agent(email="b@b.test", password="vier Wörter sind genug"))
    address = f"/dispatches/{dispatch.public_id}/"
    assert "Unterlagen auf Anfrage" in office.get(address, secure=True).content.decode()
    for act, word in (("release", "Zurücknehmen"), ("back", "Freigeben")):
        page = office.post(f"{address}documents/", {"document": wanted, "act": act}, secure=True, follow=True)
        assert word in page.content.decode()
    gone = office.post(f"{address}documents/", {"document": "x", "act": "release"}, secure=True)
    assert gone.status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_marked_copy_is_given_and_recorded_and_the_proof_holds_the_document_itself(
    papers: dict[str, Media], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Land registers went from hand to hand, and nobody could tell from whose."""
    Media.objects.filter(pk=papers["expose"].pk).update(marked=True)
    dispatch, token = a_sending(papers)
    assert "mit Ihrem Namen und der Uhrzeit auf jeder Seite" in page_of(dispatch)
    written: list[log.Row] = []
    lane = a_lane(monkeypatch, written.append)
    status, copy = see(lane, f"/s/{token}/unterlage/{papers['expose'].public_id}")
    assert status == 200
    # Whoever says "prefetch" has the copy all the same.
    _status, another = see(lane, f"/s/{token}/unterlage/{papers['expose'].public_id}", foresight=b"prefetch")
    assert json.loads(written[-1].leaf)["data"]["copy_sha256"] == hashlib.sha256(another).hexdigest()
    told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=copy, capture_output=True, check=True).stdout.decode()
    assert "".join(told.split()).startswith("MaraBergerAbgerufenam")
    sha256 = papers["expose"].handed_out[0]
    assert hashlib.sha256(storage.read(sha256)).hexdigest() == sha256
    for event in written:
        insert(event)
    [entry] = [one for one in timeline.of(dispatch) if one.title == "Gekennzeichnetes Dokument heruntergeladen"]
    expected = {"what": "document", "sha256": sha256, "marked": True, "copy_sha256": hashlib.sha256(copy).hexdigest()}
    assert expected.items() <= entry.data.items()
    assert "Mara" not in json.dumps(entry.data)
    sequencer.seal()
    with (file := tmp_path / "proof.zip").open("wb") as out:
        write_proof(Dispatch.objects.get(pk=dispatch.pk), out)
    assert verify(file).ok
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert second_verifier.is_good(files)
    assert files[f"documents/property/{sha256}.pdf"] == storage.read(sha256)


@pytest.mark.django_db(transaction=True)
def test_a_marked_copy_is_drawn_for_who_fetches_it_and_not_without_end(
    papers: dict[str, Media], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link had a thousand of them drawn within ten minutes, and one for each HEAD."""
    Media.objects.filter(pk=papers["expose"].pk).update(marked=True)
    _dispatch, token = a_sending(papers)
    drawn: list[str] = []

    def mark(data: bytes, who: str, when: str) -> bytes:
        drawn.append(who)
        return data

    monkeypatch.setattr(downloads, "mark_copy", mark)
    monkeypatch.setattr(openings, "MARKED_COPY", replace(MARKED_COPY, most=3))
    lane, path = a_lane(monkeypatch, lambda _row: None), f"/s/{token}/unterlage/{papers['expose'].public_id}"
    assert see(lane, path, method="HEAD") == (200, b"")
    assert drawn == []
    assert [see(lane, path)[0] for _ in range(3)] == [200, 200, 429]
    assert drawn == ["Mara Berger"] * 2
    assert see(lane, f"/s/{token}/")[0] == 200, "the page itself is counted by itself"


def told() -> list[str]:
    return list(
        OutgoingMail.objects.filter(purpose=Purpose.DOCUMENTS_RELEASED)
        .exclude(state=MailState.CANCELLED)
        .values_list("subject", flat=True)
    )


def test_who_is_given_a_document_is_told_by_mail_once_and_only_while_no_browser_would_warn(
    papers: dict[str, Media], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A released document lay on the page, and its recipient heard of it from nobody."""
    dispatch, token = a_sending(papers)
    agent, wanted = an_agent(email="a@b.test"), str(papers["release"].public_id)
    document_requests.release(dispatch, wanted, by=agent)
    the_guard_says(False, monkeypatch)
    schedule.slow()
    assert told() == []
    office = Browser()
    office.force_login(agent)
    page = f"/dispatches/{dispatch.public_id}/"
    assert "freigegeben, die Mail dazu folgt" in office.get(page, secure=True).content.decode()
    the_guard_says(True, monkeypatch)
    for _ in range(2):
        schedule.slow()
    assert told() == [f"Unterlagen für Sie freigegeben: {dispatch.page['subject']}"]
    assert "die Mail dazu folgt" not in office.get(page, secure=True).content.decode()
    assert token_of(dispatch) != token  # a fresh link, which leads there
    assert gets(token_of(dispatch), wanted)
    mail = OutgoingMail.objects.get(purpose=Purpose.DOCUMENTS_RELEASED)
    assert b"Papier release" in mail.mime()
    change(mail, What.ACCEPTED, MailState.ACCEPTED, answer=Answer(250, "Ok"))
    titles = [one.title for one in story.of(dispatch)]
    assert "Unterlagen freigegeben" in titles
    assert "Mail zu freigegebenen Unterlagen gesendet" in titles
    assert [found for found in mail_check._links([str(dispatch.public_id)]) if "mail" in found.where] == []


@pytest.mark.parametrize("meanwhile", ["taken back", "revoked"])
def test_of_what_is_closed_again_nobody_is_told(papers: dict[str, Media], meanwhile: str) -> None:
    dispatch, _token = a_sending(papers)
    agent, wanted = an_agent(email="a@b.test"), str(papers["release"].public_id)
    document_requests.release(dispatch, wanted, by=agent)
    if meanwhile == "taken back":
        document_requests.take_back(dispatch, wanted, by=agent)
    else:
        Dispatch.objects.filter(pk=dispatch.pk).update(state=DispatchState.WITHDRAWN)
    schedule.slow()
    assert told() == []
    assert not UntoldRelease.objects.exists()


def test_what_is_released_before_the_gate_opens_is_told_once_it_is_open(papers: dict[str, Media]) -> None:
    """The office read that a mail follows, and none ever did."""
    dispatch, token = a_sending(papers, opened=False)
    agent, wanted = an_agent(email="a@b.test"), str(papers["release"].public_id)
    office = Browser()
    office.force_login(agent)
    release = f"/dispatches/{dispatch.public_id}/documents/"
    said = office.post(release, {"act": "release", "document": wanted}, secure=True, follow=True).content.decode()
    assert "sobald das Exposé für ihn offen ist" in said
    schedule.slow()
    assert told() == []
    assert "die Mail dazu folgt" in office.get(f"/dispatches/{dispatch.public_id}/", secure=True).content.decode()
    declare(token, Form(stamp_of(dispatch), "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    for _ in range(2):
        schedule.slow()
    assert len(told()) == 1


def test_a_release_taken_back_while_its_mail_waits_is_not_mailed(papers: dict[str, Media]) -> None:
    """What the same mail spoke of besides is told in another."""
    dispatch, _token = a_sending(papers)
    agent = an_agent(email="a@b.test")
    first = editor.add_media(papers["office"].estate, A_PDF + b"%other\n", name="b.pdf", title="Grundriss B")
    Media.objects.filter(pk=first.pk).update(step="release")
    dispatch, _token = a_sending(papers)
    for one in (papers["release"], first):
        document_requests.release(dispatch, str(one.public_id), by=agent)
    schedule.slow()
    assert len(told()) == 1
    document_requests.take_back(dispatch, str(papers["release"].public_id), by=agent)
    assert told() == []
    schedule.slow()
    assert len(told()) == 1
    [mail] = OutgoingMail.objects.filter(purpose=Purpose.DOCUMENTS_RELEASED, state=MailState.QUEUED)
    assert b"Grundriss B" in mail.mime()
    assert b"Papier release" not in mail.mime()


def test_who_has_no_address_any_more_holds_up_no_release_mail(papers: dict[str, Media]) -> None:
    """Every minute it failed, and was tried again."""
    wanted, agent = str(papers["release"].public_id), an_agent(email="a@b.test")
    gone, _token = a_sending(papers)
    gone.contact.email = ""
    gone.contact.save()
    office = Browser()
    office.force_login(agent)
    release = f"/dispatches/{gone.public_id}/documents/"
    said = office.post(release, {"act": "release", "document": wanted}, secure=True, follow=True).content.decode()
    assert "keine E-Mail-Adresse" in said
    schedule.slow()
    assert told() == []
    assert not UntoldRelease.objects.exists()


def test_a_mail_about_one_release_is_not_told_of_the_next(
    papers: dict[str, Media], monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatch, _token = a_sending(papers)
    agent, wanted = an_agent(email="a@b.test"), str(papers["release"].public_id)
    document_requests.release(dispatch, wanted, by=agent)
    schedule.slow()
    monkeypatch.setattr(story, "AT_ONCE", timedelta(0))
    document_requests.take_back(dispatch, wanted, by=agent)
    document_requests.release(dispatch, wanted, by=agent)
    lines = [one.title for one in story.of(dispatch)]
    assert lines.count("Unterlagen freigegeben") == 2
    assert not [line for line in lines if "Mail zu" in line]


def test_two_documents_of_one_name_are_two(papers: dict[str, Media]) -> None:
    """They were told apart by their title: who asked for the second had asked, and one release answered both."""
    estate = papers["release"].estate
    other = editor.add_media(estate, A_PDF + b"%%%%%%", name="zwei.pdf", title="Papier release")
    Media.objects.filter(pk=other.pk).update(step="release")
    dispatch, token = a_sending(papers)
    first, second = str(papers["release"].public_id), str(other.public_id)
    made = [document_requests.ask(token, stamp_of(dispatch), one, CLIENT) for one in (first, second, first)]
    assert [one.document_id for one in made if one] == [first, second, first]
    assert made[0] == made[2] != made[1]
    document_requests.release(dispatch, second, by=an_agent(email="a@b.test"))
    assert gets(token, second)
    assert not gets(token, first)
    assert [one.thing for one in to_do.waiting()] == [made[0]]


def test_a_request_of_before_is_known_by_its_title(papers: dict[str, Media]) -> None:
    dispatch, token = a_sending(papers)
    wanted = str(papers["release"].public_id)
    made = document_requests.ask(token, stamp_of(dispatch), wanted, CLIENT)
    dispatch.interests.update(document_id="")
    assert document_requests.ask(token, stamp_of(dispatch), wanted, CLIENT) == made
    document_requests.release(dispatch, wanted, by=an_agent(email="a@b.test"))
    assert to_do.waiting() == []


@pytest.mark.parametrize("step", ["", "OFFICE", "public", None])
def test_a_step_that_nobody_knows_is_closed(papers: dict[str, Media], step: str | None) -> None:
    """It was frozen, named on the page, and could be asked for."""
    Media.objects.filter(pk=papers["release"].pk).update(step=step or "")
    dispatch, token = a_sending(papers)
    wanted, other = str(papers["release"].public_id), str(papers["expose"].public_id)
    assert wanted not in json.dumps(dispatch.content)
    for one in dispatch.content["estates"][0]["documents"]:
        one["step"] = step
    Dispatch.objects.filter(pk=dispatch.pk).update(content=dispatch.content, released=[other])
    assert not gets(token, other)
    assert "Papier expose" not in page_of(dispatch)
    assert "Unterlagen" not in page_of(dispatch)
    with pytest.raises(NoSuchDocumentError):
        document_requests.ask(token, stamp_of(dispatch), other, CLIENT)
    # Its file stays as long as the dispatch does: what was frozen is proven by it.
    assert papers["expose"].handed_out[0] in set(_files(dispatch))
