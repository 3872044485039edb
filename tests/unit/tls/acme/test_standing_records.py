"""dns-persist-01: what the office has to enter is shown exactly, looked up before the authority looks, and watched.

The authority judges by the draft (``tests/support/persist_judge.py``), the DNS is a zone on loopback.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.support.fake_acme import FakeAuthority
from tests.support.persist_judge import authority
from tests.support.zones import DEAD, OLD, View, Zone
from tests.unit.tls.acme.conftest import ZONE, Clock, MakeFake, Office, Serve

from siegelpost.tls.acme import standing_records
from siegelpost.tls.acme.acquisition import obtain
from siegelpost.tls.acme.challenges.dns_persist01 import Standing, StandingRecord, judge
from siegelpost.tls.acme.plan import Challenge, Plan
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.words import problem_text, remedy_texts
from siegelpost.tls.naming import is_ip_address

NAME = f"post.{ZONE}"
PLACE = f"_validation-persist.{NAME}"
GOOD = View(f"ns1.{ZONE}", ["127.0.0.2"])
SECOND = View(f"ns2.{ZONE}", ["127.0.0.3"])
ONLY: dict[str, Any] = {"challenges": (Challenge.DNS_PERSIST_01,), "name": NAME}


@pytest.fixture
def zone(serve: Serve) -> Zone:
    return serve(GOOD)


@pytest.fixture
def fake(fake: FakeAuthority, clock: Clock) -> FakeAuthority:
    """It offers the way, and looks at the zone that the test names it."""
    fake.offers = ("http-01", "dns-persist-01")
    return fake


def sees(fake: FakeAuthority, zone: Zone) -> None:
    fake.looks = authority(lambda place: zone.texts.get(place, set()), fake.now)


def refused(office: Office) -> AcmeError:
    with pytest.raises(AcmeError) as raised:
        office.look(asked=True)
    return raised.value


def value(office: Office) -> str:
    return standing_records.states(office.store, office.status.plan)[0].record.value


@pytest.fixture
def asked(office: Office, fake: FakeAuthority, zone: Zone) -> Office:
    """An office that has chosen this way, and entered nothing yet."""
    sees(fake, zone)
    office.plan(fake, **ONLY)
    refused(office)
    return office


@pytest.fixture
def entered(asked: Office, zone: Zone) -> Office:
    """It has its certificate."""
    zone.texts[PLACE] = {value(asked)}
    assert asked.look(asked=True)
    return asked


def test_what_to_enter_is_told_and_the_order_goes_on_once_it_is_there(
    office: Office, fake: FakeAuthority, zone: Zone
) -> None:
    """No credentials for the DNS at all: one record by hand, and every renewal after it asks for nothing."""
    sees(fake, zone)
    office.plan(fake, **ONLY)
    problem = refused(office).problem
    [account] = fake.accounts.values()
    assert problem.code is Code.STANDING_MISSING
    assert problem.values["record"] == PLACE
    assert problem.values["value"] == f"fake.test; accounturi={account}"
    assert any(problem.values["value"] in each and PLACE in each for each in remedy_texts(problem, "de"))
    assert refused(office).problem.code is Code.STANDING_MISSING
    assert not fake.answered, "no failure was counted"
    zone.texts[PLACE] = {problem.values["value"]}
    assert office.look(asked=True)
    assert len(fake.orders) == 1
    office.clock.forward(days=61)
    assert office.look()
    assert len(fake.orders) == 2


END = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
WRONG: dict[str, tuple[str, Code]] = {
    "another account": ("fake.test; accounturi=https://fake.test/acct/1", Code.STANDING_OTHER_ACCOUNT),
    "an end that has passed": (f"{{value}}; persistUntil={END}", Code.STANDING_ENDED),
    "a semicolon at the end": ("{value};", Code.STANDING_UNREADABLE),
    "quotation marks typed in": ("'{value}'", Code.STANDING_UNREADABLE),
    "an end that is no number": ("{value}; persistUntil=2027-01-01", Code.STANDING_UNREADABLE),
    "an account twice": ("{value}; accounturi=https://fake.test/acct/1", Code.STANDING_UNREADABLE),
    "no account": ("fake.test", Code.STANDING_UNREADABLE),
    "another authority's": ("letsencrypt.org; accounturi=https://fake.test/acct/1", Code.STANDING_MISSING),
    "something else": ("v=spf1 -all", Code.STANDING_MISSING),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_record_that_is_wrong_is_told_by_its_cause_before_the_authority_counts_a_failure(
    wrong: str, asked: Office, fake: FakeAuthority, zone: Zone
) -> None:
    text, code = WRONG[wrong]
    zone.texts[PLACE] = {text.format(value=value(asked))}
    [account] = fake.accounts.values()
    assert fake.looks(NAME, account), "the authority would refuse it"
    problem = refused(asked).problem
    assert problem.code is code
    assert not fake.answered
    assert any(value(asked) in each for each in remedy_texts(problem, "en"))
    zone.texts[PLACE].add(value(asked))
    assert asked.look(asked=True), "the good one beside it counts"


@pytest.mark.parametrize(
    "form", ["{value}; persistUntil=4102444800", "FAKE.test;accounturi={uri};POLICY=Wildcard", " {value}; x=y"]
)
def test_a_record_that_is_right_in_another_form_is_taken(
    form: str, asked: Office, fake: FakeAuthority, zone: Zone
) -> None:
    [account] = fake.accounts.values()
    zone.texts[PLACE] = {form.format(value=value(asked), uri=account)}
    assert asked.look(asked=True)


def test_a_wildcard_needs_the_policy_and_gets_it_shown(office: Office, fake: FakeAuthority, zone: Zone) -> None:
    sees(fake, zone)
    office.plan(fake, **ONLY | {"name": f"*.{ZONE}"})
    problem = refused(office).problem
    assert problem.values["record"] == f"_validation-persist.{ZONE}"
    assert problem.values["value"].endswith("; policy=wildcard")
    zone.texts[f"_validation-persist.{ZONE}"] = {problem.values["value"].removesuffix("; policy=wildcard")}
    assert refused(office).problem.code is Code.STANDING_NAME_ONLY
    zone.texts[f"_validation-persist.{ZONE}"] = {problem.values["value"]}
    assert office.look(asked=True)


def test_a_name_beside_its_wildcard_needs_one_record_and_not_two(
    office: Office, fake: FakeAuthority, zone: Zone
) -> None:
    sees(fake, zone)
    office.plan(fake, **ONLY, names=(ZONE, f"*.{ZONE}"))
    refused(office)
    shown = standing_records.states(office.store, office.status.plan)
    assert len({(each.record.place, each.record.value) for each in shown}) == 1
    zone.texts[shown[0].record.place] = {shown[0].record.value}
    assert office.look(asked=True)


@pytest.mark.parametrize("takes", [True, False], ids=["the authority takes it", "the authority wants the own one"])
def test_a_record_of_the_domain_above_is_left_to_the_authority(
    takes: bool, office: Office, fake: FakeAuthority, zone: Zone
) -> None:
    """The draft lets an authority look there (§ 6), and Let's Encrypt's does not."""
    at = f"_validation-persist.{ZONE}" if takes else PLACE
    fake.looks = authority(lambda place: zone.texts.get(at, set()), fake.now)
    office.plan(fake, **ONLY)
    zone.texts[f"_validation-persist.{ZONE}"] = {"fake.test; accounturi={uri}; policy=wildcard"}
    refused(office)
    zone.texts[f"_validation-persist.{ZONE}"] = {f"{value(office)}; policy=wildcard"}
    for _ in range(standing_records.ITS_TURN - 1):
        problem = refused(office).problem
        assert (problem.code, problem.values["record"]) == (Code.STANDING_MISSING, PLACE)
    assert not fake.answered
    if takes:
        assert office.look(asked=True)
    else:
        assert refused(office).problem.code is Code.STANDING_REFUSED
        zone.texts[PLACE] = {value(office)}
        assert office.look(asked=True)


def test_a_provider_that_puts_the_domain_behind_the_name_once_more(asked: Office, zone: Zone) -> None:
    zone.texts[f"{PLACE}.{ZONE}"] = {value(asked)}
    problem = refused(asked).problem
    assert problem.code is Code.STANDING_WRONG_PLACE
    assert f"{PLACE}.{ZONE}" in problem_text(problem, "de")


def test_an_account_that_is_gone_is_told_long_before_the_renewal_needs_it(
    entered: Office, fake: FakeAuthority, zone: Zone
) -> None:
    """A record that names the old account looked fine until the certificate ran out."""
    now = entered.clock()
    [good] = standing_records.look(entered.store, now)
    assert good.good
    fake.deactivated.update(fake.accounts.values())
    [told] = standing_records.look(entered.store, now + timedelta(days=1))
    assert told.sight.standing is Standing.OTHER_ACCOUNT
    assert told.record.account in set(fake.accounts.values()) - fake.deactivated
    assert told.since == now + timedelta(days=1)
    zone.texts[PLACE] = {told.record.value}
    assert standing_records.look(entered.store, now + timedelta(days=2))[0].good
    entered.clock.forward(days=61)
    assert entered.look()
    assert len(entered.status.renewed) <= 1


def test_an_authority_may_name_our_account_by_another_address(office: Office, fake: FakeAuthority, zone: Zone) -> None:
    """Its challenge says so (``accounturi``); the daily look must not take that for a change of the account."""
    fake.names_account = "https://fake.test/by-another-name/7"
    office.plan(fake, **ONLY)
    refused(office)
    assert value(office).endswith(fake.names_account)
    zone.texts[PLACE] = {value(office)}
    assert office.look(asked=True)
    [told] = standing_records.look(office.store, office.clock())
    assert told.sight.standing is Standing.GOOD


def test_asking_for_the_account_makes_none_and_binds_none(entered: Office, fake: FakeAuthority, zone: Zone) -> None:
    """A key of an external account (EAB) may be good for one use only: asking every day must not need it again."""
    made = [each for each in fake.happened if each[0] == "account"]
    for _ in range(3):
        assert standing_records.look(entered.store, entered.clock())[0].good
    fake.harm = lambda path: (500, b"{}")
    assert standing_records.look(entered.store, entered.clock())[0].good, "it cannot be asked: nothing is known"
    assert [each for each in fake.happened if each[0] == "account"] == made


def test_a_record_that_was_deleted_is_told_within_a_day(entered: Office, zone: Zone) -> None:
    zone.texts.clear()
    [told] = standing_records.look(entered.store, entered.clock())
    assert told.sight.standing is Standing.MISSING
    assert entered.status.standing == (told,)
    assert entered.status.problem is None, "the certificate is none the worse yet"


def test_an_end_that_comes_before_the_next_renewal_is_known(entered: Office, zone: Zone) -> None:
    soon = entered.clock() + timedelta(days=20)
    zone.texts[PLACE] = {f"{value(entered)}; persistUntil={int(soon.timestamp())}"}
    [told] = standing_records.look(entered.store, entered.clock())
    assert told.good
    assert told.ends_before(entered.status.served[0].not_after)
    assert not told.ends_before(soon - timedelta(days=1))


def test_where_nobody_can_be_asked_nothing_is_called_missing(entered: Office, zone: Zone, serve: Serve) -> None:
    serve(View(f"ns1.{ZONE}", ["127.0.0.4"], DEAD), arrived=lambda: False)
    seen = entered.clock()
    for days in (1, 2):
        [told] = standing_records.look(entered.store, seen + timedelta(days=days))
        assert told.sight.standing is Standing.GOOD
        assert (told.looked_at, told.unseen_since) == (seen, seen + timedelta(days=1))
    assert told.good


def test_what_this_machine_cannot_see_the_authority_looks_for_itself(
    office: Office, fake: FakeAuthority, serve: Serve
) -> None:
    """Split DNS: every look came to nothing, and no order to its end."""
    blind = serve(GOOD)
    office.plan(fake, **ONLY)
    codes = [refused(office).problem.code for _ in range(standing_records.ITS_TURN)]
    assert set(codes) == {Code.STANDING_MISSING}
    assert not blind.texts
    assert office.look(asked=True), "its turn has come"


def test_a_name_server_with_old_data_is_waited_for_and_has_no_veto(
    office: Office, fake: FakeAuthority, serve: Serve
) -> None:
    zone = serve(GOOD, View(SECOND.name, SECOND.addresses, OLD))
    sees(fake, zone)
    office.plan(fake, **ONLY)
    refused(office)
    zone.texts[PLACE] = {value(office)}
    problem = refused(office).problem
    assert (problem.code, problem.values["server"]) == (Code.STANDING_PARTLY, SECOND.name)
    refused(office)
    assert office.look(asked=True)


def test_an_authority_that_does_not_offer_it_is_told_so(office: Office, fake: FakeAuthority, zone: Zone) -> None:
    """Let's Encrypt's production did not in August 2026; the next way is named, and taken where one is allowed."""
    fake.offers = ("http-01",)
    office.plan(fake, **ONLY)
    problem = refused(office).problem
    assert problem.code is Code.STANDING_NOT_OFFERED
    assert fake.directory in problem_text(problem, "de")
    office.plan(fake, name=NAME, challenges=(Challenge.DNS_PERSIST_01, Challenge.HTTP_01))
    assert office.look(asked=True)


def test_another_authority_may_find_its_own_record_in_order(
    office: Office, fake: FakeAuthority, zone: Zone, make_fake: MakeFake
) -> None:
    second = make_fake("second", offers=("dns-persist-01",), issuers=("second.test",))
    second.key, second.root = fake.key, fake.root
    for each, issuer in ((fake, "fake.test"), (second, "second.test")):
        each.looks = authority(lambda place: zone.texts.get(place, set()), fake.now, (issuer,))
    office.plan(fake, second, **ONLY)
    refused(office)
    first, other = standing_records.states(office.store, office.status.plan)
    assert (first.directory, other.directory) == (fake.directory, second.directory)
    zone.texts[PLACE] = {other.record.value}
    assert office.look(asked=True)
    assert len(second.issued) == 1


@pytest.mark.parametrize("issuers", [(), [], "fake.test", ["x"] * 11, [1], ["FAKE.test"], ["a" * 254], None, {"a": 1}])
def test_a_malformed_challenge_is_refused_and_spoils_no_other(
    issuers: object, office: Office, fake: FakeAuthority, zone: Zone
) -> None:
    """The draft (§ 3) has a client refuse it; a challenge that cannot be read must not hide those beside it."""
    fake.issuers = issuers
    office.plan(fake, **ONLY)
    assert refused(office).problem.code is Code.NONSENSE
    office.plan(fake, name=NAME, challenges=(Challenge.HTTP_01,))
    assert office.look(asked=True)


def test_an_authority_that_looks_by_itself_is_asked_for_nothing(asked: Office, fake: FakeAuthority, zone: Zone) -> None:
    zone.texts[PLACE] = {value(asked)}
    fake.looks_at_once = True
    asked.plan(fake, **ONLY, contact="it@makler.test")
    assert asked.look(asked=True)
    assert not fake.answered or len(fake.orders) == 1


def test_no_practice_where_we_have_another_account(asked: Office, fake: FakeAuthority, zone: Zone) -> None:
    """A dry run asks at the authority itself: elsewhere the record would name a stranger."""
    plan = asked.status.plan
    assert plan
    zone.texts[PLACE] = {value(asked)}
    assert obtain(asked.store, plan, roots=asked.roots, now=asked.clock, dry_run=True) == ()
    assert asked.status.standing[0].good


@pytest.mark.parametrize("name", ["192.0.2.7", "2001:db8::7"])
def test_an_address_cannot_be_proved_this_way_and_says_so(name: str) -> None:
    assert is_ip_address(name)
    with pytest.raises(AcmeError) as raised:
        Plan((name,), challenges=(Challenge.DNS_PERSIST_01,)).checked()
    assert raised.value.problem.code is Code.ADDRESS_NEEDS_PORT
    Plan((f"*.{ZONE}",), challenges=(Challenge.DNS_PERSIST_01,)).checked()


ACCOUNT = "https://fake.test/acct/7"
NOW = datetime(2026, 11, 29, tzinfo=UTC)
_PIECES = (
    *("fake.test", "FAKE.test", "other.test", ";", "; ", " ;", "\t", " ", "=", "accounturi", "AccountURI", "policy"),
    *("wildcard", "Wildcard", "persistUntil", "4102444800", "1", "-1", "x=y", ACCOUNT, "é", '"', "", ";;"),
    *(f"; accounturi={ACCOUNT}", "; policy=wildcard", "; persistUntil=4102444800", "; persistUntil=1"),
)


def _texts(seed: int, many: int) -> Iterator[str]:
    chance = random.Random(seed)
    for _ in range(many):
        yield "".join(chance.choices(_PIECES, k=chance.randint(1, 7)))
        yield "fake.test" + "".join(chance.choices(_PIECES[-4:] + _PIECES[3:8], k=chance.randint(1, 4)))


@pytest.mark.parametrize("name", [NAME, f"*.{ZONE}"])
def test_we_and_an_authority_call_the_same_records_good(name: str) -> None:
    """Twenty thousand records that people and providers might enter, judged twice."""
    wanted = StandingRecord(name, ("fake.test",), ACCOUNT, name.startswith("*."))
    good, there = 0, [""]
    theirs = authority(lambda place: there, lambda: NOW)
    for text in _texts(7, 10_000):
        there[:] = [text]
        ours = judge(wanted, there, NOW).standing is Standing.GOOD
        assert ours is not bool(theirs(name, ACCOUNT)), text
        good += ours
    assert good > 100, "the pieces make enough good ones"


def test_a_strangers_text_costs_linear_time() -> None:
    wanted = StandingRecord(NAME, ("fake.test",), ACCOUNT)
    for text in ("fake.test" + ";a=b" * 20_000, ";" * 60_000, "fake.test; persistUntil=" + "9" * 60_000, " " * 60_000):
        assert judge(wanted, [text], NOW).standing is not Standing.GOOD
