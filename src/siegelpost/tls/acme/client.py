"""Speaking with an authority: ``acme``'s client, made to survive what authorities and networks do."""

import logging
import random
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

import requests
from acme import errors, messages
from acme.client import ClientNetwork, ClientV2
from cryptography import x509
from cryptography.x509.oid import NameOID
from josepy.errors import Error as JosepyError
from josepy.json_util import field
from josepy.jwa import JWASignature
from josepy.jwk import JWK
from requests import exceptions
from requests.adapters import HTTPAdapter
from requests.utils import parse_header_links

from siegelpost import __version__
from siegelpost.tls.acme.challenges import dns_persist01_messages, tlsalpn01_messages
from siegelpost.tls.acme.plan import Authority
from siegelpost.tls.acme.problems import AcmeError, Code

logger = logging.getLogger(__name__)

tlsalpn01_messages.register()
dns_persist01_messages.register()

TIMEOUT = 30
# One in ten good nonces accepted is what pebble's hostile mode does; 200 tries then fail once in a thousand million.
_MOST_NONCES = 200
_NONCE_PATIENCE = 120.0
# A directory, an order, a chain: some kilobytes. What is larger is no answer.
_LARGEST_ANSWER = 2**20
_READS = 4
_BETWEEN_READS = 1.0
_SHORTEST_PAUSE = 0.25
# Beyond this our certificates' dates, and every decision about them, would be wrong.
LARGEST_SKEW = timedelta(hours=25)


_LONGEST_WISH = timedelta(days=7)
_MOST_CHAINS = 8


class NewOrder(messages.NewOrder):
    """With ``replaces`` (RFC 9773 § 5), which ``acme`` does not know."""

    replaces: str | None = field("replaces", omitempty=True)


class Network(ClientNetwork):
    """Signed requests to one authority.

    ``acme`` has no public way to limit an answer, to hear a 409 or to repeat one request with another nonce.

    Args:
        key: of the account.
        ca_bundle: path of a PEM file, or True for the public authorities.
    """

    def __init__(self, key: JWK, alg: JWASignature, ca_bundle: str | bool) -> None:
        super().__init__(key, alg=alg, user_agent=f"siegelpost/{__version__}", timeout=TIMEOUT)
        self.server_time: datetime | None = None
        # A kept connection that the authority has closed meanwhile is opened anew; nothing is sent twice.
        self.session.mount("https://", HTTPAdapter(max_retries=0))
        self.session.trust_env = False
        self.session.verify = ca_bundle

    def _send_request(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        if not url.startswith("https://"):
            raise AcmeError(Code.NONSENSE, detail=f"an address that is not https: {url}")
        headers = {"User-Agent": self.user_agent, **kwargs.get("headers", {})}
        response = self.session.request(
            method, url, data=kwargs.get("data"), headers=headers, timeout=TIMEOUT, stream=True
        )
        body = bytearray()
        for part in response.iter_content(16_384):
            body += part
            if len(body) > _LARGEST_ANSWER:
                response.close()
                raise AcmeError(Code.NONSENSE, detail=f"an answer larger than {_LARGEST_ANSWER} bytes")
        response._content = bytes(body)  # requests has no other way to limit an answer's size
        response.encoding = "utf-8"
        self._note_time(response)
        return response

    def _note_time(self, response: requests.Response) -> None:
        try:
            self.server_time = parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
        except (KeyError, ValueError, TypeError):
            return

    @classmethod
    def _check_response(cls, response: requests.Response, content_type: str | None = None) -> requests.Response:
        """Also a 409 tells its problem: ``alreadyReplaced`` comes with it (RFC 9773 § 5)."""
        if response.status_code == HTTPStatus.CONFLICT:
            response.status_code = HTTPStatus.BAD_REQUEST
        try:
            return super()._check_response(response, content_type)
        except messages.Error as error:
            error.response = response
            raise
        except errors.ClientError:
            # A page for people ("Service busy") where a problem document should be.
            if code := _FAILED.get(response.status_code // 100, _FAILED.get(response.status_code)):
                detail = f"HTTP {response.status_code} {response.reason or ''}".strip()
                raise AcmeError(code, wait=_wish(response), detail=detail) from None
            raise

    def post(self, url: str, obj: Any, **kwargs: Any) -> requests.Response:
        """Signed, with another nonce as often as one is refused: a refused request has done nothing."""
        began = time.monotonic()
        for _ in range(_MOST_NONCES):
            try:
                return self._post_once(url, obj, **dict(kwargs))
            except messages.Error as error:
                if kind_of(error) != "badNonce" or time.monotonic() - began > _NONCE_PATIENCE:
                    raise
                if self.REPLAY_NONCE_HEADER in error.response.headers:
                    self._add_nonce(error.response)
        raise AcmeError(Code.AUTHORITY_FAILED, detail="badNonce")


# What an answer without a problem document means, by its hundreds or exactly.
_FAILED = {5: Code.AUTHORITY_FAILED, HTTPStatus.TOO_MANY_REQUESTS: Code.RATE_LIMITED}


class Client(ClientV2):
    """One authority, with one account."""

    net: Network

    def __init__(self, directory: messages.Directory, net: Network, authority: Authority) -> None:
        super().__init__(directory, net)
        self.authority = authority

    @property
    def account_uri(self) -> str:
        """The address of our account; empty before there is one."""
        return str(self.net.account.uri) if self.net.account else ""

    @property
    def knows_ari(self) -> bool:
        """Whether it says when to renew (RFC 9773)."""
        return bool(self.directory.to_partial_json().get("renewalInfo"))

    @property
    def profiles(self) -> frozenset[str]:
        """Which profiles it offers; none where it does not say."""
        meta = self.directory.to_partial_json().get("meta")
        return frozenset((getattr(meta, "profiles", None) if meta else None) or ())

    def send(self, url: str, obj: Any) -> requests.Response:
        """What is signed, once; ``None`` for a POST-as-GET (RFC 8555 § 6.3)."""
        return self.net.post(url, obj, new_nonce_url=self.directory["newNonce"])

    def read(self, url: str) -> requests.Response:
        """A POST-as-GET, repeated when the connection breaks: reading twice does no harm."""
        for left in reversed(range(_READS)):
            try:
                return self.send(url, None)
            except (requests.ConnectionError, requests.Timeout):
                if not left:
                    raise
                time.sleep(_BETWEEN_READS)
        raise AssertionError("unreachable")

    def place(self, identifiers: list[messages.Identifier], profile: str, replaces: str | None) -> str:
        """A new order; gives its address. Never repeated by itself: it might have arrived."""
        order = NewOrder(identifiers=identifiers, profile=profile or None, replaces=replaces)
        response = self.send(self.directory["newOrder"], order)
        location = response.headers.get("Location")
        if not location:
            raise AcmeError(Code.NONSENSE, detail="a new order without an address")
        return str(location)

    def order(self, url: str) -> tuple[messages.Order, float]:
        """How an order stands, and in how many seconds to ask again."""
        response = self.read(url)
        return messages.Order.from_json(response.json()), _retry_after(response)

    def authorization(self, url: str) -> tuple[messages.Authorization, float]:
        """How an authorization stands, and in how many seconds to ask again."""
        response = self.read(url)
        return messages.Authorization.from_json(response.json()), _retry_after(response)

    def chains(self, url: str, preferred: str = "") -> Iterator[str]:
        """The chains under which a certificate is offered (RFC 8555 § 7.4.2), fetched as they are asked for.

        Args:
            preferred: the common name of the issuer whose chain comes first; else they come as the authority has them.
        """
        first = self.read(url)
        links = parse_header_links(first.headers.get("Link", ""))
        addresses = [urljoin(url, each["url"]) for each in links if each.get("rel") == "alternate"][: _MOST_CHAINS - 1]
        rest = (str(self.read(each).text) for each in addresses)
        if not preferred:
            yield str(first.text)
            yield from rest
        else:
            yield from sorted([str(first.text), *rest], key=lambda chain: _root_name(chain) != preferred)

    def answer(self, challenge: messages.ChallengeBody) -> None:
        """Tell the authority to look."""
        self.send(challenge.uri, challenge.response(self.net.key))


def _root_name(chain: str) -> str:
    """The common name of who issued a chain's last certificate; empty where nobody can read it."""
    with suppress(ValueError, IndexError):
        issuer = x509.load_pem_x509_certificates(chain.encode())[-1].issuer
        return str(issuer.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
    return ""


def _retry_after(response: requests.Response) -> float:
    """Up to half a minute, whatever is asked for."""
    try:
        asked = float(response.headers["Retry-After"])
    except (KeyError, ValueError):
        asked = 0.0
    return min(max(asked, _SHORTEST_PAUSE), 30.0)


def connect(authority: Authority, key: JWK, alg: JWASignature, ca_bundle: str | bool) -> Client:
    """Read an authority's directory.

    Raises:
        AcmeError: it does not answer, or not as a directory.
    """
    net = Network(key, alg, ca_bundle)
    with told(authority):
        directory = messages.Directory.from_json(net.get(authority.directory).json())
        for wanted in ("newNonce", "newAccount", "newOrder"):
            directory[wanted]
    return Client(directory, net, authority)


# What an authority's problem type (RFC 8555 § 6.7) means for the office.
_TYPES = {
    "accountDoesNotExist": Code.ACCOUNT_GONE,
    "caa": Code.CAA,
    "connection": Code.NOT_REACHED,
    "dns": Code.DNS_FAILED,
    "dnssec": Code.DNSSEC,
    "tls": Code.TLS_FAILED,
    "incorrectResponse": Code.WRONG_ANSWER,
    "unknownHost": Code.DNS_FAILED,
    "rateLimited": Code.RATE_LIMITED,
    "rejectedIdentifier": Code.REJECTED_NAME,
    "unsupportedIdentifier": Code.REJECTED_NAME,
    "externalAccountRequired": Code.EAB_MISSING,
    "invalidContact": Code.ACCOUNT_REFUSED,
    "unsupportedContact": Code.ACCOUNT_REFUSED,
    "invalidProfile": Code.PROFILE_UNKNOWN,
    "serverInternal": Code.AUTHORITY_FAILED,
    "badNonce": Code.AUTHORITY_FAILED,
}


def problem_of(error: messages.Error, **values: object) -> AcmeError:
    """An authority's problem document about a request, or an order, as ours."""
    return _problem(error, _TYPES, values)


def validation_problem_of(error: messages.Error, **values: object) -> AcmeError:
    """What the authority met when it looked at a name. There, ``unauthorized`` says nothing about the account."""
    return _problem(error, {**_TYPES, "unauthorized": Code.WRONG_ANSWER}, values)


def kind_of(error: messages.Error) -> str:
    """The last part of its type."""
    return str(error.typ).rpartition(":")[2]


def _problem(error: messages.Error, codes: Mapping[str, Code], values: Mapping[str, object]) -> AcmeError:
    kind = kind_of(error)
    detail = "; ".join(filter(None, [error.detail, *(sub.detail for sub in error.subproblems or ())]))
    response: requests.Response | None = getattr(error, "response", None)
    status = response.status_code if response is not None else 0
    unknown = _FAILED.get(status // 100, _FAILED.get(status, Code.REFUSED))
    code = codes.get(kind, unknown)
    return AcmeError(code, wait=_wish(response)).told_as(code, kind=kind, detail=detail or kind, **values)


def _wish(response: requests.Response | None) -> timedelta | None:
    """For how long it does not want to be asked again (RFC 9110 § 10.2.3), by its own clock; a week at most."""
    asked = response.headers.get("Retry-After", "") if response is not None else ""
    if asked.isdigit():
        return min(timedelta(seconds=min(int(asked), 10**9)), _LONGEST_WISH)
    try:
        there = parsedate_to_datetime(response.headers["Date"]) if response is not None else datetime.now(UTC)
        return max(timedelta(), min(parsedate_to_datetime(asked) - there, _LONGEST_WISH))
    except (KeyError, ValueError, TypeError):
        return None


class told:
    """Every failure of library and network inside becomes an AcmeError that names the authority."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority.directory

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, AcmeError) and "authority" not in error.problem.values and not error.of_a_validation:
            error.told_as(error.problem.code, authority=self._authority)
        if error is None or isinstance(error, AcmeError) or not isinstance(error, Exception):
            return
        if isinstance(error, messages.Error):
            raise problem_of(error, authority=self._authority) from error
        for kinds, code in _FAILURES:
            if isinstance(error, kinds):
                code = Code.NO_DNS if _without_dns(error) else code
                detail = f"{type(error).__name__}: {error}"
                logger.info("%s: %s: %s", self._authority, code, detail)
                raise AcmeError(code, detail=detail, authority=self._authority) from error


def _without_dns(error: BaseException | None) -> bool:
    """Whether no name server answered; that a name does not exist is an answer."""
    while error is not None:
        if isinstance(error, socket.gaierror):
            return error.errno == socket.EAI_AGAIN
        error = error.__cause__ or error.__context__
    return False


_FAILURES: tuple[tuple[tuple[type[Exception], ...], Code], ...] = (
    ((exceptions.SSLError, ssl.SSLError), Code.UNTRUSTED_DIRECTORY),
    ((exceptions.InvalidJSONError, exceptions.TooManyRedirects, exceptions.ContentDecodingError), Code.NONSENSE),
    ((requests.RequestException,), Code.UNREACHABLE),
    (
        (errors.Error, JosepyError, ValueError, KeyError, TypeError, AttributeError, RecursionError),
        Code.NONSENSE,
    ),
)


def until(
    look: Callable[[], tuple[Any, float]], ended: Callable[[Any], bool], patience: float, alive: Callable[[], None]
) -> Any:
    """Look again and again, as often as the other side wants, until it has ended.

    Raises:
        AcmeError: ``too_slow`` after ``patience`` seconds.
    """
    began = time.monotonic()
    while True:
        alive()
        found, pause = look()
        if ended(found):
            return found
        passed = time.monotonic() - began
        if passed > patience:
            raise AcmeError(Code.TOO_SLOW, minutes=round(patience / 60))
        # Most are done within a second; whoever takes long is asked more seldom.
        time.sleep(max(pause, passed / 8) * random.uniform(1, 1.2))  # noqa: S311 - only to spread requests
