"""A certificate that was bought and put in after the plan was made is never replaced without a question."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.support.fake_acme import FakeAuthority
from tests.support.pki import Authority
from tests.unit.tls.acme.conftest import NAME, Office

from siegelpost.tls.acme import draft as drafts
from siegelpost.tls.acme.plan import KeyType, load_plan, save_plan
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.progress import Progress, Reason, Step
from siegelpost.tls.acme.renewal import request_renewal
from siegelpost.tls.acme.waiting import bought_for, waits_until
from siegelpost.tls.store import OvertakenError, Source, Stored
from siegelpost.toolbox.durable import read_json, write_json

ROOT = Authority.root()


def bought(office: Office, *names: str, days: int = 189) -> Stored:
    """A purchased certificate, put in now."""
    given = ROOT.issue(*(names or (NAME,)), days=days)
    stored = office.store.add(given.chain_pem, given.key_pem, Source.IMPORTED)
    office.store.activate(stored.id)
    return stored


def again(office: Office) -> None:
    plan = load_plan(office.store)
    assert plan
    save_plan(office.store, plan)


def served(office: Office) -> list[str]:
    return [each.id for each in office.store.current()]


def test_ten_minutes_after_it_was_put_in_and_ever_after_it_is_served(office: Office, fake: FakeAuthority) -> None:
    """It was thrown out by the next round of renewal, a paid certificate of 189 days, with nobody asked or told."""
    office.plan(fake)
    office.look()
    orders = len(fake.orders)
    paid = bought(office)
    for days in (0, 1, 30, 100, 180, 188):
        office.clock.at = datetime.now(UTC) + timedelta(days=days, minutes=10)
        assert office.look() == ()
        assert served(office) == [paid.id], days
        assert (office.status.waits_until, office.status.reason) == (paid.not_after, Reason.AFTER_BOUGHT)
        assert office.status.as_json()["waits_until"] == paid.not_after.isoformat()
    assert len(fake.orders) == orders
    office.clock.at = paid.not_after + timedelta(seconds=1)
    assert office.status.waits_until is None
    (new,) = office.look()
    assert served(office) == [new], "an ended one needs no question: visitors would be warned"


@pytest.mark.parametrize("asked", [{"asked": True}, {"again": True}, {}])
def test_whoever_asks_for_a_look_is_told_and_replaces_nothing(
    office: Office, fake: FakeAuthority, asked: dict[str, bool]
) -> None:
    office.plan(fake)
    paid = bought(office)
    if not asked:
        request_renewal(office.store)
    with pytest.raises(AcmeError) as caught:
        office.look(**asked)
    assert caught.value.problem.code is Code.WAITS
    assert (served(office), fake.orders) == ([paid.id], [])
    assert office.status.problem is None, "that it waits is no failure"
    assert office.look() == (), "once asked is not asked for ever"


def test_saving_the_plan_once_more_is_the_word_it_waits_for(office: Office, fake: FakeAuthority) -> None:
    office.plan(fake)
    paid = bought(office)
    again(office)
    assert office.status.reason is Reason.NEW_PLAN
    (new,) = office.look()
    assert served(office) == [new]
    # Back to the bought one, and it is asked about anew: it was put in after the plan was saved.
    office.store.rollback()
    assert office.look() == ()
    assert served(office) == [paid.id]
    # So is the same one activated by hand.
    again(office)
    (newer,) = office.look()
    office.store.activate(paid.id)
    assert office.look() == ()
    assert served(office) == [paid.id] != [newer]


def test_a_plan_made_while_a_bought_one_is_served_begins(office: Office, fake: FakeAuthority) -> None:
    bought(office)
    office.plan(fake)
    (new,) = office.look()
    assert served(office) == [new]


def test_one_that_stays_beside_it_for_another_name_keeps_no_renewal_waiting(
    office: Office, fake: FakeAuthority
) -> None:
    bought(office, NAME, "www.office.test")
    bought(office, "shop.test")
    office.plan(fake)
    (new,) = office.look()
    assert served(office)[0] == new
    assert len(served(office)) == 3
    office.clock.forward(days=70)
    assert office.status.waits_until is None
    assert office.look(), "renewed as planned"


def test_only_what_would_lose_its_place_is_waited_for(office: Office, fake: FakeAuthority) -> None:
    plan = office.plan(fake)
    bought(office, "shop.test")
    assert waits_until(office.store, plan.names, plan.over, office.clock()) is None
    wide = bought(office, "*.test")
    assert waits_until(office.store, plan.names, plan.over, office.clock()) == wide.not_after
    assert [each.id for each in bought_for(office.store, ["*.office.test"])] == []
    assert [each.id for each in bought_for(office.store, ["*.test"])] == [wide.id, served(office)[1]]


def test_one_put_in_while_an_order_is_under_way_stays(office: Office, fake: FakeAuthority) -> None:
    office.plan(fake)
    paid: list[Stored] = []

    def told(progress: Progress) -> None:
        if progress.step is Step.VALIDATE and not paid:
            paid.append(bought(office))

    with pytest.raises(AcmeError) as caught:
        office.look(told=told)
    assert caught.value.problem.code is Code.WAITS
    assert served(office) == [paid[0].id]
    assert office.look() == ()
    assert not drafts.kept(office.store, KeyType.ECDSA)
    again(office)
    assert office.look()


def test_an_order_cut_off_before_it_was_served_is_not_finished_over_it(office: Office, fake: FakeAuthority) -> None:
    plan = office.plan(fake)
    (new,) = office.look()
    begun = drafts.begin(office.store, KeyType.ECDSA, fake.directory, "", plan.names, office.clock())
    drafts.keep(office.store, begun, stored=new)
    paid = bought(office)
    assert drafts.finish(office.store, plan, office.clock()) == ()
    assert served(office) == [paid.id]


def test_a_change_between_the_last_look_and_serving_is_noticed(office: Office) -> None:
    before = office.store.active()
    paid = bought(office)
    with pytest.raises(OvertakenError):
        office.store.activate(paid.id, after=before)


def test_what_an_earlier_version_wrote_down_is_asked_about_where_it_does_not_say(
    office: Office, fake: FakeAuthority
) -> None:
    """What is absent is no permission: a plan of before does not say what it may take the place of."""
    office.plan(fake)
    paid = bought(office)
    plan, active = office.store.folder / "acme" / "plan.json", office.store.active_file
    for file, key in ((plan, "over"), (active, "put_in")):
        write_json(file, {name: value for name, value in read_json(file).items() if name != key})
    assert office.look() == ()
    assert served(office) == [paid.id]
    again(office)
    assert office.status.waits_until is None
    assert office.look()
