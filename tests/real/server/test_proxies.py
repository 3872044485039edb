"""Behind real proxies, without a certificate of one's own: addresses, forms and the guard are as they should be."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http import client
from pathlib import Path

import pytest
from tests.support import parts
from tests.support.pki import Authority, Certificate
from tests.support.ports import free_port
from tests.support.serving import NAME, Serve, Server
from tests.support.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name office.test;
        ssl_certificate {folder}/chain.pem;
        ssl_certificate_key {folder}/key.pem;
        client_max_body_size 512m;
        location / {{
            proxy_pass http://127.0.0.1:{behind};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_buffering off;
        }}
    }}
}}
"""
CADDY = """
{{
    admin off
    auto_https off
}}
https://office.test:{port} {{
    tls {folder}/chain.pem {folder}/key.pem
    reverse_proxy unix/{socket}
}}
"""
PROXIES = {
    "nginx": (NGINX, ["nginx", "-c", "{folder}/configuration", "-p", "{folder}"]),
    "caddy": (CADDY, ["caddy", "run", "--adapter", "caddyfile", "--config", "{folder}/configuration"]),
}


@contextmanager
def proxy(kind: str, folder: Path, certificate: Certificate, **values: object) -> Iterator[None]:
    template, command = PROXIES[kind]
    folder.mkdir()
    (folder / "chain.pem").write_text(certificate.chain_pem)
    (folder / "key.pem").write_text(certificate.key_pem)
    (folder / "configuration").write_text(template.format(folder=folder, **values))
    program, *arguments = (word.format(folder=folder) for word in command)
    environment = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "PATH": "/usr/sbin:/usr/bin:/bin"}
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen([parts.need(program), *arguments], stdout=log, stderr=log, env=environment)
    try:
        yield
        assert running.poll() is None, (folder / "log").read_text()
    finally:
        running.terminate()
        running.wait(20)


@pytest.mark.parametrize("kind", PROXIES)
def test_behind_a_real_proxy(
    kind: str, serve: Serve, authority: Authority, trusted_certificate: Certificate, tmp_path: Path
) -> None:
    port, behind, socket = free_port(), free_port(), tmp_path / "handed-on.sock"
    place = f"127.0.0.1:{behind}" if kind == "nginx" else f"unix:{socket}"
    settings = {"public_url": f"https://{NAME}:{port}", "proxy_listen": place}
    with proxy(kind, tmp_path / kind, trusted_certificate, port=port, behind=behind, socket=socket):
        server = serve(certificate=None, **settings)
        through = replace(server, port=port, trust=authority.pem)
        until(lambda: through.get("/health/ready").status == client.OK, forgive=(OSError,))
        _signs_in(through)
        _its_address_is_that_of_the_visitor(server)
        _the_guard_judges_the_public_address(server, settings, tmp_path)


def _signs_in(through: Server) -> None:
    """Forms work, with the proxy's origin; another site's do not; and a forged address is not believed."""
    path = re.sub(r"^https://[^/]+", "", through.sign_in_link)
    page = through.get(path)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": page.headers["set-cookie"].partition(";")[0],
        "X-Forwarded-For": "203.0.113.66",
        "Forwarded": "for=203.0.113.66",
        "X-Real-IP": "203.0.113.66",
    }
    body = f"csrfmiddlewaretoken={token[1]}".encode()
    foreign = through.request("POST", path, body=body, headers={**headers, "Origin": "https://elsewhere.test"})
    assert foreign.status == client.FORBIDDEN
    own = through.request("POST", path, body=body, headers={**headers, "Origin": f"https://{NAME}:{through.port}"})
    assert own.status == client.FOUND, own.text
    assert own.headers["location"] == "/account/first-access/"
    cookies = re.findall(r"__Host-session=[^;]+", own.headers["set-cookie"])
    session = {**headers, "Cookie": cookies[0]}
    del session["Content-Type"]
    assert through.request("GET", "/account/first-access/", headers=session).status == client.OK


def _its_address_is_that_of_the_visitor(server: Server) -> None:
    print_address = "from allauth.usersessions.models import UserSession as U; print(U.objects.latest('pk').ip)"
    assert server.installation.python(print_address).strip() == "127.0.0.1"


def _the_guard_judges_the_public_address(server: Server, settings: dict[str, str], folder: Path) -> None:
    """What a recipient would meet is the proxy's certificate: the doctor accepts it, though ours is self-signed."""
    known = {"resolve": f'{{"{NAME}": "127.0.0.1"}}', "trust_roots": f'["{folder / "root.pem"}"]'}
    installation = replace(server.installation, settings={**server.installation.settings, **settings, **known})
    ended = installation.run("doctor", "--lang", "en")
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_what_came_in_plain_is_sent_to_https(serve: Serve) -> None:
    behind = free_port()
    server = serve(certificate=None, proxy_listen=f"127.0.0.1:{behind}")
    with closing(client.HTTPConnection("127.0.0.1", behind, timeout=30)) as connection:
        _asks_plainly(connection, server)


def _asks_plainly(connection: client.HTTPConnection, server: Server) -> None:
    headers = {"Host": NAME, "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http"}
    connection.request("GET", "/account/login/?a=b", headers=headers)
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, f"{server.url}/account/login/?a=b")
    answer.read()
    connection.request("GET", "/account/login/", headers={**headers, "X-Forwarded-Proto": "https"})
    assert connection.getresponse().status == client.OK, "on the same connection"
