"""What the pages' room has sealed: the secrets of people's second factors."""

from collections.abc import Iterator
from functools import partial

from allauth.mfa.models import Authenticator

from siegelpost.ledger.key_samples import Opening
from siegelpost.settings import FIELDS

# Where allauth keeps what it has our adapter seal.
_SECRETS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


def sealed_values() -> Iterator[Opening]:
    """The secret of each codes app, and what each person's recovery codes are made of."""
    for one in Authenticator.objects.filter(type__in=_SECRETS).select_related("user").order_by("pk"):
        if secret := one.data.get(_SECRETS[Authenticator.Type(one.type)]):
            yield f"second factor {one.type} of {one.user.public_id}", partial(FIELDS.unseal_text, secret)
