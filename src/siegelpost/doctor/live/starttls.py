"""What a mail server is told in the clear before TLS begins (RFC 3207)."""

from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.live.wire import Wire, WireError

MOST_LINES = 100
MOST_LINE = 2048
READY, HELLO, REFUSED = 220, 250, 500


class NotOfferedError(Exception):
    """The server speaks SMTP, and offers no encryption."""


def smtp(wire: Wire) -> None:
    """Up to where the handshake begins.

    Raises:
        NotOfferedError: there is no STARTTLS.
        WireError: no SMTP is spoken, or the connection ended.
    """
    lines = _Lines(wire)
    lines.expect(READY)
    wire.send(b"EHLO siegelpost.invalid\r\n")
    if "STARTTLS" not in {line.strip().upper() for line in lines.expect(HELLO)}:
        raise NotOfferedError
    wire.send(b"STARTTLS\r\n")
    try:
        lines.expect(READY)
    except _OtherAnswerError as error:
        if error.code < REFUSED:
            raise  # "not now" (454) says nothing of tomorrow
        raise NotOfferedError from error
    if lines.unread:
        # What somebody slipped in before the encryption began is no handshake (CVE-2011-0411).
        raise WireError(Outcome.BROKEN)


class _OtherAnswerError(WireError):
    """An answer of SMTP, and not the one that was wanted."""

    def __init__(self, code: int) -> None:
        super().__init__(Outcome.OTHER_PROTOCOL)
        self.code = code


class _Lines:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.unread = bytearray()

    def expect(self, code: int) -> list[str]:
        """The texts of the next answer, which begins with this code."""
        found = []
        for _number in range(MOST_LINES):
            line = self._line()
            if not line[:3].isdigit() or line[3:4] not in ("", " ", "-"):
                raise WireError(Outcome.OTHER_PROTOCOL)
            if int(line[:3]) != code:
                raise _OtherAnswerError(int(line[:3]))
            found.append(line[4:])
            if line[3:4] != "-":
                return found
        raise WireError(Outcome.TOO_MUCH)

    def _line(self) -> str:
        while (end := self.unread.find(b"\n", 0, MOST_LINE)) < 0:
            if len(self.unread) >= MOST_LINE:
                raise WireError(Outcome.TOO_MUCH)
            data = self._wire.receive()
            if not data:
                raise WireError(Outcome.CLOSED)
            self.unread += data
        line = self.unread[:end].decode("ascii", "replace").rstrip("\r")
        del self.unread[: end + 1]
        return line
