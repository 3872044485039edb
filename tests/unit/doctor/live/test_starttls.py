"""What a mail server says before TLS: as much as is needed, and never without end."""

from ipaddress import ip_address

import pytest
from tests.support.smtp import HANG_UP, Hear, Say, Step, scripted

from siegelpost.doctor.live import starttls
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.live.starttls import MOST_LINE, MOST_LINES
from siegelpost.doctor.live.wire import Wire, WireError
from siegelpost.toolbox.deadline import Deadline

UP_TO_TLS = (Say("220 hi"), Hear("EHLO"), Say("250-mail.test\r\n250-SIZE 1\r\n250 StartTLS"), Hear("STARTTLS"))


def talk(*steps: Step) -> list[bytes]:
    with scripted(*steps) as server, Wire(ip_address("127.0.0.1"), server.port, Deadline(5), most=1 << 20) as wire:
        starttls.smtp(wire)
    return server.heard


def test_it_comes_to_where_the_handshake_begins_and_names_nobody() -> None:
    [heard] = talk(*UP_TO_TLS, Say("220 go on"), HANG_UP)
    assert heard == b"EHLO siegelpost.invalid\r\nSTARTTLS\r\n"


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ((Say("SSH-2.0-x"), HANG_UP), Outcome.OTHER_PROTOCOL),
        ((Say("554 not you"), HANG_UP), Outcome.OTHER_PROTOCOL),
        ((Say("220-" + "x" * (MOST_LINE + 1)), HANG_UP), Outcome.TOO_MUCH),
        ((Say("\r\n".join(["220-x"] * (MOST_LINES + 1))), HANG_UP), Outcome.TOO_MUCH),
        ((Say("220 hi"), HANG_UP), Outcome.CLOSED),
        ((*UP_TO_TLS, Say("454 not now"), HANG_UP), Outcome.OTHER_PROTOCOL),
        ((*UP_TO_TLS, Say("220 go on\r\n250 slipped in"), HANG_UP), Outcome.BROKEN),
    ],
    ids=["SSH", "refused", "a line without end", "lines without end", "gone", "not now", "slipped in"],
)
def test_what_does_not_come_to_it_is_said(steps: tuple[Step, ...], outcome: Outcome) -> None:
    with pytest.raises(WireError) as error:
        talk(*steps)
    assert error.value.outcome in {outcome, Outcome.RESET}  # whoever hangs up upon unread bytes resets


@pytest.mark.parametrize("steps", [(Say("220 hi"), Hear("EHLO"), Say("250 SIZE 1")), (*UP_TO_TLS, Say("502 no"))])
def test_no_encryption_is_told_apart(steps: tuple[Step, ...]) -> None:
    with pytest.raises(starttls.NotOfferedError):
        talk(*steps, HANG_UP)
