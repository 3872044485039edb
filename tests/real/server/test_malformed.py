"""Forged and malformed input before the real server, on every port: refused alike in both rooms, and never more than a
short line in the log.
"""

import socket
import ssl
from contextlib import suppress

import pytest
from tests.real.server.test_serve import children
from tests.support import cost
from tests.support.front_server import read_all
from tests.support.ports import free_port
from tests.support.serving import NAME, Serve, Server
from tests.support.waiting import until

from siegelpost.tls.front.limits import Limits

LANE, DJANGO = "/health/live", "/account/login/"
GOOD = f"Host: {NAME}"
FORM = f"{GOOD}\r\nContent-Type: application/x-www-form-urlencoded"
MULTIPART = f"{GOOD}\r\nContent-Type: multipart/form-data; boundary="


def head(line: str, *fields: str) -> bytes:
    return "\r\n".join((line, *fields, "Connection: close", "", "")).encode("latin-1")


def posted(path: str, fields: str, body: bytes) -> bytes:
    return head(f"POST {path} HTTP/1.1", fields, f"Content-Length: {len(body)}") + body


# Refused by 400, whichever room the path belongs to.
REFUSED = {
    "no host": ("GET {path} HTTP/1.1",),
    "two hosts": ("GET {path} HTTP/1.1", GOOD, GOOD),
    "two hosts, one of them forged": ("GET {path} HTTP/1.1", GOOD, "Host: evil.example"),
    "a forged host": ("GET {path} HTTP/1.1", "Host: evil.example"),
    "a host that is none": ("GET {path} HTTP/1.1", "Host: a b/../<script>"),
    "an empty host": ("GET {path} HTTP/1.1", "Host:"),
    "a long host": ("GET {path} HTTP/1.1", "Host: " + "a" * 8_000),
    "a host with odd bytes": ("GET {path} HTTP/1.1", "Host: \xff\xfe\x85evil"),
    "a host with a log line in it": ("GET {path} HTTP/1.1", "Host: x [error] Traceback"),
    "another transfer coding": ("POST {path} HTTP/1.1", GOOD, "Transfer-Encoding: gzip, chunked"),
    "two transfer codings": ("POST {path} HTTP/1.1", GOOD, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    "identity": ("POST {path} HTTP/1.1", GOOD, "Transfer-Encoding: identity"),
    "chunks in HTTP/1.0": ("POST {path} HTTP/1.0", GOOD, "Transfer-Encoding: chunked"),
    "length and chunks": ("POST {path} HTTP/1.1", GOOD, "Content-Length: 3", "Transfer-Encoding: chunked"),
    "two lengths": ("POST {path} HTTP/1.1", GOOD, "Content-Length: 3", "Content-Length: 4"),
    "a length that is none": ("POST {path} HTTP/1.1", GOOD, "Content-Length: -1"),
    "a length without end": ("POST {path} HTTP/1.1", GOOD, "Content-Length: " + "9" * 40),
    "a version of its own": ("GET {path} HTTP/9.9", GOOD),
    "an old version": ("GET {path} HTTP/0.9", GOOD),
    "an address with odd bytes": ("GET {path}?\xff\xfe HTTP/1.1", GOOD),
    "a name with a space": ("GET {path} HTTP/1.1", GOOD, "X y: z"),
    "a folded field": ("GET {path} HTTP/1.1", GOOD, "X: a\r\n b"),
    "NUL in a field": ("GET {path} HTTP/1.1", GOOD, "X: \x00"),
    "no method": ("{path} HTTP/1.1", GOOD),
    "a method of its own": ("BREW {path} HTTP/1.1", GOOD),
}
# Answered or refused, each in its own way.
ODD = [
    head("GET * HTTP/1.1", GOOD),
    head("OPTIONS * HTTP/1.1", GOOD),
    head("CONNECT office.test:443 HTTP/1.1", GOOD),
    head("GET http://evil.example/ HTTP/1.1", GOOD),
    head("GET //evil.example/ HTTP/1.1", GOOD),
    head("PRI * HTTP/2.0"),
    *(
        head(f"{method} {path} HTTP/1.1", GOOD, "Cookie: __Host-session=%00\x01; a==;;=b; __Host-device=\xff")
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")
        for path in (
            "/s/%00%ff%2e%2e/",
            "/s/x/bild/%00.webp",
            "/%00",
            "/%ed%a0%80/",
            "/sign-in/%00/",
            "/widerruf/?%00=%ff",
        )
    ),
    head(f"GET {LANE} HTTP/1.1", GOOD, "Accept-Language: " + ";q=,*-" * 2000),
    head("GET / HTTP/1.1", GOOD, "Accept-Language: \xff\xfe-%;q=nan", "If-Modified-Since: \xff", "Range: bytes=9-1"),
    head("GET / HTTP/1.1", GOOD, "Cookie: __Host-session=" + "x" * 5000, "X-Forwarded-For: \xff, [::, %"),
    head("GET /static/../../etc/passwd HTTP/1.1", GOOD),
    head("GET /live/ HTTP/1.1", GOOD, "Last-Event-ID: \xff" * 3),
    head("GET /calendar/%00.ics HTTP/1.1", GOOD),
    posted(DJANGO, FORM, b"login=%00&password=%ff%fe&csrfmiddlewaretoken=%00"),
    posted(DJANGO, FORM, b"&".join(b"a%d=b" % number for number in range(2000))),
    posted(DJANGO, f"{GOOD}\r\nContent-Type: \xff;charset=\xfe", b"x"),
    posted(DJANGO, f"{GOOD}\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-7", b"a=+AGE-"),
    posted("/widerruf/", FORM, b"name=%00&email=%00&contract=%00\x00&reason=%ff"),
    posted("/widerruf/", FORM, "name=\udcff&email=a@b&contract=c".encode("utf-8", "surrogateescape")),
    posted("/widerruf/", MULTIPART, b"x"),
    posted("/widerruf/", MULTIPART + "\xff", b"--\xff\r\n\r\n"),
    posted("/widerruf/", MULTIPART + "b", b'--b\r\nContent-Disposition: form-data; name="\x00"\r\n\r\nx\r\n--b--'),
    posted("/widerruf/", MULTIPART + "b", b'--b\r\nContent-Disposition: form-data; name="f"; filename="\xff\r\n\r\nx'),
    posted("/widerruf/", MULTIPART + "b", b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--"),
    posted("/widerruf/", MULTIPART + "b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 1500),
    posted("/s/" + "x" * 32 + "/", FORM, b"stamp=%00&name=%00&party=%ff&order=on"),
    posted("/s/" + "x" * 32 + "/widerruf/", FORM, b"name=%00&email=%00"),
    posted("/einwilligung/%00/", FORM, b"act=%00"),
    head("POST /widerruf/ HTTP/1.1", FORM, "Content-Length: 100") + b"name=Mar",
    head("POST /widerruf/ HTTP/1.1", FORM, "Transfer-Encoding: chunked") + b"zz\r\n",
    head("POST /widerruf/ HTTP/1.1", FORM, "Transfer-Encoding: chunked") + b"5\r\nname=",
    head("POST /widerruf/ HTTP/1.1", FORM, "Content-Encoding: gzip", "Content-Length: 3") + b"\x1f\x8b\x00",
    head("POST /widerruf/ HTTP/1.1", FORM, "Origin: \xff", "Content-Length: 1") + b"x",
    head("POST /widerruf/ HTTP/1.1", FORM, "Origin: http://[", "Referer: http://[::", "Content-Length: 1") + b"x",
    head("POST /account/login/ HTTP/1.1", FORM, "Origin: http://[", "Content-Length: 1") + b"x",
    head("POST /account/login/ HTTP/1.1", FORM, "Referer: https://[", "Content-Length: 1") + b"x",
    b"\x00" * 500,
    b"\r\n" * 500,
    b"G",
    b"GET / HTTP/1.1\r\nHost: " + b"x" * 40_000,
    b"GET /" + b"x" * 40_000,
    b"GET /health/live\r\n\r\n",
    b"GET /health/live HTTP/1.1\nHost: office.test\n\n",
]
MAIL = [
    b"\x00\xff\r\n",
    b"LHLO \xff\xfe\r\nMAIL FROM:<\xff>\r\n",
    b"LHLO a\r\nMAIL FROM:<" + b"x" * 5000 + b">\r\n",
    b"LHLO a\r\nMAIL FROM:<a@b> SIZE=abc BODY=\r\nRCPT TO:\r\nDATA\r\n",
    b"LHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + b"x" * 2000 + b"\r\n.\r\n",
    b"LHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nFrom: =?utf-8?Q?=00?=\r\n\r\n\x00\xff\r\n.\r\nQUIT\r\n",
    b"AUTH PLAIN \xff\r\nVRFY \xff\r\nHELP \xff\r\nSTARTTLS\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
]


# What stands in a field that costs the square of its length, and by what letter it grows; seconds of processor time.
DEAR = {"Cookie": ('a="', "\\"), "Content-Type": ('text/x; a="', ";"), "Accept": ('text/x; a="', ";")}
TIMES, MOST_DEAR = 10, 0.03


@pytest.fixture
def server(serve: Serve) -> tuple[Server, int]:
    port = free_port()
    server = serve(mail_in_port=str(port))
    server.forgive("a request for a name that is not ours")  # one of them has words of a traceback in it
    return server, port


def plainly(port: int, said: bytes) -> bytes:
    """What is answered on this port; the client ends its side when it has said all."""
    with socket.create_connection(("127.0.0.1", port), 30) as sock, suppress(OSError):
        sock.sendall(said)
        sock.shutdown(socket.SHUT_WR)
        return read_all(sock)
    return b""


def over_tls(server: Server, said: bytes, patience: float = 30) -> bytes:
    context = ssl.create_default_context(cadata=server.trust)
    with (
        socket.create_connection(("127.0.0.1", server.port), 30) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as sock,
        suppress(ConnectionError, ssl.SSLError),
    ):
        sock.sendall(said)
        sock.settimeout(patience)
        with suppress(TimeoutError):
            return read_all(sock)
    return b""


def test_no_forged_or_malformed_input_writes_more_than_a_line(server: tuple[Server, int]) -> None:
    """A forged Host field left a traceback of 13 lines for each request; HTTP/0.9, no Host and a second transfer coding
    were answered by one room and refused by the other.
    """
    running, mail_port = server
    before = len(running.log.splitlines())
    wrong = []
    for name, (line, *fields) in REFUSED.items():
        for path in (LANE, DJANGO, "/s/unknown/"):
            answer = over_tls(running, head(line.format(path=path), *fields))
            if not answer.startswith(b"HTTP/1.1 400 "):
                wrong.append((name, path, answer[:60]))
    assert wrong == []
    for said in ODD:
        answer = over_tls(running, said, patience=1)  # some say only half of what they announce
        assert not answer.startswith(b"HTTP/1.1 5"), (said[:100], answer[:200])
        plainly(running.http_port, said)
        plainly(running.port, said)
    for said in MAIL:
        plainly(mail_port, said)
    until(lambda: running.get(LANE).status == 200)
    lines = running.log.splitlines()[before:]
    assert "Traceback" not in "\n".join(line for line in lines if "x [error] Traceback" not in line)
    assert len(lines) <= 3 * len(REFUSED) + 3 * len(ODD) + len(MAIL), "\n".join(lines)
    assert max(map(len, lines), default=0) < 600


def test_no_field_of_a_request_costs_much_more_than_its_bytes(server: tuple[Server, int]) -> None:
    """A cookie of 32 KB in quotes took a worker 1.2 s to read (CVE-2024-7592), a Content-Type half a second, and one of
    8 KB still 75 ms.
    """
    running, most = server[0], dict.fromkeys(DEAR, Limits().field_size) | {"Content-Type": Limits().content_type_size}

    def costs(name: str, value: str) -> float:
        pids = [running.process.pid, *children(running)]
        found = []
        for _ in range(TIMES):
            before = cost.used(*pids)
            asked = head("POST /account/login/ HTTP/1.1", GOOD, f"{name}: {value}", "Content-Length: 0")
            assert over_tls(running, asked).startswith(b"HTTP/1.1 403 ")
            found.append(cost.used(*pids) - before)
        return min(found)  # the jobs are at work beside it

    cheap = min(costs(name, "a" * (most[name] - 10)) for name in DEAR)
    written = {name: value.ljust(most[name] - 1, fill) + '"' for name, (value, fill) in DEAR.items()}
    dear = {name: costs(name, value) - cheap for name, value in written.items()}
    assert max(dear.values()) < MOST_DEAR, dear


def test_the_plain_port_wants_one_host_as_well(server: tuple[Server, int]) -> None:
    port = server[0].http_port
    assert plainly(port, head("GET / HTTP/1.1", GOOD)).startswith(b"HTTP/1.1 308 ")
    for fields in ((), (GOOD, GOOD), (GOOD, "Host: evil.example"), ("Host: evil.example",)):
        assert plainly(port, head("GET / HTTP/1.1", *fields)).startswith(b"HTTP/1.1 400 "), fields


def test_whether_it_is_well_may_be_asked_by_address_and_without_a_name(server: tuple[Server, int]) -> None:
    """A balancer that looks after the server knows its address, not its name."""
    running = server[0]
    for asked in (head("GET /health/ready HTTP/1.0"), head("GET /health/ready HTTP/1.1", "Host: 127.0.0.1")):
        assert over_tls(running, asked).startswith(b"HTTP/1.1 200 ")
    assert over_tls(running, head("GET /s/x/ HTTP/1.0")).startswith(b"HTTP/1.1 400 ")
