"""The fixtures that start the real server: they must tell when it does not do well."""

import signal
import smtplib

import pytest
from tests.support.browsing import OpenPage, refusal
from tests.support.installations import Installation
from tests.support.serving import HEALTH, Serve, Server
from tests.support.smtp import Mailbox


def test_an_installation_is_ready_for_commands(installation: Installation) -> None:
    counted = installation.python("from siegelpost.office.models import Agent; print(Agent.objects.count())")
    assert counted.strip() == "0"


def test_the_server_answers_and_ends_well(served: Server) -> None:
    assert served.get(HEALTH).status == 200
    assert "/sign-in/" in served.sign_in_link
    assert served.stop() == 0


def test_a_server_that_was_killed_starts_again(serve: Serve) -> None:
    serve().stop(signal.SIGKILL)
    assert serve().get(HEALTH).status == 200


def test_chromium_accepts_the_trusted_certificate(served: Server, open_page: OpenPage) -> None:
    # A page that names its icon: at one without, Chromium may ask for some, or not.
    assert refusal(open_page(), f"{served.url}/account/login/") == ""


def test_chromium_refuses_the_self_signed_certificate_of_the_first_start(serve: Serve, open_page: OpenPage) -> None:
    assert refusal(open_page(), serve(certificate=None).url + HEALTH) == "ERR_CERT_AUTHORITY_INVALID"


def test_trouble_in_the_log_is_found_unless_forgiven(served: Server) -> None:
    with served.log_file.open("a") as log:
        log.write("2026-11-23T10:00:00Z [error    ] a job failed\n")
    assert served.trouble() == ["2026-11-23T10:00:00Z [error    ] a job failed"]
    served.forgive("a job failed")
    assert served.trouble() == []


def test_a_traceback_is_forgiven_by_what_was_raised(served: Server) -> None:
    with served.log_file.open("a") as log:
        log.write("2026-11-23T10:00:00Z [error    ] a round failed [x] round=renewal\n")
        log.write('Traceback (most recent call last):\n  File "x.py", line 1, in look\n    open()\nKeyError: "tls"\n')
    assert served.trouble() == [
        '2026-11-23T10:00:00Z [error    ] a round failed [x] round=renewal\nKeyError: "tls"',
        'Traceback (most recent call last):\nKeyError: "tls"',
    ]
    served.forgive("FileNotFoundError: ")
    assert len(served.trouble()) == 2
    served.forgive(r'\nKeyError: "tls"$')
    assert served.trouble() == []


def test_mail_is_kept_and_can_be_read(mail_sink: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", mail_sink.port) as client:
        client.sendmail("a@office.test", ["b@office.test"], b"Subject: Hallo\r\n\r\nText\r\n")
    assert [mail.subject for mail in mail_sink.mails()] == ["Hallo"]


@pytest.mark.soak
def test_many_starts_leave_no_process_behind(serve: Serve) -> None:
    for _ in range(20):
        assert serve(workers=2).stop() == 0
