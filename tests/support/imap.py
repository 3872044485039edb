"""A small IMAP server for tests, over real TLS sockets: as much of RFC 3501 as reading new mails needs."""

import base64
import re
import select
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread


@dataclass
class ImapServer:
    """A mailbox; ``mails`` by UID. ``said`` has what clients asked for, without the passwords."""

    port: int
    password: str
    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    next_uid: int = 1
    old: set[int] = field(default_factory=set)  # which arrived long ago
    said: list[str] = field(default_factory=list)
    idle: bool = False  # knows RFC 2177

    def arrive(self, raw: bytes) -> None:
        """A mail comes in."""
        self.mails[self.next_uid] = raw
        self.next_uid += 1


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
    connection.sendall(b"* OK ready\r\n")
    while line := reader.readline().decode().strip():
        tag, _, command = line.partition(" ")
        server.said.append(command)
        if command.upper().startswith("AUTHENTICATE"):
            connection.sendall(b"+ \r\n")
            given = base64.b64decode(reader.readline()).decode()
            answer = "OK" if given == server.password else "NO wrong"
        elif command.upper() == "IDLE":
            _idle(connection, server)
            answer = "OK" if reader.readline().strip() == b"DONE" else "BAD"
        else:
            for untagged in _answers(command, server):
                connection.sendall(b"* " + untagged + b"\r\n")
            answer = "OK"
        connection.sendall(f"{tag} {answer} done\r\n".encode())
        if command.upper() == "LOGOUT":
            return


def _idle(connection: ssl.SSLSocket, server: ImapServer) -> None:
    """Tell of each new mail at once, until the client says anything."""
    known = -1
    connection.sendall(b"+ idling\r\n")
    while not (connection.pending() or select.select([connection], [], [], 0.05)[0]):
        if len(server.mails) != known:
            known = len(server.mails)
            connection.sendall(b"* %d EXISTS\r\n" % known)


def _answers(command: str, server: ImapServer) -> Iterator[bytes]:
    if command.startswith("CAPABILITY"):
        yield b"CAPABILITY IMAP4rev1 AUTH=PLAIN" + b" IDLE" * server.idle
    elif command.startswith("EXAMINE"):
        yield f"{len(server.mails)} EXISTS".encode()
        yield f"OK [UIDVALIDITY {server.validity}] valid".encode()
        yield f"OK [UIDNEXT {server.next_uid}] next".encode()
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
