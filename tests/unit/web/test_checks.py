"""What people sign in with is tried with its key when the whole installation is checked."""

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from tests.support.office import an_agent

from siegelpost import keys
from siegelpost.ledger import fsck
from siegelpost.settings import load

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fields_key_put_back() -> Iterator[None]:
    keys.secret.cache_clear()
    kept = load().secret("fields")
    yield
    (load().keys / "fields").write_bytes(kept)
    keys.secret.cache_clear()


def found() -> list[str]:
    check = next(each for each in fsck.OWN if each.name == "keys")
    return [each.where for each in fsck.run(check, lambda done, total: None)]


def test_the_secrets_of_second_factors_are_tried() -> None:
    """With another key nobody with a codes app could sign in any more, and fsck said that all was well."""
    agent = an_agent()
    TOTP.activate(agent, generate_totp_secret())
    RecoveryCodes.activate(agent)
    assert Authenticator.objects.count() == 2
    assert found() == []
    (load().keys / "fields").write_bytes(b"x" * 32)
    keys.secret.cache_clear()
    assert {where.rpartition(" of ")[2] for where in found()} >= {str(agent.public_id)}
    assert {where.rpartition(" of ")[0] for where in found()} == {
        "second factor totp",
        "second factor recovery_codes",
    }
