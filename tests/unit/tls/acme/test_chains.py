"""One certificate, several chains (RFC 8555 § 7.4.2): the first that browsers accept, and none issued twice for it."""

from dataclasses import replace

import pytest
from cryptography import x509
from tests.support.fake_acme import FakeAuthority
from tests.unit.tls.acme.conftest import NAME, MakeFake, Office

from siegelpost.tls.acme import pace
from siegelpost.tls.acme.plan import Challenge, Plan, save_plan
from siegelpost.tls.acme.problems import AcmeError, Code


def issuers(office: Office, id: str) -> list[str]:
    return [
        each.issuer.rfc4514_string() for each in x509.load_pem_x509_certificates(office.store.chain_pem(id).encode())
    ]


def refused(office: Office) -> None:
    with pytest.raises(AcmeError) as caught:
        office.look()
    assert caught.value.problem.code is Code.DOCTOR
    office.clock.at = office.status.next_try_at or office.clock.at


def counted(office: Office) -> int:
    return len([each for each in pace._events(office.store, office.clock()) if each["kind"] == pace.ISSUED])


def test_where_the_default_chain_would_be_refused_an_alternate_is_taken(office: Office, fake: FakeAuthority) -> None:
    """As in 2021, when the default chain ended at a root that had run out, and the alternate did not."""
    fake.chains = [fake.middle(known=False), fake.middle(known=False), fake.middle(known=True)]
    office.plan(fake)
    (id,) = office.look()
    assert issuers(office, id)[-1] == "CN=the fake's root"
    assert len(fake.issued) == 1


def test_a_good_default_chain_is_taken_without_asking_for_others(office: Office, fake: FakeAuthority) -> None:
    fake.chains = [fake.middle(known=True), fake.middle(known=False)]
    office.plan(fake)
    office.look()
    assert not [each for each in fake.requests if "/cert/0/1" in each]


@pytest.mark.parametrize("known", [True, False])
def test_the_preferred_chain_is_looked_at_first_and_judged_all_the_same(
    office: Office, fake: FakeAuthority, known: bool
) -> None:
    wanted = fake.middle(known=known, name="the preferred")
    fake.chains = [fake.middle(known=True), wanted]
    name = "the fake's root" if known else "the preferred"
    authority = replace(fake.authority, preferred_chain=name)
    save_plan(office.store, Plan((NAME,), (authority,), (Challenge.HTTP_01,)))
    (id,) = office.look()
    assert issuers(office, id)[-1] == "CN=the fake's root"


def test_a_chain_that_is_refused_is_fetched_again_and_not_issued_again(due: Office, fake: FakeAuthority) -> None:
    """Each try had another certificate issued, five of them, and then nothing for a week."""
    served = due.store.current()
    fake.chains = [fake.middle(known=False)]
    for _ in range(8):
        refused(due)
    assert len(fake.issued) == 2
    assert counted(due) == 1
    assert due.store.current() == served
    fake.chains = [fake.middle(known=False), fake.middle(known=True)]
    assert due.look()
    assert len(fake.issued) == 2
    assert counted(due) == 1


def test_an_authority_that_goes_on_issuing_what_browsers_refuse_keeps_us_below_its_limits(
    due: Office, fake: FakeAuthority
) -> None:
    fake.chains = [fake.middle(known=False)]
    for _ in range(14):
        refused(due)
        due.clock.forward(hours=12)
    assert 2 <= len(fake.issued) - 1 <= 5


def test_a_root_that_is_entered_here_mends_it_without_another_certificate(due: Office, fake: FakeAuthority) -> None:
    roots, due.roots = due.roots, []
    refused(due)
    due.roots = roots
    assert due.look()
    assert len(fake.issued) == 2


def test_the_second_authority_does_not_make_the_order_of_the_first_be_forgotten(
    due: Office, fake: FakeAuthority, make_fake: MakeFake
) -> None:
    """There was one draft for all authorities: what the second began ended what was under way at the first."""
    other = make_fake("other")
    other.harm = lambda path: (503, b"busy") if path == "/new-order" else None
    due.plan(fake, other)
    fake.chains = [fake.middle(known=False)]
    for _ in range(3):
        refused(due)
    assert len(fake.issued) == 2
    fake.chains = [fake.middle(known=True)]
    assert due.look()
    assert len(fake.issued) == 2
