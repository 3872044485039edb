"""Caddy's ``acme_server`` as a second authority: other code, other answers, the real ports 80 and 443."""

from pathlib import Path

import pytest
from tests.support import parts
from tests.support.acme_office import office, visitor
from tests.support.acme_servers import caddy

from siegelpost.doctor.x509.chain import from_pem
from siegelpost.tls.acme.plan import Challenge, KeyType, Plan

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
