"""One order, from the first request to the certificate in the store (RFC 8555 § 7.4)."""

import ipaddress

from acme import messages
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from siegelpost.tls.acme import draft as drafts
from siegelpost.tls.acme import pace
from siegelpost.tls.acme.acceptance import must_be_good
from siegelpost.tls.acme.authorization import prove
from siegelpost.tls.acme.client import problem_of, told, until
from siegelpost.tls.acme.draft import Draft
from siegelpost.tls.acme.order_context import OrderContext
from siegelpost.tls.acme.plan import KeyType
from siegelpost.tls.acme.problems import AcmeError, Code
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
        url = work.client.place(_identifiers(work.plan.names), "", None)
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
            chain = _issued(work, draft)
        except AcmeError as error:
            if error.problem.code not in _KEPT_FOR_LATER:
                drafts.discard(work.store, key_type)
            raise
        return _stored(work, draft, chain)


# The order itself is none the worse for these; everything else has made it invalid, or useless.
_KEPT_FOR_LATER = {Code.UNREACHABLE, Code.TOO_SLOW, Code.AUTHORITY_FAILED, Code.RATE_LIMITED, Code.BUSY, Code.STORE}
_KEPT_FOR_LATER |= {Code.DNS_PROVIDER, Code.NOT_PROPAGATED, Code.UNTRUSTED_DIRECTORY, Code.NONSENSE}


def _resumed(work: OrderContext, key_type: KeyType) -> Draft | None:
    authority = work.client.authority
    draft = drafts.usable(work.store, key_type, work.plan, work.now())
    if draft is None or (draft.directory, draft.profile) != (authority.directory, authority.profile):
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
    pace.check(work.store, authority, work.plan.names, work.now(), replaces=bool(replaces))
    work.recorder.step(Step.ORDER)
    draft = drafts.begin(work.store, key_type, authority.directory, authority.profile, work.plan.names, work.now())
    work.lease.check()
    try:
        url = work.client.place(_identifiers(work.plan.names), authority.profile, replaces or None)
    except messages.Error as error:
        # § 5 of RFC 9773: another order has replaced that certificate already. The office needs this one all the same.
        if not replaces or not str(error.typ).endswith((":alreadyReplaced", ":malformed")):
            raise
        replaces = ""
        url = work.client.place(_identifiers(work.plan.names), authority.profile, None)
    return drafts.keep(work.store, draft, url=url, replaces=replaces)


def _issued(work: OrderContext, draft: Draft) -> str:
    """Hand in the request once every name is proved, wait, and fetch the chain."""
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
    return str(client.read(order.certificate).text)


def _stored(work: OrderContext, draft: Draft, chain: str) -> Draft:
    work.recorder.step(Step.JUDGE)
    key = draft.key_pem(work.store)
    # The certificate begins by the authority's clock; ours may be some seconds behind.
    moments = [work.now(), *([there] if (there := work.client.net.server_time) else [])]
    try:
        must_be_good(chain, key, work.plan.names, work.roots, max(moments))
    except AcmeError as error:
        if error.problem.code is Code.NONSENSE:  # not a certificate at all: it can be fetched again
            raise
        drafts.discard(work.store, draft.key_type)  # it will not get better
        # The authority counts it as issued all the same.
        pace.note(
            work.store, work.client.authority, work.plan.names, pace.ISSUED, work.now(), replaces=bool(draft.replaces)
        )
        raise
    work.recorder.step(Step.STORE)
    work.lease.check()
    stored = work.store.add(chain, key, Source.ACME, at=work.now())
    pace.note(
        work.store, work.client.authority, work.plan.names, pace.ISSUED, work.now(), replaces=bool(draft.replaces)
    )
    return drafts.keep(work.store, draft, stored=stored.id)


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
