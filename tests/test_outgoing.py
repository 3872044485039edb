"""Who opens connections: addresses that others have named go through one module, and whoever else does is listed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src/siegelpost"
# By what a connection is opened or a host is looked up, in the standard library and in what we use of others; a module
# stands for all that is in it.
OPENERS = (
    *("urllib.request", "http.client.HTTPConnection", "http.client.HTTPSConnection", "socket.create_connection"),
    *("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyname_ex", "asyncio.open_connection", "ftplib"),
    *("smtplib.SMTP", "smtplib.SMTP_SSL", "smtplib.LMTP", "imaplib.IMAP4", "imaplib.IMAP4_SSL", "poplib", "xmlrpc"),
    *("imapclient.IMAPClient", "requests", "httpx", "aiohttp", "urllib3", "lexicon", "acme.client", "dns.query"),
    *("pywebpush.webpush", "dkim.dnsplug", "websockets"),
)
# Its tables differ between versions of Python, and it does not see what hides in an address.
OF_THE_STANDARD_LIBRARY = {"is_private", "is_global", "is_reserved", "is_multicast", "is_site_local"}
CLIENT_SOCKETS = "a socket that connects"
# Beside toolbox/outgoing.py, the one rule: where, what, and why its rule does not hold there.
EXCEPTIONS = {
    ("toolbox/outgoing.py", "http.client.HTTPConnection"): "the one rule",
    ("toolbox/outgoing.py", "socket.getaddrinfo"): "the one rule",
    ("toolbox/outgoing.py", CLIENT_SOCKETS): "the one rule",
    ("doctor/live/lookup.py", "socket.getaddrinfo"): "a name of the house's own network, which an administrator typed",
    ("doctor/live/wire.py", CLIENT_SOCKETS): "to the server that is checked; inquiry.py judges each address",
    ("checklist/network.py", "http.client.HTTPConnection"): "to this machine's own port",
    ("demo/ready.py", "http.client.HTTPSConnection"): "to this machine's own port",
    ("demo/recipient.py", "http.client.HTTPSConnection"): "the demonstration's recipient, on this machine",
    ("mail/outgoing/smtp.py", "smtplib.SMTP"): "the office's own mail server, which may stand in the house",
    ("mail/outgoing/smtp.py", "socket.create_connection"): "the office's own mail server, which may stand in the house",
    ("mail/incoming/imap_line.py", "imapclient.IMAPClient"): "the office's own mailbox, which may stand in the house",
    ("mail/incoming/imap_line.py", "imaplib.IMAP4"): "its errors, by which the office's own mailbox fails",
    ("mail/incoming/imap_failures.py", "imaplib.IMAP4"): "its errors, by which the office's own mailbox fails",
    ("mail/incoming/imap.py", "imaplib.IMAP4"): "its errors, by which the office's own mailbox fails",
    ("mail/incoming/token_login.py", "imapclient.IMAPClient"): "its type: the office's own mailbox, opened already",
    ("mail/incoming/token_login.py", "imaplib.IMAP4"): "its errors, by which the office's own mailbox fails",
    ("tls/acme/client.py", "acme.client"): "the authority an administrator named; takes no proxy, https only",
    ("tls/acme/client.py", "requests"): "the authority an administrator named; takes no proxy, https only",
    ("doctor/live/issuance.py", "dns.query"): "this machine's own name servers",
    ("tls/acme/dns_providers.py", "lexicon"): "the list of its providers; nothing is asked",
    (
        "tls/acme/challenges/acme_dns.py",
        "requests",
    ): "the acme-dns server an administrator named; takes no proxy",
    ("certificates/dyndns/rfc2136.py", "dns.query"): "the name server of the office's own zone",
    ("certificates/dyndns/zone.py", "dns.query"): "the name servers of the office's own zone",
    ("tls/acme/challenges/name_servers.py", "dns.query"): "the name servers of the office's own zone",
    ("tls/acme/challenges/dns01.py", "lexicon"): "the provider of the office's own zone, with its own client",
    ("tls/acme/challenges/dns01.py", "socket.getaddrinfo"): "the name server of the office's own zone",
    ("tls/acme/challenges/dns01.py", "dns.query"): "the name server of the office's own zone",
}


def imported(tree: ast.AST) -> Iterator[str]:
    """What a module imports, by its whole name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)


def opened(text: str) -> set[str]:
    """What of it opens connections."""
    tree = ast.parse(text)
    imports = set(imported(tree))
    parts = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found = {opener for opener in OPENERS for name in imports if f"{name}.".startswith(f"{opener}.")}
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    if "socket" in imports and any(isinstance(each, ast.Attribute) and each.attr == "connect" for each in calls):
        found.add(CLIENT_SOCKETS)
    return found | parts.intersection(OPENERS)


def parts(path: Path) -> set[str]:
    """What a module asks of its objects, by name."""
    return {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize(
    "text",
    [
        *("import requests", "from urllib.request import urlopen", "import http.client\nhttp.client.HTTPConnection()"),
        *("import socket\nsocket.socket().connect(x)", "import socket\nsocket.getaddrinfo(x)", "import httpx as web"),
    ],
)
def test_each_way_is_seen(text: str) -> None:
    assert opened(text)


def test_whatever_asks_strangers_addresses_goes_through_the_one_rule() -> None:
    """Push and the certificate check had two rules for one question, and time stamps had none."""
    files = sorted(SOURCE.rglob("*.py"))
    found = {(str(path.relative_to(SOURCE)), each) for path in files for each in opened(path.read_text())}
    assert found == set(EXCEPTIONS)
    assert all(EXCEPTIONS.values())


def test_nobody_else_has_a_rule_of_what_is_public() -> None:
    """The front, the assistant, and who asks name servers asked the standard library, which knows fewer disguises."""
    asking = [path for path in SOURCE.rglob("*.py") if parts(path) & OF_THE_STANDARD_LIBRARY]
    assert asking == []


def test_the_public_suffixes_are_built_in_one_place() -> None:
    """They were read anew, for some hundredths of a second, with each question about a domain."""
    building = [path for path in SOURCE.rglob("*.py") if "import PublicSuffixList" in path.read_text()]
    assert [str(path.relative_to(SOURCE)) for path in building] == ["toolbox/public_suffixes.py"]
