"""The account at an authority: one per directory, its key encrypted like the certificates' keys."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from acme import messages
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.jwa import ES256
from josepy.jwk import JWK, JWKEC
from josepy.util import ComparableECKey

from siegelpost.tls.acme.client import LARGEST_SKEW, Client, connect, told
from siegelpost.tls.acme.plan import Authority
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.store import Store
from siegelpost.toolbox.durable import read_json, replace_durably, write_json


def signed_in(store: Store, authority: Authority, contact: str, now: datetime) -> Client:
    """A client with an account at this authority, made now if there is none yet.

    Raises:
        AcmeError: see the codes of the authority and of this machine.
        OSError: the account's key cannot be stored.
    """
    folder = store.folder / "acme" / "accounts" / sha256(authority.directory.encode()).hexdigest()[:16]
    client = connect(authority, _key(store, folder), ES256, _bundle(folder, authority))
    _check_clock(client, now)
    known = read_json(folder / "account.json")
    if known.get("uri") and known.get("contact") == contact:
        client.net.account = _resource(known["uri"])
        return client
    with told(authority):
        uri = _register(client, client.net.key, contact)
    write_json(folder / "account.json", {"directory": authority.directory, "uri": uri, "contact": contact})
    client.net.account = _resource(uri)
    return client


def staged(authority: Authority) -> Authority:
    """Where this authority lets one practise; itself where it has no such place."""
    return replace(authority, directory=authority.staging) if authority.staging else authority


def forget_account(store: Store, authority: Authority) -> None:
    """The authority no longer knows it (a test authority that was started anew): the next order makes another."""
    folder = store.folder / "acme" / "accounts" / sha256(authority.directory.encode()).hexdigest()[:16]
    (folder / "account.json").unlink(missing_ok=True)


def _resource(uri: str) -> messages.RegistrationResource:
    return messages.RegistrationResource(uri=uri, body=messages.Registration())


def _key(store: Store, folder: Path) -> JWKEC:
    file = folder / "key.pem"
    if not file.exists():
        replace_durably(file, store.seal(ec.generate_private_key(ec.SECP256R1())))
    key = store.unseal(file.read_bytes())
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise AcmeError(Code.STORE, detail="the account's key is of another kind")
    return JWKEC(key=ComparableECKey(key))


def _bundle(folder: Path, authority: Authority) -> str | bool:
    """``requests`` wants a file."""
    if not authority.ca_bundle:
        return True
    file = folder / "directory-ca.pem"
    if not file.exists() or file.read_text() != authority.ca_bundle:
        replace_durably(file, authority.ca_bundle.encode())
    return str(file)


def _register(client: Client, key: JWK | None, contact: str) -> str:
    authority = client.authority
    meta = client.directory["meta"]
    binding = None
    if authority.eab_key_id and key is not None:
        binding = messages.ExternalAccountBinding.from_data(
            key.public_key(), authority.eab_key_id, authority.eab_hmac, client.directory
        )
    elif meta.external_account_required:
        raise AcmeError(Code.EAB_MISSING, authority=authority.directory)
    account = messages.NewRegistration.from_data(
        email=contact or None, terms_of_service_agreed=True, external_account_binding=binding
    )
    # An account that this key already has is answered with 200 and its address: that is as good as a new one.
    response = client.send(client.directory["newAccount"], account)
    if not response.headers.get("Location"):
        raise AcmeError(Code.NONSENSE, authority=authority.directory, detail="an account without an address")
    return str(response.headers["Location"])


def _check_clock(client: Client, now: datetime) -> None:
    there = client.net.server_time
    if there is not None and abs(there - now) > LARGEST_SKEW:
        raise AcmeError(Code.CLOCK, here=now.isoformat(timespec="minutes"), there=there.isoformat(timespec="minutes"))
