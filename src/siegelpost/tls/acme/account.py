"""The account at an authority: one per directory, its key encrypted like the certificates' keys."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from acme import messages
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.jwa import ES256
from josepy.jwk import JWK, JWKEC
from josepy.util import ComparableECKey

from siegelpost.tls.acme.client import LARGEST_SKEW, Client, connect, kind_of, problem_of, told
from siegelpost.tls.acme.plan import Authority
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.state import renewed_accounts
from siegelpost.tls.store import Store, StoreError
from siegelpost.toolbox.durable import read_json, replace_durably, write_json

# How authorities say that an account is deactivated, unknown, or not of this key: to a request that needs nothing but
# a good account. A wrong signature is "malformed" to most of them.
OF_THE_ACCOUNT = frozenset({"accountDoesNotExist", "unauthorized", "malformed", "badPublicKey"})
_OF_THE_CONTACT = frozenset({"invalidContact", "unsupportedContact", "invalidEmail"})
_ONCE_IN = timedelta(days=1)
# Shown beside what authorities say, which is English.
_UNKNOWN_THERE = "Die Stelle kannte es nicht mehr. (The authority no longer knew it.)"


def signed_in(store: Store, authority: Authority, contact: str, now: datetime, *, ask: bool = False) -> Client:
    """A client with an account at this authority, made now if there is none yet.

    The address of an account holds for the key it was made with alone: with another key at hand (restored, lost,
    damaged, sealed with another passphrase) the authority is asked, which gives the account of that key, or a new one.

    Args:
        ask: have the authority say whether the known account is still this key's.

    Raises:
        AcmeError: see the codes of the authority and of this machine; ``account_gone``: see :func:`renew`.
        OSError: the account's key cannot be stored.
    """
    folder = _folder(store, authority)
    key = _key(store, authority, now)
    client = connect(authority, key, ES256, _bundle(folder, authority))
    _check_clock(client, now)
    known = read_json(folder / "account.json")
    print_ = key.thumbprint().hex()
    if known.get("uri") and (known.get("contact"), known.get("thumbprint")) == (contact, print_):
        with told(authority):
            good = not ask or _is_there(client, known["uri"])
        if good:
            client.net.account = _resource(known["uri"])
            return client
    with told(authority):
        uri = _register(client, key, contact)
    if known.get("thumbprint") == print_ and known.get("uri") not in (None, "", uri):
        known["renewed"] = {"at": now.isoformat(), "why": _UNKNOWN_THERE}
    _keep(folder, known, directory=authority.directory, uri=uri, contact=contact, thumbprint=print_)
    client.net.account = _resource(uri)
    return client


def renew(store: Store, authority: Authority, why: str, now: datetime) -> bool:
    """Have the next sign-in make a new account, with a new key: the authority refuses the present one.

    Once a day at most: what is refused for another reason would use up what the authority allows of new accounts.

    Returns:
        Whether it will. Raises OSError: the disk is full; the account is as it was.
    """
    last = renewed_accounts(store).get(authority.directory)
    if last and last.at - _ONCE_IN < now < last.at + _ONCE_IN:
        return False
    _new_key(store, authority, why, now)
    return True


def confirmed(store: Store, authority: Authority, contact: str, now: datetime) -> Client:
    """A client whose account the authority has just said it takes; one that it takes no more is made anew.

    Raises:
        AcmeError: see :func:`signed_in`. OSError: the account's key cannot be stored.
    """
    try:
        return signed_in(store, authority, contact, now, ask=True)
    except AcmeError as error:
        if error.problem.code is not Code.ACCOUNT_GONE:
            raise
        if not renew(store, authority, error.problem.values.get("detail", ""), now):
            raise
        return signed_in(store, authority, contact, now)


def forgotten(store: Store, authority: Authority, contact: str, now: datetime) -> bool:
    """Whether the authority, asked which account is this key's, names another one: it has lost the one we went by.

    One that was restored without its accounts may say so by no more than an error (Caddy 2.6: 500, without a word).
    """
    before = read_json(_folder(store, authority) / "account.json").get("uri")
    try:
        return signed_in(store, authority, contact, now, ask=True).account_uri != before
    except AcmeError:
        return False


def staged(authority: Authority) -> Authority:
    """Where this authority lets one practise; itself where it has no such place."""
    return replace(authority, directory=authority.staging) if authority.staging else authority


def _resource(uri: str) -> messages.RegistrationResource:
    return messages.RegistrationResource(uri=uri, body=messages.Registration())


def _folder(store: Store, authority: Authority) -> Path:
    return store.folder / "acme" / "accounts" / sha256(authority.directory.encode()).hexdigest()[:16]


def _keep(folder: Path, known: dict[str, Any], **changes: str) -> None:
    write_json(folder / "account.json", known | changes)


def _key(store: Store, authority: Authority, now: datetime) -> JWKEC:
    """The account's; a new one where there is none that can be opened. It opens nothing but the account."""
    file = _folder(store, authority) / "key.pem"
    try:
        key = store.unseal(file.read_bytes())
    except FileNotFoundError:
        key = ec.generate_private_key(ec.SECP256R1())
        replace_durably(file, store.seal(key))
    except StoreError as error:
        key = _new_key(store, authority, str(error), now)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        key = _new_key(store, authority, "the account's key is of another kind", now)
    return JWKEC(key=ComparableECKey(key))


def _new_key(store: Store, authority: Authority, why: str, now: datetime) -> ec.EllipticCurvePrivateKey:
    """In the place of the present one, which is kept aside, with a note of when and why."""
    key, folder = ec.generate_private_key(ec.SECP256R1()), _folder(store, authority)
    file = folder / "key.pem"
    replace_durably(folder / "key-before.pem", file.read_bytes())
    note = {"at": now.isoformat(), "why": why[:500]}
    write_json(folder / "account.json", {"directory": authority.directory, "renewed": note})
    replace_durably(file, store.seal(key))
    return key


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
    try:
        address = _ask_for_account(client, contact, binding)
    except messages.Error as error:
        if kind_of(error) in _OF_THE_CONTACT and contact:  # no authority needs one
            address = _ask_for_account(client, "", binding)
        elif kind_of(error) in OF_THE_ACCOUNT:
            raise gone(authority, error) from error
        else:
            raise
    if not address:
        raise AcmeError(Code.NONSENSE, authority=authority.directory, detail="an account without an address")
    return address


def _is_there(client: Client, uri: str) -> bool:
    """Whether the authority has this account for the client's key; it makes none, whatever it says (§ 7.3.1)."""
    try:
        answer = client.send(client.directory["newAccount"], messages.NewRegistration(only_return_existing=True))
    except messages.Error as error:
        if kind_of(error) in OF_THE_ACCOUNT:
            return False
        raise
    return str(answer.headers.get("Location", "")) == uri


def _ask_for_account(client: Client, contact: str, binding: Any) -> str:
    """An account that this key already has is answered with 200 and its address: that is as good as a new one."""
    account = messages.NewRegistration.from_data(
        email=contact or None, terms_of_service_agreed=True, external_account_binding=binding
    )
    return str(client.send(client.directory["newAccount"], account).headers.get("Location", ""))


def gone(authority: Authority, error: messages.Error) -> AcmeError:
    """The authority does not take this account (any more)."""
    return problem_of(error, authority=authority.directory).told_as(Code.ACCOUNT_GONE)


def _check_clock(client: Client, now: datetime) -> None:
    there = client.net.server_time
    if there is not None and abs(there - now) > LARGEST_SKEW:
        raise AcmeError(Code.CLOCK, here=now.isoformat(timespec="minutes"), there=there.isoformat(timespec="minutes"))
