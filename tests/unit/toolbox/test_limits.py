"""One table of limits and one rule of what is counted as one, and nobody has others."""

import ast
import re
from pathlib import Path

import pytest
from allauth.account import app_settings
from allauth.mfa import app_settings as mfa_settings
from tests.real.server.test_limits import tried_here

import siegelpost
from siegelpost.toolbox import limits
from siegelpost.toolbox.limits import Key, Limit, source

SOURCE = Path(siegelpost.__file__).parent
CODE = {path.relative_to(SOURCE).as_posix(): path.read_text() for path in SOURCE.rglob("*.py")}
TABLE = {name: limit for name, limit in vars(limits).items() if isinstance(limit, Limit)}

SAME = [
    ("203.0.113.7", "203.0.113.7", True),
    ("203.0.113.7", "203.0.113.8", False),
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
    ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ("::ffff:203.0.113.7", "203.0.113.7", True),
    ("::ffff:203.0.113.7", "::ffff:203.0.113.8", False),
    ("fe80::1%eth0", "fe80::2%eth0", True),
    ("", "unix", False),
]


@pytest.mark.parametrize(("one", "other", "same"), SAME, ids=[f"{one} {other}" for one, other, _ in SAME])
def test_one_customer_is_one_source(one: str, other: str, same: bool) -> None:
    """An IPv4 address that a proxy writes as an IPv6 one shared its count with all others that are written so."""
    assert (source(one) == source(other)) is same


def test_what_was_made_a_source_stays_one() -> None:
    for address in ("203.0.113.7", "2001:db8:1:2::1", "::ffff:203.0.113.7", "::1", "nobody"):
        assert source(source(address)) == source(address)


@pytest.mark.parametrize("limit", TABLE.values(), ids=TABLE)
def test_whatever_is_limited_by_source_takes_any_address_of_one_customer_for_one(limit: Limit) -> None:
    """Declarations, links and openings were counted by each of a customer's 18 trillion IPv6 addresses."""
    one, other = (
        limit.key(*(address if key is Key.SOURCE else "the same" for key in limit.by))
        for address in ("2001:db8:1:2::1", "2001:db8:1:2::2")
    )
    assert one == other


# Every place where a limit is spent, and by what it is counted there. A new one belongs here, and its limit into the
# tables of tests/real/server/test_limits.py.
SPENT = {
    "portal/entrance.py: throttle.spend(INTAKE, address)",
    "web/intake.py: throttle.spend(INTAKE, visitor)",
    "web/office/account.py: throttle.spend(SIGN_IN_LINK, visitors.of(request))",
    "web/office/partner.py: throttle.spend(HAND_OVER_LINK, visitors.of(request))",
    "web/office/sign_in_forms.py: throttle.spend(CODE, who)",
    "web/office/registered.py: throttle.spend(CODE_MAIL, str(public_id))",
    "web/office/registered.py: throttle.spend(CODE_MAILS, 'all')",
    "web/password_guard.py: throttle.spend(limit, *who)",
    "web/recipient/interest.py: throttle.spend(LANGUAGE_MAIL, str(dispatch.public_id))",
    "web/recipient/interest.py: throttle.spend(LANGUAGE_MAILS, 'all')",
    "web/recipient/interest.py: throttle.spend(RECIPIENT_ACT, visitors.of(request))",
    "web/recipient/views.py: throttle.spend(limits.RECIPIENT_ACT, visitors.of(request))",
    "web/recipient/withdrawal.py: throttle.spend(limits.RECIPIENT_ACT, visitors.of(request))",
    "web/recipient/withdrawal.py: throttle.spend(limits.WITHDRAW_BY_CLIENT, visitors.of(request))",
    "web/recipient/withdrawal.py: throttle.spend(limits.WITHDRAW_BY_LINK, str(dispatch.public_id))",
    "web/recipient/withdrawal.py: throttle.spend(limits.WITHDRAW_PUBLIC, 'all')",
    "web/recipient/withdrawal.py: throttle.spend(limits.WITHDRAW_TO_ADDRESS, made.email)",
}


FRONT, CROWDS = "tests/unit/tls/front/test_front.py", "tests/real/server/test_crowds.py"
# Limits that are not tried in tests/real/server/test_limits.py: what is open at once, the tests that hold it, and why
# there. That a place is given by source, in every spelling of an address, is tried once for all that count so:
CROWD = "tests/unit/toolbox/test_crowd.py::test_each_source_and_all_together_are_limited"
HELD_ELSEWHERE = {
    # By design for each worker process alone, which holds the connections and the memory they take: over two of them
    # one source has up to twice as many.
    "CONNECTION": (
        CROWD,
        f"{FRONT}::test_many_connections_from_one_address_are_limited",
        "tests/unit/tls/front/test_proxy_header.py::"
        "test_a_visitor_behind_the_balancer_has_a_visitors_share_of_connections",
    ),
    "PLAIN_CONNECTION": (CROWD, f"{CROWDS}::test_the_plain_port_lets_in_only_so_many_of_one_address"),
    # Mails, FTP and SFTP come in by one process each.
    "MAIL_CONNECTION": (CROWD, "tests/real/mail/test_lmtp.py::test_one_machine_has_only_so_many_connections"),
    "INTAKE_CONNECTION": (
        CROWD,
        "tests/real/portal/test_ftp.py::test_what_programs_do_and_what_strangers_try",
        "tests/real/portal/test_sftp.py::test_what_programs_do_and_what_strangers_try",
    ),
    # Over all processes, which is a tally's: its file is tried by itself, the first of these with two workers as well.
    "BODY_ON_DISK": (
        f"{CROWDS}::test_unfinished_bodies_take_the_disk_and_one_address_has_its_share_of_it",
        "tests/unit/web/test_body.py::test_one_source_has_only_so_many_large_bodies_and_everybody_else_is_served",
    ),
    "BODIES_ON_DISK": (
        "tests/unit/toolbox/test_tally.py::test_no_two_processes_take_the_last_place",
        "tests/unit/web/test_body.py::test_all_together_have_only_so_many_and_a_form_is_taken_all_the_same",
    ),
    "INTAKE_BODY": (
        "tests/unit/toolbox/test_tally.py::test_no_two_processes_take_the_last_place",
        "tests/unit/web/test_body.py::test_one_program_has_only_so_many_large_bodies_wherever_they_come_from",
    ),
    # Counted by the very lines that count looks, which are tried there.
    "MARKED_COPY": (
        "tests/real/server/test_limits.py::test_looks_are_exact_to_the_count_over_two_workers",
        "tests/unit/dispatch/recipient/test_document_requests.py::"
        "test_a_marked_copy_is_drawn_for_who_fetches_it_and_not_without_end",
    ),
    # With two workers, by account.
    "LIVE_PAGE": ("tests/real/server/test_live.py::test_strangers_and_too_many_are_refused_whichever_process_answers",),
}


def test_every_limit_is_tried_before_the_real_server_or_held_elsewhere(repository: Path) -> None:
    """Five of 26 were tried over two processes, in all spellings."""
    names = {limit.name: name for name, limit in TABLE.items()}
    tried = {names[limit.name] for limit in tried_here()}
    assert tried == {name for name, limit in TABLE.items() if limit.seconds} - {"MARKED_COPY"}
    assert HELD_ELSEWHERE.keys() == TABLE.keys() - tried
    for test in {test for tests in HELD_ELSEWHERE.values() for test in tests}:
        path, _, name = test.partition("::")
        assert f"def {name}(" in (repository / path).read_text(), test


def calls(*functions: str) -> set[str]:
    """Every place in the product where a function of one of these names is called, and with what."""
    return {
        f"{name}: {ast.unparse(node)}"
        for name, text in CODE.items()
        if any(function in text for function in functions)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in functions
    }


def test_every_place_where_a_limit_is_spent_is_known() -> None:
    assert calls("spend") == SPENT


def test_no_library_counts_by_address_beside_us() -> None:
    """Behind one address of an office, the 31st who signed in within a minute got a bare page in English; and the
    eleventh who came by a passkey.
    """
    assert (app_settings.RATE_LIMITS, mfa_settings.RATE_LIMITS) == ({}, {})


def test_who_a_visitor_is_has_one_rule() -> None:
    """A limit that took the address as it stood in the request counted each of a customer's IPv6 addresses."""
    read = {name: len(re.findall(r"REMOTE_ADDR|HTTP_X_FORWARDED|X-Forwarded-For", text)) for name, text in CODE.items()}
    # For a limit, in the one place; and for the evidence of a declaration, which keeps the address whole.
    assert {name: count for name, count in read.items() if count and name.startswith(("web/", "dispatch/"))} == {
        "web/visitors.py": 1,
        "web/recipient/views.py": 1,
    }


def test_all_who_come_by_one_address_are_not_refused_for_one_of_them_but_may_not_guess_more() -> None:
    """Behind a proxy that says nothing of them, the 61st buyer within ten minutes could not order."""
    everybody = limits.shared("10.0.0.1")
    assert limits.RECIPIENT_ACT.most_for("10.0.0.1") == 60
    assert limits.RECIPIENT_ACT.most_for(everybody) >= 6_000
    guessed = (limits.PASSWORD_BY_SOURCE, limits.SIGN_IN_LINK, limits.HAND_OVER_LINK)
    assert all(limit.most_for(everybody) == limit.most for limit in guessed)
    assert limits.PASSWORD_BY_ACCOUNT.most_for("anna@office.test", everybody) == limits.PASSWORD_BY_ACCOUNT.most


def test_a_mailbox_is_one_however_it_is_written() -> None:
    assert limits.WITHDRAW_TO_ADDRESS.key("Mara+1@Berger.test") == limits.WITHDRAW_TO_ADDRESS.key("mara@berger.test")


def test_each_limit_has_a_name_of_its_own_and_is_used() -> None:
    assert len({limit.name for limit in TABLE.values()}) == len(TABLE) > 10
    used = {word for name, text in CODE.items() if name != "toolbox/limits.py" for word in re.findall(r"\w+", text)}
    assert set(TABLE) - used == set()


def test_all_limits_stand_in_the_table() -> None:
    made = re.compile(r"(?<!class )\bLimit\(")
    assert [name for name, text in CODE.items() if made.search(text)] == ["toolbox/limits.py"]


def test_whoever_counts_names_a_limit_of_the_table() -> None:
    counted = {
        f"{name}: {of.rpartition('.')[2]}"
        for name, text in CODE.items()
        for of in re.findall(r"throttle\.(?:spend|give_back)\(([\w.]+)", text)
    }
    others = {each for each in counted if each.partition(": ")[2] not in TABLE}
    assert len(counted) > len(others)
    assert others == {"web/password_guard.py: limit"}  # one of several, which that file takes from the table


def test_nobody_else_has_a_rule_of_what_is_one_customer() -> None:
    rule = re.compile(r"/64\b|IPv6Network\(\(|\bexploded\b|\bprefixlen\b|\bsupernet\b")
    assert [name for name, text in CODE.items() if rule.search(text)] == ["toolbox/limits.py"]
