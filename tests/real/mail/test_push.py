"""Web Push against a real push service on this machine, which decrypts what a phone would.

The services of browsers' makers cannot be reached from tests: what runs here is the same request, encryption and
signature to a server of our own, for which the private addresses are allowed by a setting.
"""

import base64
import json
import os
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from threading import Thread
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_activity, an_agent, an_office, the_guard_says
from tests.support.pki import Authority

from siegelpost.cases import push_news
from siegelpost.dispatch.models import Dispatch
from siegelpost.keys import UnsafeError
from siegelpost.ledger import halt
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.ledger.sequencer import seal
from siegelpost.mail.push import delivery, devices, outbox, wire, wishes
from siegelpost.mail.push.models import PushDevice, PushKind, PushMessage, PushWishes
from siegelpost.office.models import Agent, Role
from siegelpost.settings import load
from siegelpost.toolbox.outgoing import DestinationRefusedError

pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]
HERE = [ip_network("127.0.0.0/8"), ip_network("::1/128")]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Service:
    """A push service, and the phone behind it."""

    port: int = 0
    status: int = 201
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def endpoint(self) -> str:
        return f"https://localhost:{self.port}/push/v1/abc?d=1"

    def subscription(self) -> dict[str, str]:
        encoding, form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        point = self.key.public_key().public_bytes(encoding, form)
        return {"endpoint": self.endpoint, "p256dh": b64(point), "auth": b64(self.secret)}

    def messages(self) -> list[dict[str, Any]]:
        """What the phone reads."""
        read = [http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret) for _, _, body in self.got]
        return [json.loads(one) for one in read]


@pytest.fixture
def service(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    made = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(made.status)
            self.send_header("Location", "https://localhost:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    certificate = authority.issue("localhost")
    chain, key, root = (tmp_path / name for name in ("push.pem", "push.key", "root.pem"))
    chain.write_text(certificate.chain_pem)
    key.write_text(certificate.key_pem)
    root.write_text(authority.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    server = ThreadingHTTPServer(("localhost", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    made.port = server.server_port
    allowing = load().model_copy(update={"private_networks": HERE, "trust_roots": [root]})
    monkeypatch.setattr(wire, "load", lambda: allowing)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def dispatch(monkeypatch: pytest.MonkeyPatch) -> Dispatch:
    an_office()
    the_guard_says(True, monkeypatch)
    noon(monkeypatch)
    sent = a_dispatch()
    seal()
    push_news.round_()
    return sent


def noon(monkeypatch: pytest.MonkeyPatch, hour: int = 11, *, day: int = 25) -> None:
    monkeypatch.setattr("siegelpost.mail.push.outbox.timezone.now", lambda: datetime(2026, 11, day, hour, tzinfo=UTC))


def happens(dispatch: Dispatch, event: EventKind, **data: Any) -> None:
    from django.db import transaction

    with transaction.atomic():
        append(event, subject=str(dispatch.public_id), data=data)
    seal()
    push_news.round_()


def run_jobs() -> None:
    """What the jobs' process does with messages that are due."""
    delivery.sweep()


def let_time_pass() -> None:
    """What waits is due."""
    PushMessage.objects.update(due_at=timezone.now())


def test_the_phone_reads_who_did_what_and_the_service_cannot(service: Service, dispatch: Dispatch) -> None:
    devices.add(dispatch.agent, **service.subscription(), name="Chrome auf Android")
    happens(dispatch, EventKind.DECLARATION_MADE, kind="begin", text="Ja")
    happens(dispatch, EventKind.DECLARATION_MADE, kind="loss", text="Auch ja")
    assert service.got == []  # nothing is sent within the round; a job does it
    run_jobs()
    (told,) = service.messages()
    assert told["title"] == "Mara Berger hat bestätigt"
    assert told["url"] == f"/dispatches/{dispatch.public_id}/"
    (path, headers, body) = service.got[0]
    assert path == "/push/v1/abc?d=1"
    assert headers["content-encoding"] == "aes128gcm"
    assert int(headers["ttl"]) > 0
    assert b"Berger" not in body
    assert PushDevice.objects.get().told_at is not None


def test_the_request_is_signed_for_this_service_by_this_office(service: Service, dispatch: Dispatch) -> None:
    devices.add(dispatch.agent, **service.subscription(), name="x")
    outbox.try_out(dispatch.agent, title="Siegelpost", body="Probe")
    run_jobs()
    scheme, _, rest = service.got[0][1]["authorization"].partition(" ")
    given = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert scheme == "vapid"
    assert given["k"].rstrip("=") == wire.public_key()
    head, claims, signature = given["t"].split(".")
    raw = unb64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(given["k"]))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    said = json.loads(unb64(claims))
    assert said["aud"] == f"https://localhost:{service.port}"
    assert said["sub"] == "mailto:post@lindenhof.test"


@pytest.mark.parametrize(
    ("kind", "event", "data"),
    [
        (PushKind.OPENED, EventKind.NOTIFICATION_ACCESS_TRACKING, {"machine": False}),
        (PushKind.REFUSED, EventKind.CONSIGNMENT_REJECTION, {}),
        (PushKind.BOUNCED, EventKind.RELAY_TO_NON_ERDS_FAILURE, {"answer": "550"}),
        (PushKind.WITHDRAWN, EventKind.WITHDRAWAL_DECLARED, {}),
        (PushKind.HELD, EventKind.DISPATCH_HELD, {"codes": []}),
        (PushKind.WISH, EventKind.INTEREST_STATED, {"interest": "call"}),
        (PushKind.REFUSED, EventKind.INTEREST_STATED, {"interest": "none"}),
    ],
)
def test_each_kind_comes_where_it_was_chosen_and_only_there(
    kind: PushKind, event: EventKind, data: dict[str, Any], service: Service, dispatch: Dispatch
) -> None:
    devices.add(dispatch.agent, **service.subscription(), name="x")
    wishes.wish(dispatch.agent, set(PushKind.values) - {kind.value}, at_night=False)
    happens(dispatch, event, **data)
    run_jobs()
    assert service.got == []
    wishes.wish(dispatch.agent, [kind.value], at_night=False)
    other = a_dispatch(agent=dispatch.agent)
    happens(other, event, **data)
    run_jobs()
    assert [told["tag"] for told in service.messages()] == [f"{kind.value}-{other.public_id}"]


@pytest.mark.parametrize(
    ("interest", "words"),
    [
        ("viewing", "möchte besichtigen"),
        ("call", "bittet um Rückruf"),
        ("papers", "bittet um Unterlagen"),
        ("booked", "hat eine Besichtigung gebucht"),
        ("off", "hat die Besichtigung abgesagt"),
        ("none", "hat kein Interesse"),
    ],
)
def test_a_wish_is_told_each_time_in_the_words_of_everywhere(
    interest: str, words: str, service: Service, dispatch: Dispatch
) -> None:
    """What waits longest for an answer was the one thing that no phone was told of."""
    devices.add(dispatch.agent, **service.subscription(), name="x")
    for _ in range(2):
        happens(dispatch, EventKind.INTEREST_STATED, interest=interest)
    run_jobs()
    assert [told["title"] for told in service.messages()] == [f"Mara Berger {words}"] * 2


def test_a_machines_look_is_no_news(service: Service, dispatch: Dispatch) -> None:
    devices.add(dispatch.agent, **service.subscription(), name="x")
    happens(dispatch, EventKind.NOTIFICATION_ACCESS_TRACKING, machine=True)
    happens(dispatch, EventKind.NOTIFICATION_ACCESS_TRACKING, machine=False)
    happens(dispatch, EventKind.NOTIFICATION_ACCESS_TRACKING, machine=False)
    run_jobs()
    assert len(service.got) == 1


def test_the_certificate_is_told_once_a_day_to_who_sees_to_it(
    service: Service, dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = an_agent(role=Role.ADMINISTRATOR)
    devices.add(boss, **service.subscription(), name="x")
    the_guard_says(False, monkeypatch)
    push_news.certificate_round()
    push_news.certificate_round()
    run_jobs()
    assert [told["url"] for told in service.messages()] == ["/certificate/"]


@pytest.mark.parametrize(("hour", "told"), [(6, 0), (7, 1), (20, 1), (21, 0), (23, 0)])  # UTC; Berlin is one ahead
def test_the_days_follow_ups_are_told_of_once_in_the_morning(
    hour: int, told: int, service: Service, dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, today = dispatch.agent, date(2026, 11, 25)
    devices.add(agent, **service.subscription(), name="x")
    for number, day in enumerate((date(2026, 11, 20), today, date(2026, 11, 26))):
        contact = a_contact(last_name=f"Berger{number}", email=f"{number}@berger.test")
        an_activity(agent=agent, contact=contact, follow_up_on=day)
    noon(monkeypatch, hour)
    for _ in range(3):
        push_news.follow_up_round()
    run_jobs()
    assert [one["title"] for one in service.messages()] == ["2 Wiedervorlagen für heute"] * told
    assert [one["body"] for one in service.messages()] == ["Mara Berger0, Mara Berger1"] * told
    # The next day it is told again, as long as somebody wants to be told.
    wishes.wish(agent, set(PushKind.values) - {PushKind.FOLLOW_UP}, at_night=False)
    noon(monkeypatch, 11, day=26)
    push_news.follow_up_round()
    run_jobs()
    assert len(service.messages()) == told


@pytest.mark.parametrize(
    ("chosen", "hour", "at_night", "told"),
    [
        (6, 4, False, 0), (6, 5, False, 1), (6, 13, False, 1), (6, 21, False, 0), (6, 21, True, 1),
        (23, 22, False, 1), (23, 21, False, 0), (0, 23, False, 1),
    ],
)  # fmt: skip
def test_follow_ups_come_at_the_hour_one_chose_and_at_night_if_one_chose_that(
    chosen: int, hour: int, at_night: bool, told: int, service: Service, dispatch: Dispatch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    devices.add(dispatch.agent, **service.subscription(), name="x")
    wishes.wish(dispatch.agent, PushKind.values, at_night=at_night, follow_up_hour=chosen)
    an_activity(agent=dispatch.agent, text="Anrufen", follow_up_on=date(2026, 11, 25))
    noon(monkeypatch, hour)
    push_news.follow_up_round()
    assert delivery.due().count() == PushMessage.objects.count() == told  # at once
    run_jobs()
    assert [one["body"] for one in service.messages()] == ["Anrufen"] * told


def test_a_day_has_no_other_hours() -> None:
    for hour in (-1, 24):
        with pytest.raises(ValueError, match="0 to 23"):
            wishes.wish(Agent(), [], at_night=False, follow_up_hour=hour)


@pytest.mark.parametrize(
    ("hour", "at_night", "waits_until"),
    [(11, False, None), (22, False, 6), (3, False, 6), (22, True, None)],  # UTC; Berlin is one hour ahead in November
)
def test_the_night_is_quiet_unless_wanted(hour: int, at_night: bool, waits_until: int | None) -> None:
    later = wishes.when(PushWishes(agent=Agent(), at_night=at_night), datetime(2026, 11, 25, hour, tzinfo=UTC))
    assert (later and later.astimezone(UTC).hour) == waits_until
    assert later is None or later > datetime(2026, 11, 25, hour, tzinfo=UTC)


def test_what_happens_at_night_waits_for_the_morning(
    service: Service, dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices.add(dispatch.agent, **service.subscription(), name="x")
    noon(monkeypatch, hour=23)
    happens(dispatch, EventKind.WITHDRAWAL_DECLARED)
    assert PushMessage.objects.get().due_at == datetime(2026, 11, 26, 6, tzinfo=UTC)
    run_jobs()
    assert service.got == []
    noon(monkeypatch, hour=7, day=26)
    run_jobs()
    assert len(service.got) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(status: int, service: Service, dispatch: Dispatch) -> None:
    devices.add(dispatch.agent, **service.subscription(), name="x")
    service.status = status
    outbox.try_out(dispatch.agent, title="a", body="b")
    run_jobs()
    assert not PushDevice.objects.exists()


def test_a_service_in_trouble_is_asked_again_later_and_not_for_ever(service: Service, dispatch: Dispatch) -> None:
    devices.add(dispatch.agent, **service.subscription(), name="x")
    service.status = 503
    happens(dispatch, EventKind.WITHDRAWAL_DECLARED)
    waits: list[timedelta] = []
    for _ in range(delivery.MOST_TRIES + 2):
        run_jobs()
        run_jobs()
        waits += [message.due_at - timezone.now() for message in PushMessage.objects.all()]
        let_time_pass()
    assert len(service.got) == delivery.MOST_TRIES
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 4, 16)]
    assert PushDevice.objects.exists()
    assert not PushMessage.objects.exists()


def test_what_was_told_is_kept_nowhere_and_what_a_killed_process_held_is_told_again(
    service: Service, dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message names people: it is gone once it was handed over; and it goes with its device."""
    devices.add(dispatch.agent, **service.subscription(), name="x")
    happens(dispatch, EventKind.WITHDRAWAL_DECLARED)
    with monkeypatch.context() as killed:
        killed.setattr(wire, "send", lambda *_args, **_more: sys.exit("killed"))
        with pytest.raises(SystemExit):
            run_jobs()
    run_jobs()
    assert service.got == [], "its next attempt has a time"
    let_time_pass()
    run_jobs()
    assert len(service.got) == 1
    assert not PushMessage.objects.exists()
    happens(a_dispatch(agent=dispatch.agent), EventKind.WITHDRAWAL_DECLARED)
    assert PushMessage.objects.exists()
    devices.remove(dispatch.agent, PushDevice.objects.get().pk)
    assert not PushMessage.objects.exists()


def test_of_two_processes_one_hands_a_message_over(service: Service, dispatch: Dispatch) -> None:
    devices.add(dispatch.agent, **service.subscription(), name="x")
    for _ in range(2):
        outbox.try_out(dispatch.agent, title="a", body="b")
        happens(a_dispatch(agent=dispatch.agent), EventKind.WITHDRAWAL_DECLARED)
    for message in PushMessage.objects.all():
        same = PushMessage.objects.get(pk=message.pk)
        assert (delivery._claim(message), delivery._claim(same)) == (True, False)


@pytest.mark.parametrize("stop", ["ending", "halted"])
def test_asked_to_end_or_to_stop_writing_it_tells_nobody(stop: str, service: Service, dispatch: Dispatch) -> None:
    devices.add(dispatch.agent, **service.subscription(), name="x")
    outbox.try_out(dispatch.agent, title="a", body="b")
    if stop == "halted":
        halt.halt("ledger", UnsafeError("Die Datenbank ist älter.", "The database is older."))
    else:
        delivery.stopping.set()
    run_jobs()
    assert service.got == []
    halt.lift("ledger")
    delivery.stopping.clear()
    run_jobs()
    assert len(service.got) == 1


def test_a_redirect_is_not_followed(service: Service, dispatch: Dispatch) -> None:
    devices.add(dispatch.agent, **service.subscription(), name="x")
    service.status = 307
    outbox.try_out(dispatch.agent, title="a", body="b")
    run_jobs()
    assert len(service.got) == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://push.example.com:8443/x",
        "https://user@push.example.com/x",
        "https://2130706433/x",
        "https://push.example.com/" + "x" * 1000,
        "https://push.example.com/\r\nHost: a",
        "file:///etc/passwd",
        "",
    ],
)
def test_addresses_that_are_no_push_service_are_refused(endpoint: str) -> None:
    with pytest.raises(DestinationRefusedError):
        wire.check(endpoint)


@pytest.mark.parametrize("address", ["127.0.0.1", "64:ff9b::7f00:1", "::127.0.0.1", "2002:7f00:1::1", "fec0::1"])
def test_a_device_whose_service_turns_out_to_lie_inside_is_forgotten(
    address: str, service: Service, dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Push let addresses through that the certificate check refuses: two rules for one question."""
    device = devices.add(dispatch.agent, **service.subscription(), name="x")
    monkeypatch.setattr(wire, "load", lambda: load().model_copy(update={"private_networks": []}))
    PushDevice.objects.filter(pk=device.pk).update(endpoint="https://push.example.com/x")
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_more: [(2, 1, 6, "", (address, 443))])
    assert outbox.try_out(dispatch.agent, title="a", body="b")
    delivery.sweep()
    assert not PushDevice.objects.exists()
    assert not service.got


def test_keys_that_are_none_are_refused(service: Service, dispatch: Dispatch) -> None:
    for name in ("p256dh", "auth"):
        with pytest.raises(ValueError, match="keys"):
            devices.add(dispatch.agent, **{**service.subscription(), name: "AAAA"}, name="x")
    assert not PushDevice.objects.exists()
