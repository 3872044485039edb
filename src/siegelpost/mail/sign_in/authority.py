"""The conversation with the provider's authorization server (RFC 6749, 7636, 7523): one address, one form, one answer.

Its addresses are the office's entry, so they are asked by the one rule (:mod:`siegelpost.toolbox.outgoing`).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from siegelpost.mail.sign_in.certificates import assertion
from siegelpost.mail.sign_in.models import Credential, MailSignIn, SignInKey
from siegelpost.mail.sign_in.providers import OFFLINE, provider_of
from siegelpost.mail.sign_in.troubles import SignInError, Trouble, named
from siegelpost.settings import FIELDS, load
from siegelpost.toolbox.base64url import base64url
from siegelpost.toolbox.outgoing import DestinationRefusedError, Purpose, Reply, client_context, destination, exchange
from siegelpost.toolbox.sealing import UnsealableError

TOKENS = Purpose(("https",), 64 * 1024, 20.0)
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LONGEST_TOKEN, _LONGEST_WORDS = 16 * 1024, 600
_TOKEN = re.compile(r"[\x21-\x7e]+")
# Where the answer does not say how long a token holds, and the longest that is believed; seconds.
_USUAL, _LONGEST = 3600, 24 * 3600
# From here on the clock is worth a word; seconds.
_CLOCK_OFF = 60
# Half a pair (U+D800 to U+DFFF), which JSON may hold, no database takes.
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\uffff]+")


@dataclass(frozen=True, slots=True)
class Granted:
    """What the provider gave; ``refresh`` is empty where the old one goes on."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    ends_at: datetime


def sign_in_url(sign_in: MailSignIn, redirect_uri: str, state: str, verifier: str) -> str:
    """Where a person signs in, and comes back from with a code."""
    provider = provider_of(sign_in)
    asked = {
        "client_id": sign_in.client_id,
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": state,
        "code_challenge": base64url(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
        "login_hint": sign_in.mailbox,
        **dict(provider.extra),
    }
    return f"{provider.authorize}?{urlencode(asked)}"


def consent_url(sign_in: MailSignIn, redirect_uri: str, state: str) -> str:
    """Where an administrator agrees for everybody; empty where the provider has no such page."""
    provider = provider_of(sign_in)
    if not provider.consent:
        return ""
    scope = " ".join(each for each in provider.scopes if each != OFFLINE)
    asked = {"client_id": sign_in.client_id, "scope": scope, "redirect_uri": redirect_uri, "state": state}
    return f"{provider.consent}?{urlencode(asked)}"


def redeem(sign_in: MailSignIn, key: SignInKey | None, code: str, verifier: str) -> Granted:
    """Tokens for the code with which a person came back.

    Raises:
        SignInError: there are none, or not what is needed.
    """
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    granted = _asked(sign_in, key, {**form, "redirect_uri": sign_in.redirect_uri})
    if not granted.refresh:
        raise SignInError(Trouble.NO_REFRESH)
    return granted


def refresh(sign_in: MailSignIn, key: SignInKey | None) -> Granted:
    """New tokens for the refresh token.

    Raises:
        SignInError: there are none.
    """
    try:
        token = FIELDS.unseal_text(sign_in.refresh_sealed)
    except UnsealableError as error:
        raise SignInError(Trouble.KEY_UNREADABLE) from error
    scope = {"scope": " ".join(provider_of(sign_in).scopes)}
    return _asked(sign_in, key, {"grant_type": "refresh_token", "refresh_token": token, **scope})


def _asked(sign_in: MailSignIn, key: SignInKey | None, form: Mapping[str, str]) -> Granted:
    now = datetime.now(UTC)
    proof = _proof(sign_in, key, now)
    body = urlencode({"client_id": sign_in.client_id, **form, **proof}).encode()
    reply = _posted(provider_of(sign_in).token, body)
    answer = _parsed(reply.body)
    if reply.status == 200:
        return _granted(sign_in, answer, now)
    if reply.status == 429 or reply.status >= 500:
        raise SignInError(Trouble.UNAVAILABLE, f"HTTP {reply.status}")
    raise _refusal(answer, reply, now)


def _proof(sign_in: MailSignIn, key: SignInKey | None, now: datetime) -> Mapping[str, str]:
    try:
        if sign_in.credential == Credential.SECRET:
            return {"client_secret": FIELDS.unseal_text(sign_in.secret_sealed)}
        if key is None:
            raise SignInError(Trouble.CERTIFICATE_UNKNOWN)
        signed = assertion(key, sign_in.client_id, provider_of(sign_in).token, now)
    except UnsealableError as error:
        raise SignInError(Trouble.KEY_UNREADABLE) from error
    return {"client_assertion_type": _ASSERTION, "client_assertion": signed}


def _posted(url: str, body: bytes) -> Reply:
    settings = load()
    try:
        to = destination(url, TOKENS, private=settings.private_networks)
        context = client_context(tuple(settings.trust_roots))
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return exchange(to, TOKENS, method="POST", headers=headers, body=body, context=context)
    except DestinationRefusedError as error:
        raise SignInError(Trouble.NOT_ANSWERED, str(error)) from error
    except OSError as error:
        raise SignInError(Trouble.UNAVAILABLE, clean(str(error))) from error


def _parsed(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _granted(sign_in: MailSignIn, answer: Mapping[str, object], now: datetime) -> Granted:
    access, refreshed = _token(answer, "access_token"), _token(answer, "refresh_token")
    if not access or str(answer.get("token_type", "")).lower() != "bearer":
        raise SignInError(Trouble.NOT_ANSWERED)
    if missing := _missing(provider_of(sign_in).scopes, answer.get("scope")):
        raise SignInError(Trouble.SCOPE, " ".join(missing))
    seconds = answer.get("expires_in")
    # Some say it as a text.
    lasting = int(seconds) if isinstance(seconds, int) or (isinstance(seconds, str) and seconds.isdecimal()) else _USUAL
    return Granted(access, refreshed, now + timedelta(seconds=max(0, min(lasting, _LONGEST))))


def _token(answer: Mapping[str, object], name: str) -> str:
    found = answer.get(name)
    fits = isinstance(found, str) and len(found) <= _LONGEST_TOKEN and _TOKEN.fullmatch(found)
    return str(found) if fits else ""


def _missing(wanted: tuple[str, ...], given: object) -> list[str]:
    """What was asked for and not given; an answer that does not say it gave all (RFC 6749, 5.1)."""
    if not isinstance(given, str) or not given.strip():
        return []
    there = {_last(each) for each in given.split()}
    return [each for each in wanted if each != OFFLINE and _last(each) not in there]


def _last(scope: str) -> str:
    # Some name the resource before the right, others do not.
    return scope.rstrip("/").rpartition("/")[2].lower()


def _refusal(answer: Mapping[str, object], reply: Reply, now: datetime) -> SignInError:
    said = words_of(answer)
    if not said:
        return SignInError(Trouble.NOT_ANSWERED, f"HTTP {reply.status}")
    off = _clock_off(reply, now)
    trouble = named(said)
    # An assertion that is refused for no other reason that is named, while the clocks differ by minutes.
    if trouble is Trouble.SECRET_WRONG and abs(off) > _CLOCK_OFF * 2:
        trouble = Trouble.CLOCK
    if trouble is Trouble.CLOCK and abs(off) > _CLOCK_OFF:
        said = f"{said} ({off / 60:+.0f} min)"
    return SignInError(trouble, said)


def _clock_off(reply: Reply, now: datetime) -> float:
    """By how many seconds our clock is ahead of the provider's; 0 where it does not tell the time."""
    try:
        theirs = parsedate_to_datetime(reply.headers.get("date", ""))
    except ValueError:
        return 0.0
    return (now - theirs).total_seconds() if theirs.tzinfo else 0.0


def words_of(answer: Mapping[str, object]) -> str:
    """What a refusal says (RFC 6749, 4.1.2.1 and 5.2), as :func:`clean` shows it; empty where it says nothing."""
    parts = [str(answer.get(each) or "") for each in ("error", "error_subtype", "error_description")]
    return clean(": ".join(each for each in parts if each))


def clean(text: str) -> str:
    """A provider's words in one line, short enough to show; Microsoft's trace numbers stay out."""
    one_line = " ".join(_UNPRINTABLE.sub(" ", text[: 4 * _LONGEST_WORDS]).split())
    return one_line.partition(" Trace ID:")[0][:_LONGEST_WORDS]
