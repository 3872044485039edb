"""Questions to a server that are one message long."""

import socket
import threading
from ipaddress import ip_address

from siegelpost.doctor.live import hello
from siegelpost.doctor.live.client_offers import HYBRID, QUESTIONS
from siegelpost.doctor.live.hello import TLS_1_3
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.toolbox.deadline import Deadline

# RFC 8446 §4.1.3: by this "random" a ServerHello asks for a key of another group.
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def record(kind: int, content: bytes) -> bytes:
    return bytes([kind]) + b"\x03\x03" + len(content).to_bytes(2, "big") + content


def asks_for(group: int) -> bytes:
    """What a server says that has the group and got no key of it (RFC 8446 §4.1.4)."""
    extensions = b"\x00\x2b\x00\x02\x03\x04\x00\x33\x00\x02" + group.to_bytes(2, "big")
    body = b"\x03\x03" + RETRY + b"\x00" + b"\x13\x01\x00" + len(extensions).to_bytes(2, "big") + extensions
    return record(22, b"\x02" + len(body).to_bytes(3, "big") + body)


def answered(reply: bytes) -> tuple[hello.Reply, bytes]:
    """How the question about the hybrid key exchange ends, and the hello that was sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        heard = []

        def serve() -> None:
            connection, _address = listener.accept()
            with connection:
                heard.append(connection.recv(65536))
                connection.sendall(reply)

        thread = threading.Thread(target=serve)
        thread.start()
        port = listener.getsockname()[1]
        found = hello.ask(ip_address("127.0.0.1"), port, "office.test", QUESTIONS["hybrid"], Deadline(5))
        thread.join(5)
    return found, heard[0]


def test_a_server_with_the_hybrid_key_exchange_asks_for_its_key() -> None:
    """No key is sent along, so that no server can choose another group, nor stumble over one that was made up."""
    reply, sent = answered(asks_for(HYBRID))
    assert (reply.outcome, reply.version) == (Outcome.ANSWERED, TLS_1_3)
    assert b"\x00\x33\x00\x02\x00\x00" in sent
    assert b"\x00\x0a\x00\x04\x00\x02\x11\xec" in sent


def test_a_server_without_it_refuses() -> None:
    reply, _sent = answered(record(21, b"\x02\x28"))
    assert (reply.outcome, reply.alert) == (Outcome.ALERT, 40)
