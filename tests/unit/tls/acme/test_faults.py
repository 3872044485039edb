"""What may go wrong. After each: what was served still is, one order was made, and the status says what happened."""

import json
import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.fake_acme import HARM, FakeAuthority
from tests.unit.tls.acme.conftest import NAME, SHORT, Clock, MakeFake, Office

from siegelpost.tls.acme import renewal
from siegelpost.tls.acme.plan import KeyType, load_plan
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.progress import ProgressState, progress
from siegelpost.tls.acme.words import problem_text, remedy_texts
from siegelpost.tls.store import Store


def fails(office: Office, code: Code, **options: bool) -> AcmeError:
    """A look that comes to nothing: nothing of what is served changes, and the status has the words for it."""
    before = office.store.current()
    with pytest.raises(AcmeError) as caught:
        office.look(**options)
    assert caught.value.problem.code is code, caught.value
    assert office.store.current() == before
    found = office.status
    assert found.problem == caught.value.problem
    assert found.progress
    assert found.progress.state is ProgressState.FAILED
    assert found.next_try_at
    assert found.next_try_at > office.clock()
    for language in ("de", "en"):
        assert "?" not in problem_text(found.problem, language).replace("? ", "")
        assert remedy_texts(found.problem, language)
    return caught.value


def down(path: str) -> None:
    raise ConnectionError


def test_an_authority_that_is_down_for_days(due: Office, fake: FakeAuthority) -> None:
    fake.harm = down
    (served,) = due.store.current()
    waits: list[timedelta] = []
    end = due.clock() + timedelta(days=5)
    while due.clock() < end:
        fails(due, Code.UNREACHABLE)
        assert due.look() == (), "not before the pause is over"
        waits.append((due.status.next_try_at or end) - due.clock())
        due.clock.at += waits[-1]
    assert [each.total_seconds() / 60 for each in waits[:5]] == [1, 2, 2, 5, 10]
    assert max(waits) == timedelta(hours=6)
    fake.harm = lambda path: None
    (new,) = due.look()
    assert len(fake.orders) == len(fake.issued) == 2
    assert [each.id for each in due.store.current()] == [new]
    assert due.store.get(served.id) == served
    assert due.status.problem is None
    assert due.status.failures == 0


def test_the_second_authority_steps_in_when_the_first_cannot(
    due: Office, fake: FakeAuthority, make_fake: MakeFake
) -> None:
    other = make_fake("other")
    due.roots += other.roots
    due.plan(fake, other)
    fake.harm = down
    assert due.look()
    assert (len(fake.orders), len(other.orders)) == (1, 1)


@pytest.mark.parametrize(
    ("where", "answer"),
    [
        ("/directory", (200, b"<html>Welcome to the router</html>")),
        ("/directory", (200, b'{"newNonce": 3}')),
        ("/directory", (200, b"x" * 2**21)),
        ("/new-order", (200, b"{" * 50_000)),
        ("/new-order", (404, b'{"detail": "none"}')),
        ("/authz", (200, b"[]")),
        ("/authz", (204, b"")),
        ("/finalize", (500, b"oops")),
        ("/finalize", (200, b"null")),
        ("/cert", (200, b"")),
        ("/cert", (200, b"-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n")),
    ],
)
def test_nonsense_is_told_as_such(due: Office, fake: FakeAuthority, where: str, answer: tuple[int, bytes]) -> None:
    (served,) = due.store.current()
    fake.harm = lambda path: answer if path.startswith(where) else None
    with pytest.raises(AcmeError) as caught:
        due.look()
    assert caught.value.problem.code in {Code.NONSENSE, Code.AUTHORITY_FAILED, Code.REFUSED}, caught.value
    assert due.store.current() == [served]
    assert due.status.problem == caught.value.problem
    fake.harm = lambda path: None
    due.clock.forward(minutes=10)
    assert due.look()
    assert len(fake.issued) == 2, "one certificate, in the end"


BUSY = b"<html><h1>503 Service Temporarily Unavailable</h1></html>"


BUSY_AS_JSON = json.dumps({"type": HARM + "rateLimited", "detail": "Service busy; retry later."}).encode()


def test_a_busy_authority_may_also_say_so_in_its_own_words(due: Office, fake: FakeAuthority) -> None:
    """As in diafygi/acme-tiny#281."""
    fake.harm = lambda path: (503, BUSY_AS_JSON) if path == "/new-order" else None
    fake.harm_headers = {"Retry-After": "120"}
    fails(due, Code.RATE_LIMITED)
    assert due.status.next_try_at == due.clock() + timedelta(minutes=2)


@pytest.mark.parametrize("where", ["/directory", "/new-order", "/authz", "/finalize", "/cert"])
def test_a_busy_authority_is_told_as_busy_and_left_in_peace_for_as_long_as_it_wants(
    due: Office, fake: FakeAuthority, where: str
) -> None:
    """Let's Encrypt's „Service busy“ is a page for people: it was called nonsense, and asked again in a minute."""
    fake.harm = lambda path: (503, BUSY) if path.startswith(where) else None
    fake.harm_headers = {"Retry-After": "7200"}
    error = fails(due, Code.AUTHORITY_FAILED)
    assert "503" in error.problem.values["detail"]
    assert due.status.next_try_at == due.clock() + timedelta(hours=2)
    fake.harm = lambda path: None
    due.clock.forward(hours=2)
    assert due.look()
    assert len(fake.issued) == 2, "one certificate, in the end"


def test_an_authority_that_wants_to_be_left_in_peace_holds_up_no_other(
    due: Office, fake: FakeAuthority, make_fake: MakeFake
) -> None:
    """„In a week“ from the first, and a minute's trouble at the second, made a week for both."""
    other = make_fake("other")
    due.roots += other.roots
    due.plan(fake, other)
    problem = {"type": HARM + "rateLimited", "detail": "too many certificates"}
    fake.harm = lambda path: (429, json.dumps(problem).encode()) if path == "/new-order" else None
    fake.harm_headers = {"Retry-After": "604800"}
    other.harm = down
    fails(due, Code.RATE_LIMITED)
    assert due.status.next_try_at == due.clock() + timedelta(minutes=1)
    due.clock.forward(minutes=1)
    asked = fake.requests.count("POST /new-order")
    fails(due, Code.UNREACHABLE)
    assert fake.requests.count("POST /new-order") == asked, "the first is left in peace"
    other.harm = lambda path: None
    due.clock.forward(minutes=2)
    assert due.look()


@pytest.mark.parametrize("names", [["other.test"], [f"www.{NAME}"], ["xn--bad"]])
def test_a_certificate_for_another_name_is_never_stored(due: Office, fake: FakeAuthority, names: list[str]) -> None:
    fake.names_for = lambda asked: names
    stored = due.store.history()
    fails(due, Code.WRONG_NAMES)
    assert due.store.history() == stored
    for _ in range(6):
        due.clock.forward(minutes=30)
        fails(due, Code.WRONG_NAMES, asked=True)
    assert len(fake.issued) == 2, "it is not issued again at each retry: five of them would use up the week"
    fake.names_for = lambda asked: asked
    due.clock.forward(hours=36)
    assert due.look()
    assert len(fake.orders) == 3


def test_a_certificate_that_browsers_would_refuse_is_not_served(due: Office, fake: FakeAuthority) -> None:
    due.roots = []
    stored = due.store.history()
    error = fails(due, Code.DOCTOR)
    assert error.problem.values["cause"] == "unknown_authority"
    assert due.store.history() == stored


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("connection", Code.NOT_REACHED),
        ("dns", Code.DNS_FAILED),
        ("tls", Code.TLS_FAILED),
        ("unauthorized", Code.WRONG_ANSWER),
        ("caa", Code.CAA),
        ("dnssec", Code.DNSSEC),
        ("somethingNew", Code.REFUSED),
    ],
)
def test_a_validation_that_fails_names_cause_and_remedy(
    due: Office, fake: FakeAuthority, kind: str, code: Code
) -> None:
    fake.challenge_fails = {"type": HARM + kind, "detail": "203.0.113.9: Timeout during connect"}
    error = fails(due, code)
    assert error.problem.values.get("name") == NAME


def test_the_authoritys_wish_to_wait_is_kept(due: Office, fake: FakeAuthority) -> None:
    problem = {"type": HARM + "rateLimited", "detail": "too many certificates"}
    fake.harm = lambda path: (429, json.dumps(problem).encode()) if path == "/new-order" else None
    fails(due, Code.RATE_LIMITED)


def test_a_full_disk(due: Office, fake: FakeAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real thing is in tests/real/acme; here, the moment at which the certificate itself is to be stored."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "_write", full)
        fails(due, Code.STORE)
    due.clock.forward(minutes=2)
    (new,) = due.look()
    assert len(fake.orders) == len(fake.issued) == 2, "the same order was finished"
    assert [each.id for each in due.store.current()] == [new]


def test_a_clock_that_jumps_orders_nothing_and_says_so(office: Office, fake: FakeAuthority, clock: Clock) -> None:
    office.plan(fake)
    office.look()
    right = clock.at
    fake.now = lambda: right
    for days in (+85, +2000):
        clock.at = right + timedelta(days=days)
        fails(office, Code.CLOCK)
    clock.at = right
    assert office.look() == ()
    assert len(fake.orders) == 1
    for days in (-1, -400):
        clock.at = right + timedelta(days=days)
        assert office.look() == ()
    clock.at = right
    assert office.status.next_try_at
    fake.now = clock
    clock.forward(days=61)
    assert office.look()
    assert len(fake.orders) == 2


def test_a_pause_written_by_a_clock_that_was_ahead_holds_nothing_up(due: Office, fake: FakeAuthority) -> None:
    fake.harm = down
    due.clock.forward(days=20)
    fails(due, Code.UNREACHABLE)
    due.clock.forward(days=-20)
    fake.harm = lambda path: None
    assert due.look()


def test_two_nodes_that_want_to_renew_at_once_make_one_order(due: Office, fake: FakeAuthority) -> None:
    outcomes: list[object] = []

    def node() -> None:
        try:
            outcomes.append(renewal.look(Store(due.store.folder), roots=due.roots, now=due.clock, patience=SHORT))
        except AcmeError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=node) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([each for each in outcomes if isinstance(each, tuple) and each]) == 1, outcomes
    assert len(fake.orders) == 2


def test_the_stores_folder_gone(due: Office, fake: FakeAuthority) -> None:
    plan = load_plan(due.store)
    assert plan
    shutil.rmtree(due.store.folder)
    assert due.look() == ()
    assert due.status.problem
    assert due.status.problem.code is Code.STORE_GONE
    due.plan(fake)
    assert due.look()
    assert len(fake.orders) == 2


def test_what_is_gone_in_the_middle_of_an_order_is_named_in_a_line(
    due: Office, fake: FakeAuthority, caplog: pytest.LogCaptureFixture
) -> None:
    """The page gave „None“ as the reason, and the log a traceback for an authority that could not be reached."""
    (bundle,) = due.store.folder.glob("acme/accounts/*/directory-ca.pem")
    fake.harm = lambda path: bundle.unlink() if path == "/new-order" else None
    assert bundle.name in str(fails(due, Code.STORE))
    due.clock.forward(minutes=2)
    fake.harm = down
    with caplog.at_level("INFO"):
        fails(due, Code.UNREACHABLE)
    assert "ConnectionError" in next(said for said in caplog.messages if Code.UNREACHABLE in said)
    assert not [each for each in caplog.records if each.exc_info]


def test_an_order_that_was_cut_off_is_finished_and_not_placed_again(due: Office, fake: FakeAuthority) -> None:
    for where in ("/authz", "/chall", "/finalize", "/cert", "/order/"):
        cut = [True]

        def once(path: str, where: str = where, cut: list[bool] = cut) -> None:
            if cut[0] and path.startswith(where):
                raise ConnectionError

        fake.harm = once
        with pytest.raises(AcmeError):
            due.look()
        cut[0] = False
        due.clock.forward(minutes=400)
        orders = len(fake.orders)
        assert due.look(), where
        assert len(fake.orders) == orders, where
        due.clock.forward(days=61)
    assert len(fake.issued) == 6


def test_one_of_two_key_types_fails_and_is_made_up_for(office: Office, fake: FakeAuthority) -> None:
    office.plan(fake, key_types=(KeyType.ECDSA, KeyType.RSA))
    fake.harm = lambda path: (503, b"") if path == "/finalize/1" else None
    with pytest.raises(AcmeError):
        office.look()
    assert office.store.active().ids == ()
    fake.harm = lambda path: None
    office.clock.forward(minutes=2)
    assert len(office.look()) == 2
    assert len(fake.orders) == 2


def test_what_nobody_foresaw_is_told_too(
    due: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise(*_: object) -> None:
        raise RuntimeError("the moon")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "self_test", surprise)
        assert "moon" in str(fails(due, Code.UNEXPECTED))
    due.clock.forward(minutes=2)
    assert due.look()


def test_progress_tells_each_step_to_every_process(office: Office, fake: FakeAuthority) -> None:
    office.plan(fake)
    seen: list[str] = []

    def note(_: object) -> None:
        found = progress(Store(office.store.folder))
        assert found
        assert found.state is not ProgressState.FAILED
        if found.step not in seen:
            seen.append(found.step)

    office.look(told=note)
    assert seen == ["check", "account", "order", "prepare", "validate", "issue", "judge", "store", "activate"]


def test_secrets_are_in_no_file(office: Office, fake: FakeAuthority, tmp_path: Path) -> None:
    office.plan(fake)
    office.look()
    for file in office.store.folder.rglob("*"):
        if file.is_file():
            assert b"BEGIN PRIVATE KEY" not in file.read_bytes(), file
            assert file.stat().st_mode & 0o077 == 0, file
