"""Reports in the words of many servers and languages are recognised; people who use the same words stay people."""

from pathlib import Path

import pytest
from bench import bounces as bench
from tests.unit.mail import bounce_samples as samples

from siegelpost.mail.incoming.automatic_mail import Tells
from siegelpost.mail.incoming.bounces import DeliveryReport, ReportKind, read

FAILED = {
    "de": "Unzustellbar: Exposé",
    "en": "Undeliverable: Exposé",
    "fr": "Non remis : Exposé",
    "nl": "Onbestelbaar: Exposé",
    "pl": "Nie można dostarczyć: Exposé",
    "tr": "Teslim Edilemedi: Exposé",
    "ru": "Не удалось доставить: Exposé",
    "uk": "Не вдалося доставити: Exposé",
    "it": "Non recapitabile: Exposé",
    "es": "No se puede entregar: Exposé",
    "pt": "Não entregue: Exposé",
    "cs": "Nedoručitelné: Exposé",
    "da": "Kan ikke leveres: Exposé",
    "sv": "Kan inte levereras: Exposé",
    "no": "Kunne ikke leveres: Exposé",
    "fi": "Ei voitu toimittaa: Exposé",
    "hu": "Kézbesíthetetlen: Exposé",
    "ro": "Nu se poate livra: Exposé",
    "hr": "Nije moguće isporučiti: Exposé",
    "el": "Δεν είναι δυνατή η παράδοση: Exposé",
    "ar": "تعذر التسليم: Exposé",
}
DELAYED = {
    "de": "Zustellung verzögert: Exposé",
    "en": "Delivery delayed: Exposé",
    "fr": "Remise retardée : Exposé",
    "nl": "Bezorging vertraagd: Exposé",
    "pl": "Dostarczanie opóźnione: Exposé",
    "tr": "Teslimat gecikti: Exposé",
    "ru": "Доставка задерживается: Exposé",
    "uk": "Доставку відкладено: Exposé",
    "it": "Consegna ritardata: Exposé",
    "es": "Entrega retrasada: Exposé",
    "pt": "Entrega atrasada: Exposé",
    "cs": "Doručení zpožděno: Exposé",
    "da": "Levering forsinket: Exposé",
    "sv": "Leveransen har försenats: Exposé",
    "fi": "Toimitus viivästynyt: Exposé",
    "hu": "Késleltetett kézbesítés: Exposé",
    "ro": "Livrare întârziată: Exposé",
    "hr": "Isporuka odgođena: Exposé",
    "el": "Η παράδοση καθυστέρησε: Exposé",
    "ar": "تأخر التسليم: Exposé",
}


MANUAL = "Disposition: manual-action/MDN-sent-manually"
ORIGINAL = f"Original-Message-ID: {samples.OURS}"


def said(head: str, words: str) -> DeliveryReport:
    return read(f"{head.strip()}\n\n{words.strip()}\n".replace("\n", "\r\n").encode())


@pytest.mark.parametrize("writer", ["MAILER-DAEMON@mx.test", '"Mail Delivery System" <>', "postmaster@mx.test"])
@pytest.mark.parametrize(
    ("subject", "kind"),
    [*((one, ReportKind.BOUNCED) for one in FAILED.values()), *((one, ReportKind.DELAYED) for one in DELAYED.values())],
    ids=[*FAILED, *DELAYED],
)
def test_servers_of_every_language_here(writer: str, subject: str, kind: ReportKind) -> None:
    """Exchange writes in the office's language: only German and English reports were known, others were lost."""
    assert said(f"From: {writer}\nSubject: {subject}", "anna@example.test").kind is kind


@pytest.mark.parametrize(
    ("head", "words", "kind"),
    [
        pytest.param(
            "From: MAILER-DAEMON@yahoo.test\nSubject: failure delivery",
            "Unable to deliver message to the following address(es).\n<anna@example.test>:\nSorry, I wasn't able to"
            " establish a connection. (#4.4.1)\nI'm not going to try again; it has been in the queue too long.",
            ReportKind.BOUNCED,
            id="given up, with a code that says later",
        ),
        pytest.param(
            "From: Mail Delivery System <Mail.Delivery.System@mx.test>\nSubject: Delivery status notification",
            "Delivery to the following recipients failed permanently:\n  * anna@example.test",
            ReportKind.BOUNCED,
            id="a server by its name alone",
        ),
        pytest.param(
            "From: Mailer Daemon <poostmaster@mx.test>\nReturn-Path: <>\nSubject: Delivery status notification: error",
            "anna@example.test: Envelope expired",
            ReportKind.BOUNCED,
            id="a misspelt postmaster",
        ),
        pytest.param(
            "From: MAILER-DAEMON@mx.test\nSubject: Mail",
            "<anna@example.test>: 550 5.1.1 unbekannt",
            ReportKind.BOUNCED,
            id="a server's answer and no word that is known",
        ),
        pytest.param(
            "From: post_master@phone.test\nSubject: Re:Exposé\nContent-Type: multipart/alternative;\nboundary=x",
            "Error message below:\n550 - Requested action not taken: no such user here",
            ReportKind.BOUNCED,
            id="a header that is broken",
        ),
        pytest.param(
            "From: Gateway <scanner@mx.test>\nSubject: Delivery failure notification",
            "Your message could not be delivered to the following recipients:\n\nanna@example.test\n\n"
            "Delivery attempts will continue to be made for 5 day(s).",
            ReportKind.DELAYED,
            id="called a failure, and still tried",
        ),
        pytest.param(
            "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.test>\nSubject: Returned mail: Deferred: timed out",
            "<<< 550 <anna@example.test>, User Unknown\n421 example.test... Deferred: timed out",
            ReportKind.BOUNCED,
            id="deferred, then refused",
        ),
        pytest.param(
            "From: Mail Delivery System <mailer-daemon@mx.test>\nAuto-Submitted: auto-replied\n"
            "Subject: Warning: message delayed 24 hours",
            "A message that you sent has not yet been delivered to anna@example.test. Eventually the mail delivery"
            " software will give up.",
            ReportKind.DELAYED,
            id="Exim's warning",
        ),
        pytest.param(
            "From: postmaster@host.test\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: bounce notification",
            "This message is to inform you that an email you sent was rejected.\nreject reason: Mailbox full",
            ReportKind.BOUNCED,
            id="a small host's own words",
        ),
    ],
)
def test_servers_own_words(head: str, words: str, kind: ReportKind) -> None:
    """Each came as a person's mail, or as any machine's, and the bounce was lost."""
    assert said(head, words).kind is kind


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (
            "Subject: Mail nicht zustellbar",
            "Hallo Frau Roth,\nIhre Mail kam zurück:\n\n550 5.1.1 <a@x.test> user unknown\n"
            "Delivery to the following recipients failed permanently",
        ),
        ("Subject: Zustellung fehlgeschlagen am 5.12.26", "Das Paket kam nicht an, bitte 550 Euro überweisen."),
        ("Subject: Failed delivery of parcel", "It could not be delivered to the following address: Server Road 500"),
        ("Subject: Delayed answer", "Sorry, it was delayed. I will try again. Your message to me was fine."),
        ("Subject: Nicht zustellbar?", "Der Brief war nicht zustellbar.\n\n-----Original Message-----\nFrom: a@b.test"),
        ("Subject: WG: Undelivered Mail Returned to Sender", "550 5.1.1 <a@x.test>: this is the mail system at host"),
        (
            "Subject: Undelivered Mail Returned to Sender\nUser-Agent: Mozilla Thunderbird",
            "Was heißt das: 550 5.1.1 <a@x.test> user unknown, this is the mail system?",
        ),
        ("Subject: Re: Exposé", "Die Unterlagen wurden nicht zugestellt, die Mail an a@x.test auch nicht."),
        ("Subject: Re: Exposé", '{"notificationType" ist kein Wort, das ich kenne.'),
    ],
)
def test_people_stay_people(head: str, words: str) -> None:
    """Subject and a code in the text were enough, and "450 Euro" was such a code."""
    assert said(f"From: Otto <otto@x.test>\n{head}", words).kind is ReportKind.OTHER


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Undeliverable mail on our server", "Hi, your message was rejected with 550 5.7.1 SPF. Please fix that."),
        ("Re: Exposé", "Die Unterlagen wurden nicht zugestellt. Bitte noch einmal, ich zahle 450 Euro."),
    ],
)
def test_people_who_look_after_mail(subject: str, words: str) -> None:
    found = said(f"From: Otto <postmaster@x.test>\nSubject: {subject}", words)
    assert found.kind is ReportKind.PERHAPS_AUTOMATIC, "it goes to the agent"


SES = (
    '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":'
    '"anna@example.test","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},'
    '"mail":{"messageId":"0101-000000","headers":[{"name":"Message-ID","value":"' + samples.OURS + '"}]}}'
)


@pytest.mark.parametrize(
    "text", [SES, '{\n "Type" : "Notification",\n "Message" : "' + SES.replace('"', '\\"') + '"\n}']
)
def test_a_sending_services_note(text: str) -> None:
    """Amazon's notes are JSON; they were shown to the agent as an answer that is perhaps automatic."""
    found = said("From: SES <no-reply@sns.amazonaws.com>\nSubject: AWS Notification Message", text)
    assert (found.kind, found.status, found.named) == (ReportKind.BOUNCED, "5.1.1", ("anna@example.test",))
    assert found.message_ids == (samples.OURS,)
    assert found.diagnostic == "550 5.1.1 user unknown"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Complaint", ReportKind.AUTOMATIC_REPLY),
        ("Delivery", ReportKind.DELIVERED),
        ("DeliveryDelay", ReportKind.DELAYED),
    ],
)
def test_a_sending_services_other_notes(name: str, kind: ReportKind) -> None:
    assert said("From: a@b.test\nSubject: x", SES.replace('"Bounce"', f'"{name}"')).kind is kind


def test_a_complaint_that_only_encloses_the_mail() -> None:
    """Hotmail complains with nothing but our mail in a multipart/mixed: a person's, it was said, with our words."""
    raw = samples.mail(f"""
        From: staff@hotmail.com
        Subject: complaint about message from 192.0.2.222
        Content-Type: multipart/mixed; boundary="b"

        --b
        Content-Type: message/rfc822
        Content-Disposition: inline

        X-HmXmrOriginalRecipient: anna@example.test
        From: buero@office.test
        Message-ID: {samples.OURS}

        Guten Tag
        --b--
    """)
    found = read(raw)
    assert (found.kind, found.message_ids) == (ReportKind.AUTOMATIC_REPLY, (samples.OURS,))
    assert found.tells is Tells.COMPLAINT


def test_the_judge_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``bench.bounces`` fails where a bounce is missed, and where a person is taken for a server."""
    for kind, raw in {"bounced": samples.EXIM, "person": samples.ANSWER, "automatic": samples.VACATION}.items():
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "one.eml").write_bytes(raw)
    assert bench.main([tmp_path]) == 0
    (tmp_path / "person" / "two.eml").write_bytes(samples.EXIM)
    assert bench.main([tmp_path]) == 1
    assert "two.eml" in capsys.readouterr().out


def report_of(kind: str, fields: str, returned: str = f"Message-ID: {samples.OURS}") -> bytes:
    return samples.mail(f"""
        From: reports@provider.test
        Subject: Report
        Content-Type: multipart/report; report-type={kind}; boundary="b"

        --b
        Content-Type: text/plain

        This is a report.
        --b
        Content-Type: message/{kind}

        {fields}
        --b
        Content-Type: text/rfc822-headers

        From: buero@office.test
        {returned}
        --b--
    """)


@pytest.mark.parametrize(
    ("raw", "tells"),
    [
        (report_of("feedback-report", "Feedback-Type: abuse"), Tells.COMPLAINT),
        (report_of("feedback-report", "Feedback-Type: abuse", f"Message-ID: {samples.OURS[1:-1]}"), Tells.COMPLAINT),
        (report_of("disposition-notification", f"{MANUAL}; displayed\n        {ORIGINAL}", "Date: x"), Tells.DISPLAYED),
        (report_of("disposition-notification", f"{MANUAL}; deleted\n        {ORIGINAL}", "Date: x"), Tells.DELETED),
        (samples.VACATION, Tells.NOTHING),
    ],
)
def test_complaints_and_receipts_find_their_mail(raw: bytes, tells: Tells) -> None:
    """A receipt names our mail in a field of its own, a complaint in headers without brackets: neither was matched."""
    found = read(raw)
    assert (found.kind, found.tells) == (ReportKind.AUTOMATIC_REPLY, tells)
    assert samples.OURS in found.message_ids


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("complaint", report_of("feedback-report", "Feedback-Type: abuse")),
        ("receipt", report_of("disposition-notification", f"{MANUAL}; displayed\n        {ORIGINAL}")),
    ],
)
def test_the_judge_counts_complaints_and_receipts_that_lead_nowhere(kind: str, raw: bytes, tmp_path: Path) -> None:
    """What leads to our mail was printed, and nothing failed where it led nowhere, or told nothing."""
    (tmp_path / kind).mkdir()
    other = tmp_path / kind / "one.eml"
    other.write_bytes(raw)
    assert bench.main([tmp_path]) == 0
    # Quoted where no part of the mail has it.
    other.write_bytes(raw.replace(samples.OURS.encode(), b"") + f"\r\nMessage-ID: {samples.OURS}\r\n".encode())
    assert bench.main([tmp_path]) == 1
    other.write_bytes(samples.VACATION)
    assert bench.main([tmp_path]) == 1


def test_a_persons_mail_tells_nothing() -> None:
    assert read(samples.ANSWER).tells is Tells.NOTHING
