"""Bounces in the forms that mail servers give them, written after their formats; all names are made up."""

from textwrap import dedent

OURS = "<0123456789abcdef0123456789abcdef@office.test>"


def mail(text: str) -> bytes:
    """A mail as it comes over the wire."""
    return dedent(text).lstrip("\n").replace("\n", "\r\n").encode()


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
