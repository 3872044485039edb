"""Caddy's ``acme_server`` as a second authority: other code, other answers, the real ports 80 and 443."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.support import parts
from tests.support.acme_office import Office, office, visitor
from tests.support.acme_servers import Caddy, caddy

from siegelpost.doctor.x509.chain import from_pem
from siegelpost.tls.acme import account
from siegelpost.tls.acme.plan import Challenge, KeyType, Plan
from siegelpost.tls.acme.problems import AcmeError
from siegelpost.tls.acme.progress import utc_now
from siegelpost.tls.acme.state import renewed_accounts

# Of its own, so that nothing else of this machine is in the way. Caddy finds names by this machine's resolver, which
# knows none of ours: so it certifies addresses here, as pebble does names.
ADDRESS = "127.0.0.77"


@pytest.mark.real
@pytest.mark.browser
@pytest.mark.timeout(300)
def test_both_challenges_and_chromium_opens_the_page(tmp_path: Path) -> None:
    parts.need_low_ports(ADDRESS)
    with office(tmp_path, address=ADDRESS, ports=(80, 443)) as an_office, caddy(tmp_path / "caddy") as authority:
        an_office.roots = from_pem(authority.root)
        with visitor(tmp_path / "browser", an_office.roots) as visit:
            for challenge, key_types in (
                (Challenge.HTTP_01, (KeyType.ECDSA,)),
                (Challenge.TLS_ALPN_01, (KeyType.RSA,)),
            ):
                plan = Plan((ADDRESS,), (authority.authority,), (challenge,), key_types=key_types)
                ids = an_office.obtain(plan)
                an_office.wait_until_served(ids[0])
                assert visit(f"https://{ADDRESS}/") == "ok", challenge


ALONE = "127.0.0.79"
PLAN = Plan((ALONE,), (), (Challenge.HTTP_01,))


def plan(authority: Caddy) -> Plan:
    return replace(PLAN, authorities=(authority.authority,))


def account_file(an_office: Office, name: str) -> Path:
    [file] = an_office.store.folder.glob(f"acme/accounts/*/{name}")
    return file


@pytest.mark.real
@pytest.mark.timeout(300)
def test_what_operators_report_of_accounts_is_healed_at_a_real_authority_that_is_not_pebble(tmp_path: Path) -> None:
    """Each of these ended all renewals of other clients for ever: acmesh-official/acme.sh#3889, letsencrypt/pebble.

    A key that is lost beside its address, an account that its owner ended elsewhere, an authority that is down when the
    renewal is due, and one that was restored without its accounts.
    """
    parts.need_low_ports(ALONE)
    folder = tmp_path / "caddy"
    with office(tmp_path, address=ALONE, ports=(80, 443)) as an_office:
        with caddy(folder) as authority:
            an_office.roots = from_pem(authority.root)
            before = an_office.obtain(plan(authority))
            account_file(an_office, "key.pem").unlink()
            assert an_office.obtain(plan(authority)) != before, "the key was lost, its address was not"
            assert not renewed_accounts(an_office.store)
            client = account.signed_in(an_office.store, authority.authority, "", utc_now())
            assert client.net.account
            client.deactivate_registration(client.net.account)
            served = an_office.obtain(plan(authority))
            [renewed] = renewed_accounts(an_office.store).values()
            assert renewed.why
        with pytest.raises(AcmeError):
            an_office.obtain(plan(authority))
        assert [each.id for each in an_office.store.current()] == list(served), "it is down, and nothing is lost"
        authority.forget_accounts()
        with caddy(folder, like=authority) as again:
            last = an_office.obtain(plan(again))
            assert last != served, "Caddy says 500, and nothing else"
            [renewed] = renewed_accounts(an_office.store).values()
            assert "no longer knew it" in renewed.why
            an_office.wait_until_served(last[0])
