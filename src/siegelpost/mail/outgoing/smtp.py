"""One conversation with a mail server (RFC 5321): a deadline for every step, a name for every failure.

``smtplib`` speaks the commands; connecting, TLS, AUTH and reading answers are done here, because its answers
may take for ever, its passwords must be ASCII, and words from before STARTTLS must not count after it.
"""

import base64
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from ipaddress import ip_address

import certifi

from siegelpost.mail.causes import Cause
from siegelpost.mail.models import Stage
from siegelpost.mail.outgoing.refusal_words import cause_of
from siegelpost.mail.outgoing.server_settings import Server
from siegelpost.mail.outgoing.transitions import Answer
from siegelpost.mail.sign_in import bearer, tokens
from siegelpost.mail.sign_in.troubles import SignInError
from siegelpost.office.models import SmtpSecurity
from siegelpost.settings import load


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each step may take, in seconds.

    Shorter than RFC 5321, 4.5.3.2 asks of relays, but for the answer to the content: who gives up on that one
    too early sends the mail twice.
    """

    connect: float = 20
    command: float = 90
    content: float = 180
    answer: float = 600


class ConversationError(Exception):
    """The conversation did not come to its end; ``stage`` says where, ``answer`` why."""

    def __init__(self, stage: Stage, answer: Answer) -> None:
        super().__init__(f"{stage.value}: {answer}")
        self.stage = stage
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server is told about a mail besides its bytes."""

    sender: str
    recipient: str
    # Comes back in bounces of servers that know RFC 3461.
    envelope_id: str


class _NotSmtpError(Exception):
    """What came is no SMTP reply."""


# A reply line is at most 512 octets (RFC 5321, 4.5.3.1.5), some servers write more; EHLO has a dozen lines.
_LONGEST_LINE, _MOST_LINES, _LONGEST_TEXT = 8192, 128, 2000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)

# RFC 5321, 4.5.3.1.4, without the end of the line.
_LONGEST_COMMAND = 510
# RFC 4954, 6, and RFC 3207, 4: sign in, or encrypt, first.
_LOGIN_NEEDED = frozenset({530, 538})
# Some say it of the name only once they have heard of a mail.
_ABOUT_THE_NAME = re.compile(
    r"\b(helo|ehlo)\b.{0,40}(reject|refus|invalid|not allowed|denied|bad|fqdn)|(invalid|bad).{0,20}\b(helo|ehlo)\b",
    re.IGNORECASE,
)
_REFUSALS = {
    Stage.GREETING: Cause.TURNED_AWAY,
    Stage.EHLO: Cause.NAME_REFUSED,
    Stage.STARTTLS: Cause.TLS,
    Stage.AUTH: Cause.LOGIN_REFUSED,
    Stage.MAIL: Cause.SENDER_REFUSED,
}

_CAUSES: tuple[tuple[type[Exception], Cause], ...] = (
    (socket.gaierror, Cause.UNKNOWN_HOST),
    (UnicodeError, Cause.UNKNOWN_HOST),  # a name that cannot be one, such as "smtp..example.de"
    (ssl.SSLCertVerificationError, Cause.CERTIFICATE),
    (ssl.SSLEOFError, Cause.CLOSED),
    (ssl.SSLError, Cause.TLS),
    (TimeoutError, Cause.SILENT),
    (_NotSmtpError, Cause.NOT_SMTP),
    (smtplib.SMTPServerDisconnected, Cause.CLOSED),
    (ConnectionRefusedError, Cause.UNREACHABLE),
    (ConnectionError, Cause.CLOSED),
    (OSError, Cause.UNREACHABLE),
)


@cache
def tls_context() -> ssl.SSLContext:
    """Verifies name and chain against the authorities of the system, of certifi and of the house."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    for root in load().trust_roots:
        context.load_verify_locations(root)
    return context


def helo_name() -> str:
    """The name this server gives itself: its public host, an address as a literal (RFC 5321, 4.1.3)."""
    host = load().public_host
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


class _Speaker(smtplib.SMTP):
    """``smtplib``'s commands over a socket of ours, with answers read under a deadline."""

    patience: float

    def __init__(self, patience: float) -> None:
        super().__init__(local_hostname=helo_name())
        self.patience = patience
        self.unread = b""

    def getreply(self) -> tuple[int, bytes]:
        """One whole reply within ``patience`` seconds, however slowly it drips."""
        deadline = time.monotonic() + self.patience
        texts: list[bytes] = []
        while len(texts) < _MOST_LINES:
            line = self._line(deadline)
            if not (line[:3].isdigit() and line[3:4] in {b"-", b" ", b""}):
                raise _NotSmtpError(line[:80].decode("ascii", "replace"))
            texts.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(texts)
        raise _NotSmtpError("an endless reply")

    def send(self, s: str | bytes) -> None:  # type: ignore[override]  # typeshed lets it take any buffer
        """Send within ``patience`` seconds."""
        if self.sock is not None:
            self.sock.settimeout(self.patience)
        super().send(s)

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self.unread:
            if len(self.unread) > _LONGEST_LINE:
                raise _NotSmtpError("an endless line")
            sock = self.sock
            if sock is None or (left := deadline - time.monotonic()) <= 0:
                raise TimeoutError
            sock.settimeout(left)
            received = sock.recv(4096)
            if not received:
                raise smtplib.SMTPServerDisconnected
            self.unread += received
        line, _newline, self.unread = self.unread.partition(b"\n")
        return line.rstrip(b"\r")


class Conversation:
    """An open, protected and signed-in connection, over which mails are handed over one after the other."""

    def __init__(self, server: Server, patience: Patience) -> None:
        self.server = server
        self.patience = patience
        self.stage = Stage.CONNECT
        self.host = f"{server.host}:{server.port}"
        self.tls = ""
        self._smtp = _Speaker(patience.command)

    @classmethod
    def open(cls, server: Server, patience: Patience = Patience()) -> "Conversation":
        """Connect, protect the connection, and sign in.

        Raises:
            ConversationError: one of these did not work; nothing of any mail was said.
        """
        conversation = cls(server, patience)
        try:
            with conversation._named_failures():
                conversation._connect()
                conversation._greet()
                if server.security is SmtpSecurity.STARTTLS:
                    conversation._starttls()
                if server.user:
                    conversation._sign_in()
        except BaseException:
            conversation.drop()
            raise
        return conversation

    def hand_over(self, envelope: Envelope, mime: bytes, before_content: Callable[[], None]) -> Answer:
        """Hand one mail over; gives the answer to its content: only a 2yz means that it was accepted.

        Args:
            before_content: called when the server asks for the content, before its first byte leaves.

        Raises:
            ConversationError: an earlier step was refused or broke; at stage ``ANSWER``: the content left, and no
                answer came back.
        """
        with self._named_failures():
            self._envelope(envelope, mime)
            self._step(Stage.DATA, partial(self._smtp.docmd, "DATA"), expect=3)
            before_content()
            self.stage = Stage.CONTENT
            self._send_content(mime)
            # Only the dot makes it a mail: cut before it, the server must not have taken anything.
            self.stage = Stage.ANSWER
            self._smtp.patience = self.patience.answer
            self._smtp.send(b".\r\n")
            answer = _answer(*self._smtp.getreply())
            self._smtp.patience = self.patience.command
            known = Cause.TOO_LARGE if _is_too_large(Stage.ANSWER, answer) else cause_of(Stage.ANSWER, answer)
            return replace(answer, cause=known) if known else answer

    def reset(self) -> bool:
        """Make ready for the next mail after one that was not taken; False: the connection is dead."""
        with suppress(Exception):
            return self._smtp.docmd("RSET")[0] == 250
        return False

    def close(self) -> None:
        """Say goodbye, and do not wait long for an answer."""
        self._smtp.patience = 2
        with suppress(Exception):
            self._smtp.docmd("QUIT")
        self.drop()

    def drop(self) -> None:
        """End the connection without a word."""
        self._smtp.close()

    def _connect(self) -> None:
        server = self.server
        sock = socket.create_connection((server.host, server.port), timeout=self.patience.connect)
        self._smtp.sock = sock
        peer = ip_address(sock.getpeername()[0].partition("%")[0])
        self.host = f"{server.host}:{server.port} [{peer}]"
        peer = getattr(peer, "ipv4_mapped", None) or peer
        if server.security is SmtpSecurity.NONE and not (peer.is_loopback or load().smtp_allow_plaintext):
            raise self._failure(Answer(None, "", Cause.PLAINTEXT))
        if server.security is SmtpSecurity.TLS:
            self._protect()

    def _greet(self) -> None:
        self._step(Stage.GREETING, self._smtp.getreply)
        self._step(Stage.EHLO, self._smtp.ehlo)

    def _starttls(self) -> None:
        self.stage = Stage.STARTTLS
        if not self._smtp.has_extn("starttls"):
            raise self._failure(Answer(None, "", Cause.NO_STARTTLS))
        self._step(Stage.STARTTLS, partial(self._smtp.docmd, "STARTTLS"))
        if self._smtp.unread:
            # RFC 3207, 6: what came in the clear must not be taken for what the protected server says.
            raise self._failure(Answer(None, "", Cause.TLS))
        self._protect()
        # The protected server may offer something else.
        self._step(Stage.EHLO, self._smtp.ehlo)

    def _protect(self) -> None:
        self.stage = Stage.STARTTLS
        assert self._smtp.sock is not None  # noqa: S101 - connected above
        self._smtp.sock.settimeout(self.patience.connect)
        protected = tls_context().wrap_socket(self._smtp.sock, server_hostname=self.server.host)
        self._smtp.sock = protected
        self.tls = " ".join(filter(None, [protected.version(), (protected.cipher() or ("",))[0]]))

    def _sign_in(self) -> None:
        self.stage = Stage.AUTH
        offered = self._smtp.esmtp_features.get("auth", "").upper().split()
        if self.server.by_token:
            self._show_token(offered)
            return
        user, password = self.server.user.encode(), self.server.password.encode()
        if "PLAIN" in offered:
            steps = ["AUTH PLAIN " + _base64(b"\0".join([b"", user, password]))]
        elif "LOGIN" in offered:
            steps = ["AUTH LOGIN", _base64(user), _base64(password)]
        else:
            raise self._failure(Answer(None, "", Cause.NO_LOGIN))
        *questions, last = steps
        for step in questions:
            self._step(Stage.AUTH, partial(self._smtp.docmd, step), expect=3)
        self._step(Stage.AUTH, partial(self._smtp.docmd, last))

    def _show_token(self, offered: list[str]) -> None:
        name = bearer.chosen(offered)
        if name is None:
            raise self._failure(Answer(None, "", Cause.NO_TOKEN))
        try:
            token = tokens.access_token()
        except SignInError as error:
            cause = Cause.SIGN_IN_LOST if error.lasts else Cause.SIGN_IN_WAITS
            raise self._failure(Answer(None, str(error), cause)) from error
        server, mechanism = self.server, bearer.MECHANISMS[name]
        response = _base64(mechanism.says(bearer.Account(server.user, server.host, server.port, token)))
        # RFC 4954, 4: what makes the command longer than a line is said when the server asks for it.
        inline = f"AUTH {name} {response}"
        if len(inline) > _LONGEST_COMMAND:
            self._step(Stage.AUTH, partial(self._smtp.docmd, f"AUTH {name}"), expect=3)
            inline = response
        code, said = self._smtp.docmd(inline)
        why = ""
        if code == 334:
            why = bearer.explanation(said)
            code, said = self._smtp.docmd(_base64(mechanism.after_refusal))
        answer = _answer(code, said)
        if answer.code != 235:
            known = _cause(Stage.AUTH, answer, by_token=True)
            raise self._failure(replace(answer, text=_clean(f"{answer.text} {why}"), cause=known))

    def _envelope(self, envelope: Envelope, mime: bytes) -> None:
        utf8 = not (mime.isascii() and envelope.sender.isascii() and envelope.recipient.isascii())
        if utf8 and not self._smtp.has_extn("smtputf8"):
            self.stage = Stage.MAIL
            raise self._failure(Answer(None, "", Cause.NO_SMTPUTF8))
        options = ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else []
        if self._smtp.has_extn("size"):
            options.append(f"SIZE={len(mime)}")
        to: list[str] = []
        if self._smtp.has_extn("dsn"):
            options += ["RET=HDRS", f"ENVID={envelope.envelope_id}"]
            to = ["NOTIFY=FAILURE,DELAY", f"ORCPT={_original_recipient(envelope.recipient)}"]
        self._step(Stage.MAIL, partial(self._smtp.mail, envelope.sender, options))
        self._step(Stage.RCPT, partial(self._smtp.rcpt, envelope.recipient, to))

    def _send_content(self, mime: bytes) -> None:
        sock = self._smtp.sock
        assert sock is not None  # noqa: S101 - the server has just answered over it
        sock.settimeout(self.patience.content)
        sock.sendall(_LEADING_DOT.sub(b"..", mime))
        if not mime.endswith(b"\r\n"):
            sock.sendall(b"\r\n")

    def _step(self, stage: Stage, say: Callable[[], tuple[int, bytes]], *, expect: int = 2) -> None:
        """Say something; an answer that does not begin with ``expect`` is a failure at this stage."""
        self.stage = stage
        answer = _answer(*say())
        if answer.code is None or answer.code // 100 != expect:
            raise self._failure(replace(answer, cause=_cause(stage, answer)))

    def _failure(self, answer: Answer) -> ConversationError:
        return ConversationError(self.stage, answer)

    @contextmanager
    def _named_failures(self) -> Iterator[None]:
        """Turn what sockets and TLS raise into a :class:`ConversationError` at the present stage."""
        try:
            yield
        except (OSError, UnicodeError, smtplib.SMTPException, _NotSmtpError) as error:
            cause = next(cause for kind, cause in _CAUSES if isinstance(error, kind))
            raise self._failure(Answer(None, _clean(_words(error)), cause)) from error


def _original_recipient(address: str) -> str:
    """As it comes back in delivery reports: RFC 3461, 4.2, and RFC 6533, 3, where it has letters outside ASCII."""
    if address.isascii():
        return "rfc822;" + re.sub(r"[^!-~]|[+=]", lambda found: f"+{ord(found[0]):02X}", address)
    return "utf-8;" + re.sub(r"[^!-~]|[+=\\]", lambda found: f"\\x{{{ord(found[0]):02X}}}", address)


def _is_too_large(stage: Stage, answer: Answer) -> bool:
    """RFC 1870, 6.1, and RFC 3463; 552 after the sender's address can mean nothing else."""
    refused = answer.code is not None and answer.code >= 500
    return refused and ((stage is Stage.MAIL and answer.code == 552) or answer.text.startswith("5.3.4"))


def _cause(stage: Stage, answer: Answer, *, by_token: bool = False) -> Cause | None:
    """What the office can do about a refusal that is about itself and not about one recipient."""
    code = answer.code
    if _is_too_large(stage, answer):
        return Cause.TOO_LARGE
    if known := cause_of(stage, answer, by_token=by_token):
        return known
    if code in _LOGIN_NEEDED:
        return Cause.LOGIN_NEEDED
    if stage in {Stage.MAIL, Stage.RCPT} and code != 503 and _ABOUT_THE_NAME.search(answer.text):
        return Cause.NAME_REFUSED
    if code is not None and code >= 500:
        return _REFUSALS.get(stage)
    return Cause.NOT_READY if stage in {Stage.GREETING, Stage.EHLO} else None


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return str(error.strerror or error) if isinstance(error, OSError) else str(error)


def _answer(code: int, text: bytes) -> Answer:
    return Answer(code, _clean(text.decode("utf-8", "replace")))


def _clean(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())[:_LONGEST_TEXT]


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
