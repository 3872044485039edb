"""A small IMAP server for tests, over real TLS sockets: as much of RFC 3501 as reading new mails needs.

What it does wrong is a script: what it says instead, to which command.
"""

import base64
import re
import select
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedIOBase
from threading import Thread


@dataclass
class ImapServer:
    """A mailbox; ``mails`` by UID. ``said`` has what clients asked for, without the passwords.

    ``instead`` says what is answered to commands that a pattern fits: bytes, in which ``{tag}`` is the command's tag;
    :data:`CUT` ends the connection, :data:`SILENCE` says nothing until the client goes. ``folders`` are the names that
    there are; None is as many as anybody asks for.
    """

    port: int
    password: str
    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    next_uid: int = 1
    old: set[int] = field(default_factory=set)  # which arrived long ago
    said: list[str] = field(default_factory=list)
    idle: bool = False  # knows RFC 2177
    quiet: bool = False  # tells nothing while it idles
    capabilities: str = "AUTH=PLAIN"
    greeting: bytes = b"* OK ready"
    folders: list[str] | None = None
    tells: tuple[str, ...] = ("EXISTS", "UIDVALIDITY", "UIDNEXT")
    instead: dict[str, bytes] = field(default_factory=dict)
    arrived: str = "29-Nov-2026 10:00:00 +0100"

    def arrive(self, raw: bytes) -> None:
        """A mail comes in."""
        self.mails[self.next_uid] = raw
        self.next_uid += 1


CUT, SILENCE = b"cut", b"silence"


class _CutError(OSError):
    """The script ends the connection."""


@contextmanager
def imap_server(context: ssl.SSLContext, user: str, password: str, *, idle: bool = False) -> Iterator[ImapServer]:
    """Serve one client after the other on loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = ImapServer(listener.getsockname()[1], f"\0{user}\0{password}", idle=idle)

    def serve() -> None:
        with suppress(OSError):
            while True:
                plain, _ = listener.accept()
                with suppress(OSError), plain, context.wrap_socket(plain, server_side=True) as connection:
                    connection.settimeout(10)
                    _talk(connection, server)

    thread = Thread(target=serve, name="imap", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def _talk(connection: ssl.SSLSocket, server: ImapServer) -> None:
    reader = connection.makefile("rb")
    connection.sendall(server.greeting + b"\r\n")
    while line := reader.readline().decode().strip():
        tag, _, command = line.partition(" ")
        server.said.append("LOGIN" if command.upper().startswith("LOGIN") else command)
        scripted = next((said for asked, said in server.instead.items() if re.match(asked, command)), None)
        if scripted is not None:
            _play(connection, scripted.replace(b"{tag}", tag.encode()))
            continue
        if command.upper().startswith("AUTHENTICATE"):
            answer = "OK" if _secret(command, connection, reader) == server.password else "NO wrong"
        elif command.upper().startswith("LOGIN"):
            answer = "OK" if _login(command, connection, reader) == server.password else "NO wrong"
        elif command.upper() == "IDLE":
            _idle(connection, server)
            answer = "OK" if reader.readline().strip() == b"DONE" else "BAD"
        elif command.startswith("EXAMINE") and server.folders is not None and _name(command) not in server.folders:
            answer = "NO [NONEXISTENT] no such folder"
        else:
            for untagged in _answers(command, server):
                connection.sendall(b"* " + untagged + b"\r\n")
            answer = "OK"
        connection.sendall(f"{tag} {answer} done\r\n".encode())
        if command.upper() == "LOGOUT":
            return


def _play(connection: ssl.SSLSocket, scripted: bytes) -> None:
    if scripted == SILENCE:
        connection.recv(1)
    if scripted in {CUT, SILENCE}:
        raise _CutError
    connection.sendall(scripted)
    if b"* BYE" in scripted:
        raise _CutError


def _name(command: str) -> str:
    return command.partition(" ")[2].strip('"').replace('\\"', '"').replace("\\\\", "\\")


def _secret(command: str, connection: ssl.SSLSocket, reader: BufferedIOBase) -> str:
    """What was said in SASL, in the form of PLAIN."""
    steps = 2 if command.upper().endswith("LOGIN") else 1
    said = []
    for _ in range(steps):
        connection.sendall(b"+ \r\n")
        said.append(base64.b64decode(reader.readline()).decode())
    return said[0] if steps == 1 else "\0" + "\0".join(said)


def _login(command: str, connection: ssl.SSLSocket, reader: BufferedIOBase) -> str:
    """What was said with LOGIN, in the form of PLAIN; what has umlauts comes as literals (RFC 3501, 4.3)."""
    line = command.encode()
    given: list[str] = []
    rest = line.partition(b" ")[2]
    while rest:
        if found := re.match(rb" ?\{(\d+)(\+?)\}\Z", rest):
            if not found[2]:
                connection.sendall(b"+ go on\r\n")
            given.append(reader.read(int(found[1])).decode())
            rest = reader.readline().rstrip(b"\r\n")
        elif found := re.match(rb' ?(?:"((?:[^"\\]|\\.)*)"|([^ "{]+))', rest):
            given.append(re.sub(r"\\(.)", r"\1", (found[1] if found[2] is None else found[2]).decode()))
            rest = rest[found.end() :]
        else:
            break
    return "\0" + "\0".join(given)


def _idle(connection: ssl.SSLSocket, server: ImapServer) -> None:
    """Tell of each new mail at once, until the client says anything."""
    known = -1
    connection.sendall(b"+ idling\r\n")
    while not (connection.pending() or select.select([connection], [], [], 0.05)[0]):
        if server.quiet:
            connection.sendall(b"* OK Still here\r\n")
        elif len(server.mails) != known:
            known = len(server.mails)
            connection.sendall(b"* %d EXISTS\r\n" % known)


def _answers(command: str, server: ImapServer) -> Iterator[bytes]:
    if command.startswith("CAPABILITY"):
        yield b"CAPABILITY IMAP4rev1 " + server.capabilities.encode() + b" IDLE" * server.idle
    elif command.startswith("EXAMINE"):
        told = {
            "EXISTS": f"{len(server.mails)} EXISTS",
            "UIDVALIDITY": f"OK [UIDVALIDITY {server.validity}] valid",
            "UIDNEXT": f"OK [UIDNEXT {server.next_uid}] next",
        }
        yield from (told[each].encode() for each in server.tells)
    elif command.startswith("LIST"):
        for name in server.folders or ["INBOX"]:
            yield f'LIST (\\HasNoChildren) "/" "{name}"'.encode()
    elif command == "UID SEARCH UID *":
        yield f"SEARCH {max(server.mails, default='')}".encode()
    elif found := re.match(r"UID SEARCH UID (\d+)\Z", command):
        yield f"SEARCH {found[1] if int(found[1]) in server.mails else ''}".encode()
    elif found := re.match(r"UID FETCH (\d+) \(INTERNALDATE\)", command):
        yield f'1 FETCH (UID {found[1]} INTERNALDATE "{server.arrived}")'.encode()
    elif found := re.match(r"UID SEARCH UID (\d+):\*", command):
        newest = max(server.mails, default=0)
        yield f"SEARCH {' '.join(str(u) for u in server.mails if u >= int(found[1]) or u == newest)}".encode()
    elif command.startswith("UID SEARCH SINCE"):
        yield f"SEARCH {' '.join(str(u) for u in server.mails if u not in server.old)}".encode()
    elif found := re.match(r"UID FETCH ([\d,]+) \(BODY.PEEK\[HEADER.FIELDS \(([A-Z -]+)\)\]\)", command):
        for uid in map(int, found[1].split(",")):
            lines = re.split(rb"\r?\n(?![ \t])", server.mails.get(uid, b"").partition(b"\r\n\r\n")[0])
            wanted = tuple(name.encode() + b":" for name in found[2].split())
            head = b"".join(line + b"\r\n" for line in lines if line.upper().startswith(wanted)) + b"\r\n"
            yield f"1 FETCH (UID {uid} BODY[HEADER.FIELDS ({found[2]})] {{{len(head)}}}\r\n".encode() + head + b")"
    elif found := re.match(r"UID FETCH (\d+) \(BODY.PEEK\[\]<0\.(\d+)>\)", command):
        raw = server.mails.get(int(found[1]))
        if raw is not None:
            raw = raw[: int(found[2])]
            yield f"1 FETCH (UID {found[1]} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")"
