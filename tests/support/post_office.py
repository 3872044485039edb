"""Debian's Postfix and Dovecot as one mail provider on loopback: the office's mail server and the recipients' one.

Postfix takes mail on a free port and judges recipients; Dovecot keeps the mailboxes (of ``office.test`` and
``example.test``), with quota and Sieve, and serves them over IMAP. Both run from a folder of their own and touch
nothing of the system's. They need root, for each of their parts changes to a user of its own.
"""

import imaplib
import os
import shutil
import smtplib
import socket
import socketserver
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from tests.support import parts
from tests.support.pki import Authority
from tests.support.ports import free_port

PASSWORD = "Schlüssel"
# Under which both servers are known.
NAMES = ("localhost", "mail.office.test")
OFFICE = "buero@office.test"
# Who lives where, with how many bytes of mail; the office's own mailbox has no limit.
MAILBOXES = {
    OFFICE: 0,
    "anna@example.test": 0,
    "away@example.test": 0,
    "tiny@example.test": 1,
    "grey@example.test": 0,
}
REFUSALS = {
    "slow@example.test": "450 4.2.1 Mailbox busy, try again later",
    "nobody@example.test": "550 5.1.1 No such user here",
}
VACATION = """\
require ["vacation"];
vacation :days 1 :addresses ["away@example.test"] :subject "Im Urlaub" "Ja, ich bin bis Montag im Urlaub. Ja!";
"""

_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
dovecot unix - n n - - pipe
  flags=DRXhu user=mail:mail argv={lda} -c {dovecot} -f ${{sender}} -d ${{recipient}} -e
"""

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/postfix
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mx.office.test
mydestination =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtp_dns_support_level = disabled
smtputf8_enable = yes
smtputf8_autodetect_classes = all
smtpd_tls_chain_files = {folder}/key.pem, {folder}/chain.pem
smtpd_tls_security_level = may
smtpd_peername_lookup = no
virtual_mailbox_domains = office.test, example.test
virtual_transport = dovecot
dovecot_destination_recipient_limit = 1
transport_maps = inline:{{ gone@example.test=smtp:[127.0.0.1]:{elsewhere}, umlaut.test=smtp:[127.0.0.1]:{elsewhere} }}
smtpd_restriction_classes = greylisted
greylisted = check_policy_service inet:127.0.0.1:{policy}
smtpd_recipient_restrictions = check_recipient_access inline:{{ {access} }}, permit_mynetworks, reject
# The tests' own probes are no attack.
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
"""

_DOVECOT = """\
base_dir = {folder}/run
state_dir = {folder}/run/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/chain.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:~/Maildir
first_valid_uid = 1
mail_uid = mail
mail_gid = mail
submission_host = 127.0.0.1:{smtp}
postmaster_address = postmaster@example.test
quota_full_tempfail = no
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imap}
    ssl = yes
  }}
}}
service auth {{
  unix_listener auth-userdb {{
    mode = 0777
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
protocol lda {{
  mail_plugins = quota sieve
}}
plugin {{
  quota = maildir:User quota
  sieve = file:{folder}/sieve/%u.sieve
  sieve_vacation_min_period = 0
}}
"""

# Where tokens are taken, too: Dovecot asks the service of each of them, and Postfix asks Dovecot.
_DOVECOT_TOKENS = """\
auth_mechanisms = plain xoauth2 oauthbearer
auth_failure_delay = 0 secs
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
service auth {{
  unix_listener {folder}/sasl {{
    mode = 0666
  }}
}}
# Refusals are part of the tests, and no attack that has to wait.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
_OAUTH2 = """\
introspection_mode = post
introspection_url = http://dovecot:secret@127.0.0.1:{introspection}/introspect
force_introspection = yes
username_attribute = username
active_attribute = active
active_value = true
"""
_MAIN_TOKENS = """\
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/sasl
smtpd_tls_auth_only = yes
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
"""


class PostOfficeError(Exception):
    """Postfix or Dovecot did not come up; the message carries what they said."""


class _Greylist(socketserver.StreamRequestHandler):
    """Postfix's policy protocol: the first attempt of a pair of addresses is told to come again."""

    seen: set[tuple[str, str]]

    def handle(self) -> None:
        asked: dict[str, str] = {}
        for line in self.rfile:
            name, _, value = line.decode("utf-8", "replace").strip().partition("=")
            if name:
                asked[name] = value
                continue
            pair = asked.get("sender", ""), asked.get("recipient", "")
            action = "OK" if pair in self.seen else "450 4.7.1 Greylisted, please come back later"
            self.seen.add(pair)
            self.wfile.write(f"action={action}\n\n".encode())
            asked = {}


@dataclass(frozen=True)
class PostOffice:
    """The running provider: Postfix at ``smtp``, Dovecot at ``imap``, both known as ``localhost``."""

    folder: Path
    smtp: int
    imap: int
    root: Path

    def box(self, user: str) -> list[bytes]:
        """What lies in a mailbox, the oldest first."""
        with self.signed_in(user) as connection:
            connection.select("INBOX", readonly=True)
            _, found = connection.uid("SEARCH", "ALL")
            mails = [connection.uid("FETCH", uid, "(BODY.PEEK[])")[1][0] for uid in found[0].split()]
        return [mail[1] for mail in mails if isinstance(mail, tuple)]

    def wait_for(self, user: str, mails: int) -> list[bytes]:
        """What lies in a mailbox once there are so many.

        Raises:
            AssertionError: there were not, within a minute.
        """
        ends = time.monotonic() + 60
        while len(found := self.box(user)) < mails:
            assert time.monotonic() < ends, f"{len(found)} mails for {user}\n{self.log()}"
            time.sleep(0.1)
        return found

    def send(self, sender: str, recipient: str, raw: bytes) -> None:
        """Hand in a mail, as the mail program of one of the users does."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=30) as connection:
            connection.sendmail(sender, [recipient], raw)

    def empty(self) -> None:
        """Throw away what lies in the mailboxes, and forget whom Sieve has answered."""
        for user in MAILBOXES:
            for name in ("Maildir", ".dovecot.lda-dupes"):
                gone = self.folder / "mail" / user / name
                shutil.rmtree(gone, ignore_errors=True)
                gone.unlink(missing_ok=True)

    def log(self) -> str:
        """The last lines of both servers."""
        logs = [self.folder / name for name in ("postfix.log", "dovecot.log")]
        lines = [line for path in logs if path.exists() for line in path.read_text(errors="replace").splitlines()]
        return "\n".join([line for line in lines if "imap" not in line][-40:])

    @contextmanager
    def signed_in(self, user: str) -> Iterator[imaplib.IMAP4_SSL]:
        """The mailbox of one of the users, as a mail program has it."""
        context = ssl.create_default_context(cafile=str(self.root))
        with imaplib.IMAP4_SSL("localhost", self.imap, ssl_context=context, timeout=30) as connection:
            connection.authenticate("PLAIN", lambda _challenge: f"\0{user}\0{PASSWORD}".encode())
            yield connection


@contextmanager
def post_office(*, elsewhere: int, introspection: int = 0) -> Iterator[PostOffice]:
    """Run both for as long as the ``with`` lasts; mail to ``gone@example.test`` and ``umlaut.test`` is relayed to port
    ``elsewhere``.

    Args:
        introspection: the port of a service that says which tokens are good; with one, nobody sends unless signed in.

    Raises:
        PostOfficeError: one of them did not come up.
    """
    for program in ("postfix", "dovecot", "sievec"):
        parts.need(program)
    if os.geteuid() != 0:
        message = f"{parts.MARK}root, without which Postfix does not start"
        (pytest.skip if os.environ.get("SIEGELPOST_ALLOW_MISSING") == "1" else pytest.fail)(message)
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="siegelpost-post-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        policy = stack.enter_context(_greylisting())
        office = PostOffice(folder, free_port(), free_port(), folder / "root.pem")
        _write(office, elsewhere, policy)
        if introspection:
            _take_tokens(folder, introspection)
        dovecot, postfix = folder / "dovecot.conf", folder / "etc"
        _run("dovecot", "-c", dovecot)
        stack.callback(_run, "doveadm", "-c", dovecot, "stop")
        _run("postfix", "-c", postfix, "start")
        stack.callback(_run, "postfix", "-c", postfix, "stop")
        _wait(office)
        yield office


@contextmanager
def _greylisting() -> Iterator[int]:
    handler = type("Greylist", (_Greylist,), {"seen": set()})
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def _write(office: PostOffice, elsewhere: int, policy: int) -> None:
    folder = office.folder
    folder.chmod(0o755)
    for name in ("etc", "queue", "postfix", "mail", "sieve", "run"):
        (folder / name).mkdir()
    shutil.chown(folder / "postfix", "postfix")
    for name in ("mail", "sieve"):
        shutil.chown(folder / name, "mail", "mail")
    house = Authority.root("House authority")
    served = house.issue(*NAMES)
    (folder / "root.pem").write_text(house.pem)
    (folder / "chain.pem").write_text(served.chain_pem)
    (folder / "key.pem").write_text(served.key_pem)
    # Dovecot's delivery agent runs as another user and reads the same settings.
    (folder / "dovecot.log").touch()
    (folder / "dovecot.log").chmod(0o666)
    users = [
        f"{user}:{{PLAIN}}{PASSWORD}::::{folder}/mail/{user}::"
        + (f"userdb_quota_rule=*:bytes={limit}" if limit else "")
        for user, limit in MAILBOXES.items()
    ]
    (folder / "users").write_text("\n".join(users) + "\n")
    for user in MAILBOXES:
        (folder / "mail" / user).mkdir()
        shutil.chown(folder / "mail" / user, "mail", "mail")
    (folder / "sieve" / "away@example.test.sieve").write_text(VACATION)
    lda = "/usr/lib/dovecot/dovecot-lda"
    access = ", ".join(
        f"{{ {who}={answer} }}" for who, answer in {**REFUSALS, "grey@example.test": "greylisted"}.items()
    )
    (folder / "etc" / "master.cf").write_text(
        _MASTER.format(port=office.smtp, lda=lda, dovecot=folder / "dovecot.conf")
    )
    (folder / "etc" / "main.cf").write_text(
        _MAIN.format(folder=folder, elsewhere=elsewhere, policy=policy, access=access)
    )
    (folder / "dovecot.conf").write_text(_DOVECOT.format(folder=folder, smtp=office.smtp, imap=office.imap))


def _take_tokens(folder: Path, introspection: int) -> None:
    (folder / "oauth2.conf").write_text(_OAUTH2.format(introspection=introspection))
    for name, more in (("dovecot.conf", _DOVECOT_TOKENS), ("etc/main.cf", _MAIN_TOKENS)):
        with (folder / name).open("a") as file:
            file.write(more.format(folder=folder))


def _run(program: str, *words: object) -> None:
    command = [str(parts.find(program) or program), *map(str, words)]
    # Into a file: what stays in the background keeps a pipe open.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, stdout=said, stderr=said, timeout=60)
        said.seek(0)
        answer = said.read().decode(errors="replace")
    if done.returncode:
        raise PostOfficeError(f"{' '.join(command)}: {answer}")


def _wait(office: PostOffice) -> None:
    ends = time.monotonic() + 30
    for port in (office.smtp, office.imap):
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if time.monotonic() > ends:
                raise PostOfficeError(office.log())
            time.sleep(0.05)
