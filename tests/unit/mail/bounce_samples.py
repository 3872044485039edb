"""Bounces in the forms that mail servers give them, written after their formats; all names are made up."""

import base64
from textwrap import dedent

OURS = "<0123456789abcdef0123456789abcdef@office.test>"


def mail(text: str) -> bytes:
    """A mail as it comes over the wire."""
    return dedent(text).lstrip("\n").replace("\n", "\r\n").encode()


# The envelope's id of our mail, which only servers on its way were told.
ENVELOPE = "7d6f1b1a9c2e4c0f8a5b3e2d1c0b9a88"


def certain() -> bytes:
    """A report of a server on the mail's way."""
    return report(envelope_id=ENVELOPE)


def report(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <anna@example.test>: Recipient address rejected: User unknown",
    returned: str = "message/rfc822",
    message_id: str = OURS,
    envelope_id: str = "",
) -> bytes:
    """A delivery report of RFC 3464, as Postfix, Exchange and Gmail write it."""
    envelope = f"Original-Envelope-Id: {envelope_id}\n" if envelope_id else ""
    body = "" if returned == "text/rfc822-headers" else "\nGuten Tag,\n"
    return (
        (
            "From: Mail Delivery System <MAILER-DAEMON@mx.example.test>\n"
            "To: buero@office.test\n"
            "Subject: Undelivered Mail Returned to Sender\n"
            "Auto-Submitted: auto-replied\n"
            "Message-ID: <bounce@mx.example.test>\n"
            "MIME-Version: 1.0\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n'
            "\n--b\nContent-Type: text/plain; charset=us-ascii\n\n"
            "I'm sorry to have to inform you that your message could not be delivered.\n"
            "\n--b\nContent-Type: message/delivery-status\n\n"
            f"Reporting-MTA: dns; mx.example.test\n{envelope}\n"
            f"Final-Recipient: rfc822; anna@example.test\nAction: {action}\nStatus: {status}\n"
            f"Diagnostic-Code: {diagnostic}\n"
            f"\n--b\nContent-Type: {returned}\n\n"
            f"From: buero@office.test\nTo: anna@example.test\nSubject: Expose\nMessage-ID: {message_id}\n{body}"
            "\n--b--\n"
        )
        .replace("\n", "\r\n")
        .encode()
    )


EXIM = mail(f"""
    Return-path: <>
    From: Mail Delivery System <Mailer-Daemon@exim.example.test>
    To: buero@office.test
    X-Failed-Recipients: anna@example.test
    Auto-Submitted: auto-replied
    Subject: Mail delivery failed: returning message to sender
    Message-Id: <E1abc-000123-XY@exim.example.test>

    This message was created automatically by mail delivery software.

    A message that you sent could not be delivered to one or more of its
    recipients. This is a permanent error. The following address(es) failed:

      anna@example.test
        host mx.example.test [192.0.2.7]
        SMTP error from remote mail server after RCPT TO:<anna@example.test>:
        550 5.1.1 No such user here

    ------ This is a copy of the message, including all the headers. ------

    From: buero@office.test
    To: anna@example.test
    Message-ID: {OURS}
    Subject: Expose

    Guten Tag,
""")

QMAIL = mail(f"""
    Return-Path: <>
    From: MAILER-DAEMON@qmail.example.test
    To: buero@office.test
    Subject: failure notice

    Hi. This is the qmail-send program at qmail.example.test.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <anna@example.test>:
    192.0.2.7 does not like recipient.
    Remote host said: 552 5.2.2 Mailbox full
    Giving up on 192.0.2.7.

    --- Below this line is a copy of the message.

    Return-Path: <buero@office.test>
    From: buero@office.test
    Message-ID: {OURS}
    Subject: Expose

    Guten Tag,
""")

GERMAN = mail(f"""
    From: Postmaster <postmaster@anbieter.example.test>
    To: buero@office.test
    Subject: Unzustellbar: Expose
    Content-Type: text/plain; charset=iso-8859-1
    Content-Transfer-Encoding: quoted-printable

    Ihre Nachricht konnte nicht an anna@example.test zugestellt werden.
    550 Das Postfach ist unbekannt.

    Urspr=FCngliche Kopfzeilen:
    From: buero@office.test
    Message-ID: {OURS}
""")

WARNING = mail(f"""
    From: Mail Delivery System <Mailer-Daemon@exim.example.test>
    To: buero@office.test
    Subject: Warning: message 1abc-000123-XY delayed 24 hours

    This message was created automatically by mail delivery software.
    A message that you sent has not yet been delivered to one or more of its recipients.
    The message has not yet been delivered; delivery attempts will continue to be made.

    Message-ID: {OURS}
""")

GMAIL_DELAY = mail(f"""
    From: Mail Delivery Subsystem <mailer-daemon@googlemail.example.test>
    To: buero@office.test
    Auto-Submitted: auto-replied
    Subject: Delivery Status Notification (Delay)
    X-Failed-Recipients: anna@example.test
    In-Reply-To: {OURS}
    Content-Type: text/plain; charset=UTF-8

    THIS IS A WARNING MESSAGE ONLY.

    Delivery to the following recipient has been delayed: anna@example.test

    Technical details of temporary failure:
    450 4.2.1 mailbox busy
""")

GIVEN_UP_IN_GERMAN = mail(f"""
    From: Mail Delivery System <MAILER-DAEMON@anbieter.example.test>
    To: buero@office.test
    Subject: Mail konnte nicht zugestellt werden
    Content-Type: text/plain; charset=utf-8

    Die folgende Nachricht wurde verzögert und konnte nach 5 Tagen nicht zugestellt werden:

    anna@example.test: 554 5.4.7 Postfach nicht erreichbar

    --- Original message headers:
    Message-ID: {OURS}
""")

EXCHANGE_DELAY = mail(f"""
    From: Microsoft Outlook <postmaster@kunde.example.test>
    To: buero@office.test
    Subject: Zustellung verzögert: Expose
    In-Reply-To: {OURS}

    Die Nachricht an anna@example.test konnte noch nicht zugestellt werden. Sie müssen nichts tun.
""")

HTML_ONLY = mail(f"""
    From: Postmaster <postmaster@mx.example.test>
    To: buero@office.test
    Subject: Undeliverable: Expose
    References: {OURS}
    Content-Type: text/html; charset=utf-8

    <p>Delivery has failed to these recipients:</p><p>anna@example.test</p><p>550 5.1.1 User unknown</p>
""")

UNNAMED = mail(f"""
    Return-Path: <>
    From: Mailserver <noreply@mx.example.test>
    To: buero@office.test
    Subject: Unzustellbare Nachricht: Expose
    Auto-Submitted: auto-replied
    References: {OURS}

    Ihre Nachricht an anna@example.test ist nicht angekommen: 550 5.1.1 Empfänger unbekannt
""")

# What a program claims in German, and no mail server.
UNSURE = UNNAMED.replace(b": 550 5.1.1 Empf", b". Empf")

_HEAD = """
    From: MAILER-DAEMON@mx.example.test (Mail Delivery System)
    To: buero@office.test
    Subject: Undelivered Mail Returned to Sender
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="b"
"""

# RFC 6533, as Postfix writes it about a mail that was sent with SMTPUTF8.
UTF8_DELAY = mail(f"""{_HEAD}
    --b
    Content-Type: message/global-delivery-status
    Content-Transfer-Encoding: 8bit

    Reporting-MTA: dns; mx.example.test
    X-Postfix-Sender: utf-8; buero@office.test

    Final-Recipient: utf-8; jörg@example.test
    Original-Recipient: utf-8;jörg@example.test
    Action: delayed
    Status: 4.4.1
    Diagnostic-Code: smtp; 450 4.4.1 try again

    --b
    Content-Type: message/global-headers
    Content-Transfer-Encoding: 8bit

    To: jörg@example.test
    Message-ID: {OURS}

    --b--
""")

_SEVERAL = base64.encodebytes(b"""Reporting-MTA: dns; mx.example.test

Final-Recipient: rfc822; anna@example.test
Action: relayed
Status: 2.1.9

Final-Recipient: rfc822; archive@example.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such archive
""").decode()

# Encoded, which RFC 3464 forbids and some do.
SEVERAL = (
    mail(_HEAD)
    + (
        f"\n--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n{_SEVERAL}"
        f"\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {OURS}\n\n--b--\n"
    ).encode()
)

VACATION = mail(f"""
    Return-Path: <>
    From: Anna Beispiel <anna@example.test>
    To: buero@office.test
    Subject: Nicht im =?utf-8?q?B=C3=BCro?=: Expose
    Auto-Submitted: auto-replied (vacation)
    In-Reply-To: {OURS}
    References: {OURS}

    Ich bin bis zum 5. Januar im Urlaub. Ihre Nachricht konnte nicht an mich zugestellt werden.
""")

OUTLOOK_AWAY = mail(f"""
    From: Anna Beispiel <anna@example.test>
    To: buero@office.test
    Subject: Automatische Antwort: Expose
    X-Auto-Response-Suppress: All
    Auto-Submitted: auto-generated
    In-Reply-To: {OURS}

    Ich bin nicht da.
""")

ANSWER = mail(f"""
    From: Anna Beispiel <anna@example.test>
    To: buero@office.test
    Subject: AW: Expose
    In-Reply-To: {OURS}

    Ja. (Eine frühere Mail an Sie kam als "undelivered" zurück: 550 5.1.1)

    > Message-ID: {OURS}
""")

FORWARDED_REPORT = (
    b"From: Anna <anna@example.test>\r\nTo: buero@office.test\r\nSubject: Fwd: bounce\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="f"\r\n\r\n--f\r\nContent-Type: text/plain\r\n\r\nlook\r\n'
    b"--f\r\nContent-Type: message/rfc822\r\n\r\n" + report() + b"\r\n--f--\r\n"
)
