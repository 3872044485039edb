"""One order, from the first request to the certificate in the store (RFC 8555 § 7.4)."""

import ipaddress

from acme import messages
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from siegelpost.tls.acme import draft as drafts
from siegelpost.tls.acme import pace
from siegelpost.tls.acme import plan as plans
from siegelpost.tls.acme.acceptance import must_be_good
from siegelpost.tls.acme.account import OF_THE_ACCOUNT, gone
from siegelpost.tls.acme.authorization import prove
from siegelpost.tls.acme.client import kind_of, problem_of, told, until
from siegelpost.tls.acme.draft import Draft
from siegelpost.tls.acme.order_context import OrderContext
from siegelpost.tls.acme.plan import KeyType
from siegelpost.tls.acme.problems import RECORD_TO_ENTER, AcmeError, Code
from siegelpost.tls.acme.progress import Step
from siegelpost.tls.naming import is_ip_address
from siegelpost.tls.store import Source

_OPEN = (messages.STATUS_PENDING, messages.STATUS_PROCESSING)


def rehearse(work: OrderContext) -> None:
    """Prove every name to the authority and leave it at that: no certificate is issued.

    Raises:
        AcmeError: a name cannot be proved, or the authority cannot be spoken with.
    """
    with told(work.client.authority):
        work.recorder.step(Step.ORDER)
        # Not every profile exists where one practises, and what is to be shown does not depend on it.
        url, _ = _taken(work, "", "")
        order, _ = work.client.order(url)
        prove(work, order)


def certificate(work: OrderContext, key_type: KeyType, replaces: str) -> Draft:
    """Obtain and store one certificate for the plan's names; it is judged first, and nothing is activated.

    An order that was begun before, and cut off, is finished.

    Args:
        replaces: names the certificate it takes the place of (RFC 9773 § 4.1), or is empty.

    Raises:
        AcmeError: it came to nothing. OSError, StoreError: it could not be stored; the order is kept for the next try.
    """
    with told(work.client.authority):
        draft = _resumed(work, key_type) or _placed(work, key_type, replaces)
        if draft.stored:
            return draft
        order, _ = work.client.order(draft.url)
        try:
            if order.status == messages.STATUS_PENDING:
                prove(work, order)
            address = _issued(work, draft)
        except AcmeError as error:
            if error.problem.code not in _KEPT_FOR_LATER:
                drafts.forget(work.store, draft)
            raise
        return _stored(work, draft, address)


# The order itself is none the worse for these; everything else has made it invalid, or useless.
_KEPT_FOR_LATER = {Code.UNREACHABLE, Code.TOO_SLOW, Code.AUTHORITY_FAILED, Code.RATE_LIMITED, Code.BUSY, Code.STORE}
_KEPT_FOR_LATER |= {Code.NO_DNS, Code.DNS_PROVIDER, Code.ALIAS_MISSING, Code.NOT_PROPAGATED, Code.NONSENSE}
_KEPT_FOR_LATER |= {Code.UNTRUSTED_DIRECTORY, *RECORD_TO_ENTER}


def _resumed(work: OrderContext, key_type: KeyType) -> Draft | None:
    authority = work.client.authority
    draft = drafts.usable(work.store, key_type, work.plan, authority, work.now(), urgent=work.urgent)
    if draft is None:
        return None
    if draft.stored:
        return draft if any(each.id == draft.stored for each in work.store.history()) else None
    if not draft.url:
        return None
    work.recorder.step(Step.ORDER)
    try:
        order, _ = work.client.order(draft.url)
    except messages.Error:  # the authority has forgotten it
        return None
    return None if order.status == messages.STATUS_INVALID else draft


def _placed(work: OrderContext, key_type: KeyType, replaces: str) -> Draft:
    authority = work.client.authority
    pace.check(work.store, authority, work.plan.names, work.now(), replaces=bool(replaces), urgent=work.urgent)
    work.recorder.step(Step.ORDER)
    draft = drafts.begin(work.store, key_type, authority.directory, authority.profile, work.plan.names, work.now())
    work.lease.check()
    profile = plans.profile_for(authority, work.plan.names, work.client.profiles)
    url, replaces = _taken(work, profile, replaces)
    return drafts.keep(work.store, draft, url=url, replaces=replaces)


def _taken(work: OrderContext, profile: str, replaces: str) -> tuple[str, str]:
    """Have the authority take the order; gives its address, and which certificate it still says it replaces.

    What may be left out of an order is left out when the authority refuses it: the office needs the certificate, and
    not the order as it was asked for. First what it replaces (§ 5 of RFC 9773; that one may be another account's, or
    be replaced already), then the profile.

    Raises:
        AcmeError: ``account_gone``, when there is nothing left to leave out and it may be the account's fault.
    """
    client = work.client
    urgent = work.urgent and not any(map(is_ip_address, work.plan.names))
    while True:
        try:
            return client.place(_identifiers(work.plan.names), profile, replaces or None), replaces
        except messages.Error as error:
            if problem_of(error).problem.code in _KEPT_FOR_LATER:
                raise
            if replaces:
                replaces = ""
                pace.check(
                    work.store, client.authority, work.plan.names, work.now(), replaces=False, urgent=work.urgent
                )
            elif profile and urgent and kind_of(error) in _OF_THE_PROFILE:
                profile = ""
            elif kind_of(error) in OF_THE_ACCOUNT:
                raise gone(client.authority, error) from error
            else:
                raise


# What a profile is refused with that is not known (any more), or not for this account.
_OF_THE_PROFILE = frozenset({"invalidProfile", "unauthorized", "malformed"})


def _issued(work: OrderContext, draft: Draft) -> str:
    """Hand in the request once every name is proved, and wait; gives the certificate's address."""
    client, patience = work.client, work.patience
    work.recorder.step(Step.ISSUE)
    order = until(
        lambda: client.order(draft.url),
        lambda order: order.status != messages.STATUS_PENDING,
        patience.validation,
        work.lease.check,
    )
    if order.status == messages.STATUS_READY:
        work.lease.check()
        request = _request(draft.key_pem(work.store), work.plan.names)
        response = client.send(order.finalize, messages.CertificateRequest(csr=request))
        messages.Order.from_json(response.json())
    order = until(
        lambda: client.order(draft.url),
        lambda order: order.status not in (*_OPEN, messages.STATUS_READY),
        patience.issue,
        work.lease.check,
    )
    if order.status != messages.STATUS_VALID or not order.certificate:
        if order.error is not None:
            raise problem_of(order.error, authority=client.authority.directory)
        raise AcmeError(Code.REFUSED, authority=client.authority.directory, detail=f"order {order.status.name}")
    return str(order.certificate)


def _stored(work: OrderContext, draft: Draft, address: str) -> Draft:
    work.recorder.step(Step.JUDGE)
    key = draft.key_pem(work.store)
    try:
        chain = _good_chain(work, address, key)
    except AcmeError as error:
        if error.problem.code in _WORTHLESS:
            _note_issued(work, draft)
            # Another chain, a root that is entered here, or an authority that comes to its senses, may mend it.
            drafts.keep(work.store, draft, refused_at=draft.refused_at or work.now().isoformat())
        raise
    work.recorder.step(Step.STORE)
    work.lease.check()
    stored = work.store.add(chain, key, Source.ACME, at=work.now())
    _note_issued(work, draft)
    return drafts.keep(work.store, draft, stored=stored.id)


_WORTHLESS = {Code.DOCTOR, Code.WRONG_NAMES, Code.WRONG_KEY}


def _note_issued(work: OrderContext, draft: Draft) -> None:
    """The authority counts it, whether it is of use or not; once."""
    if not draft.refused_at:
        pace.note(
            work.store, work.client.authority, work.plan.names, pace.ISSUED, work.now(), replaces=bool(draft.replaces)
        )


def _good_chain(work: OrderContext, address: str, key: str) -> str:
    """The first of the chains an authority offers that every browser accepts, the preferred one before all.

    Raises:
        AcmeError: none is good; says what is wrong with the first.
    """
    # The certificate begins by the authority's clock; ours may be some seconds behind.
    moment = max([work.now(), *([there] if (there := work.client.net.server_time) else [])])
    refusals: list[AcmeError] = []
    for chain in work.client.chains(address, work.client.authority.preferred_chain):
        try:
            must_be_good(chain, key, work.plan.names, work.roots, moment)
        except AcmeError as error:
            refusals.append(error)
            if error.problem.code not in (Code.DOCTOR, Code.NONSENSE):  # of the certificate itself, not of its chain
                break
        else:
            return chain
    raise refusals[0]


def _identifiers(names: tuple[str, ...]) -> list[messages.Identifier]:
    return [
        messages.Identifier(typ=messages.IDENTIFIER_IP if is_ip_address(name) else messages.IDENTIFIER_FQDN, value=name)
        for name in names
    ]


def _request(key_pem: str, names: tuple[str, ...]) -> x509.CertificateSigningRequest:
    key = serialization.load_pem_private_key(key_pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)  # noqa: S101 - drafts make no others
    general_names: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_address(name)) if is_ip_address(name) else x509.DNSName(name) for name in names
    ]
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .add_extension(x509.SubjectAlternativeName(general_names), critical=False)
        .sign(key, hashes.SHA256())
    )
