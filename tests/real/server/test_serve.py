"""``siegelpost serve`` as an office runs it: the real command, real processes, real sockets."""

import http.client
import os
import signal
import socket
import ssl
import stat
import threading
import time
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from tests.support import cost
from tests.support.installations import Installation
from tests.support.pki import Authority, Certificate
from tests.support.serving import NAME, Serve, Server, activate
from tests.support.waiting import until

# Of all processes together; what they share counts once.
MOST_MEMORY = 250 * 2**20
FIRST_ANSWER_WITHIN = 3.0


def children(server: Server) -> list[int]:
    return offspring(server.process.pid)


def offspring(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def share(pid: int) -> int:
    """Bytes that a process holds: what it shares with others by its share (PSS)."""
    (line,) = (each for each in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if each.startswith("Pss:"))
    return int(line.split()[1]) * 1024


def test_the_first_start_makes_everything_and_says_where_to_go(serve: Serve) -> None:
    server = serve(certificate=None)
    data = server.installation.data
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    link = server.sign_in_link  # waits until it is said where it lies
    assert "/sign-in/" in link
    assert link not in server.log, "a journal that others read"
    assert stat.S_IMODE((data / "run/first-sign-in.txt").stat().st_mode) == 0o600
    assert server.url in server.log
    served = x509.load_pem_x509_certificate(ssl.get_server_certificate(("127.0.0.1", server.port)).encode())
    names = served.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {NAME, "localhost"} <= set(names.get_values_for_type(x509.DNSName))
    assert ip_address("127.0.0.1") in names.get_values_for_type(x509.IPAddress)


@pytest.mark.alone
def test_a_start_on_an_existing_installation_answers_soon_and_stays_small(serve: Serve) -> None:
    watch = cost.Stopwatch()
    server = serve(workers=2)
    waits = cost.waits(server.process.pid, *children(server))
    assert watch.seconds - sum(waits.values()) < FIRST_ANSWER_WITHIN * cost.pace()
    for _ in range(50):
        assert server.get("/s/unknown/").status == http.client.NOT_FOUND
    assert len(children(server)) == 4
    readers = [one for child in children(server) for one in offspring(child)]
    sizes = {pid: share(pid) for pid in (server.process.pid, *children(server), *readers)}
    assert sum(sizes.values()) < MOST_MEMORY, sizes


def test_a_worker_that_dies_is_replaced_and_nobody_waits_long(serve: Serve) -> None:
    """Also while another still starts, as the jobs do when the first worker answers."""
    server = serve(workers=2)
    server.forgive("a process ended and is started again")
    for victim in children(server):
        os.kill(victim, signal.SIGKILL)
        end = time.monotonic() + 60
        while open_files(victim):  # what it had accepted ends with it
            time.sleep(0.01)
            assert time.monotonic() < end
        while len(children(server)) < 4 or victim in children(server):
            assert server.get("/health/live").status == http.client.OK
            assert time.monotonic() < end
    assert server.get("/health/ready").status == http.client.OK


def open_files(pid: int) -> list[Path]:
    """None where the process has ended."""
    try:
        return list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return []


def test_nothing_is_left_when_the_supervisor_is_killed(serve: Serve) -> None:
    server = serve(workers=2)
    pids = children(server)
    server.process.kill()
    server.process.wait()
    end = time.monotonic() + 25  # jobs finish what they have begun
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < end, "a process outlived its supervisor"
        time.sleep(0.05)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_ending_finishes_what_was_begun(serve: Serve, authority: Authority, how: signal.Signals) -> None:
    server = serve(workers=2)
    context = ssl.create_default_context(cadata=authority.pem)
    with (
        socket.create_connection(("127.0.0.1", server.port), 10) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as sock,
    ):
        body = b"name=" + b"x" * 2_000
        head = f"POST /widerruf/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {len(body)}\r\n"
        sock.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + body[:1_000])
        time.sleep(0.2)
        server.process.send_signal(how)
        time.sleep(0.3)
        sock.sendall(body[1_000:])
        assert sock.recv(100).startswith(b"HTTP/1.1 ")
    assert server.process.wait(15) == 0


def shown(served: list[tuple[float, bytes]], certificate: Certificate) -> bool:
    """Whether the last visitors were all shown this one."""
    return {der for _, der in served[-20:]} == {certificate.der}


def test_a_swap_reaches_every_process_within_two_seconds_and_drops_nobody(
    serve: Serve, installation: Installation, authority: Authority
) -> None:
    server = serve(workers=2)
    context = ssl.create_default_context(cadata=authority.pem)
    done = threading.Event()
    failures: list[Exception] = []
    served: list[tuple[float, bytes]] = []

    def visit() -> None:
        while not done.is_set():
            began = time.monotonic()
            try:
                with (
                    socket.create_connection(("127.0.0.1", server.port), 30) as plain,
                    context.wrap_socket(plain, server_hostname=NAME) as sock,
                ):
                    sock.sendall(f"GET /health/live HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
                    assert sock.recv(100).startswith(b"HTTP/1.1 200")
                    served.append((began, sock.getpeercert(binary_form=True) or b""))
            except Exception as error:
                failures.append(error)

    visitors = [threading.Thread(target=visit) for _ in range(3)]
    for visitor in visitors:
        visitor.start()
    pids = [server.process.pid, *children(server)]
    try:
        for kind in ("rsa2048", "p256", "rsa2048", "p256"):
            new = authority.intermediate().issue(NAME, key=kind)
            activate(installation, new)
            given, watch = time.monotonic(), cost.Stopwatch(*pids)
            time.sleep(2.2)
            until(partial(shown, served, new))
            old = [at for at, der in served if at > given and der != new.der]
            assert max(old, default=given) - given < 2 + watch.waited
    finally:
        done.set()
    for visitor in visitors:
        visitor.join()
    assert failures == []


def test_the_plain_port_only_sends_on(serve: Serve) -> None:
    server = serve()
    for host, status in ((NAME, 308), ("localhost", 308), ("evil.test", 400)):
        connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=10)
        connection.request("GET", "/s/x/?a=b", headers={"Host": host})
        response = connection.getresponse()
        assert response.status == status
        location = response.headers["Location"]
        connection.close()
        if host == NAME:
            assert location == f"{server.url}/s/x/?a=b"
        if host == "evil.test":
            assert location is None


def test_plain_http_on_the_https_port_is_sent_on_too(serve: Serve) -> None:
    server = serve()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/s/x/", headers={"Host": NAME})
    response = connection.getresponse()
    assert (response.status, response.headers["Location"]) == (308, f"{server.url}/s/x/")
    connection.close()


def test_a_port_that_is_taken_is_named(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = installation.run("serve", "--host", "127.0.0.1", "--port", str(port))
    assert ended.returncode == 1
    assert "in use" in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_demonstration_does_not_take_another_server_for_its_own(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    ended = server.installation.run("demo", "--no-stay", "--data", tmp_path / "demo", "--port", str(server.port))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "in use" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_security_headers_are_the_same_in_the_lane_and_in_django(serve: Serve) -> None:
    server = serve()
    lane, django = server.get("/s/unknown/").headers, server.get("/there-is-no-such-page/").headers
    for name in (
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "cross-origin-opener-policy",
        "x-frame-options",
        "strict-transport-security",
    ):
        assert lane[name] == django[name], name
    assert "unsafe" not in lane["content-security-policy"]
    assert "no-store" in lane["cache-control"]


def test_browsers_are_not_held_to_https_by_a_certificate_of_our_own(serve: Serve) -> None:
    assert "strict-transport-security" not in serve(certificate=None).get("/health/live").headers


def test_metrics_are_for_this_machine_or_the_token(serve: Serve) -> None:
    server = serve()
    assert "siegelpost_certificate_not_after_seconds" in server.get("/metrics").text
    for field in ("X_Forwarded_For", "Forwarded", "Via"):  # a proxy hands on what somebody else asks
        assert server.get("/metrics", **{field: "unknown"}).status == http.client.FORBIDDEN
    locked = serve(metrics_token="a long secret")
    assert locked.get("/metrics").status == http.client.FORBIDDEN
    assert locked.get("/metrics", Authorization="Bearer a long secret").status == http.client.OK


def test_static_files_are_kept_by_browsers_until_they_change(serve: Serve) -> None:
    server = serve()
    answer = server.get("/static/siegelpost.css", Accept_Encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    again = server.get("/static/siegelpost.css", If_None_Match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert server.get("/static/../settings.py").status == http.client.NOT_FOUND


def test_a_body_nobody_wants_is_refused(serve: Serve) -> None:
    server = serve()
    assert server.request("POST", "/widerruf/", body=b"x" * 100_000).status == http.client.REQUEST_ENTITY_TOO_LARGE
