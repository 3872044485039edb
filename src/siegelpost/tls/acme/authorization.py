"""Proving that the names are ours: choose a challenge for each, have the answers ready, let the authority look."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from acme import messages

from siegelpost.tls.acme.challenges import http01, tlsalpn01
from siegelpost.tls.acme.challenges.dns01 import Records
from siegelpost.tls.acme.client import problem_of, until
from siegelpost.tls.acme.order_context import OrderContext
from siegelpost.tls.acme.plan import Challenge
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.progress import Step
from siegelpost.tls.naming import is_ip_address


@dataclass(frozen=True, slots=True)
class _Proof:
    url: str
    name: str
    kind: Challenge
    challenge: messages.ChallengeBody


def prove(work: OrderContext, order: messages.Order) -> None:
    """Make every authorization of an order valid.

    Each time it has failed before, the next kind of challenge has its turn.

    Raises:
        AcmeError: a name cannot be proved; the problem names it.
    """
    work.recorder.step(Step.PREPARE)
    proofs = [proof for url in order.authorizations if (proof := _chosen(work, str(url)))]
    work.recorder.note(challenges={proof.name: str(proof.kind) for proof in proofs})
    with ExitStack() as undo:
        _present(work, proofs, undo)
        work.recorder.step(Step.VALIDATE)
        work.lease.check()
        for proof in proofs:
            # One that is already being looked at, since an earlier process asked for it, must not be answered again.
            if proof.challenge.status == messages.STATUS_PENDING:
                work.client.answer(proof.challenge)
        for proof in proofs:
            _await(work, proof)


def _chosen(work: OrderContext, url: str) -> _Proof | None:
    plan = work.plan
    authorization, _ = work.client.authorization(url)
    name = ("*." if authorization.wildcard else "") + str(authorization.identifier.value)
    if authorization.status == messages.STATUS_VALID:
        return None
    if authorization.status != messages.STATUS_PENDING:
        raise _refusal(authorization, name)
    offered = {str(each.chall.typ): each for each in authorization.challenges}
    begun = [kind for kind in plan.challenges if kind in offered and offered[kind].status != messages.STATUS_PENDING]
    possible = [kind for kind in plan.challenges if kind in offered and _fits(kind, name)]
    if not possible:
        raise AcmeError(Code.NO_CHALLENGE, name=name, offered=", ".join(sorted(offered)))
    kind = begun[0] if begun else possible[work.attempt % len(possible)]
    return _Proof(url, name, kind, offered[kind])


def _fits(kind: Challenge, name: str) -> bool:
    if name.startswith("*."):
        return kind is Challenge.DNS_01
    return not (is_ip_address(name) and kind is Challenge.DNS_01)


def _present(work: OrderContext, proofs: Iterable[_Proof], undo: ExitStack) -> None:
    key: Any = work.client.net.key
    records = Records(work.plan.dns, work.patience.propagation) if work.plan.dns else None
    if records:
        undo.callback(records.remove)
    for proof in proofs:
        value = proof.challenge.validation(key)
        if proof.kind is Challenge.DNS_01:
            assert records is not None  # noqa: S101 - a checked plan with this challenge has a provider
            records.present(proof.name, value)
        elif proof.kind is Challenge.HTTP_01:
            token = proof.challenge.chall.encode("token")
            undo.callback(http01.remove, work.store, token)
            http01.present(work.store, token, value)
        else:
            undo.callback(tlsalpn01.remove, work.store, proof.name)
            tlsalpn01.present(work.store, proof.name, value, work.now())
    if records:
        records.wait(work.lease.check)


def _await(work: OrderContext, proof: _Proof) -> None:
    found = until(
        lambda: work.client.authorization(proof.url),
        lambda authorization: authorization.status != messages.STATUS_PENDING,
        work.patience.validation,
        work.lease.check,
    )
    if found.status != messages.STATUS_VALID:
        raise _refusal(found, proof.name)


def _refusal(authorization: messages.Authorization, name: str) -> AcmeError:
    for challenge in authorization.challenges or ():
        if challenge.error is not None:
            return problem_of(challenge.error, name=name, challenge=str(challenge.chall.typ))
    status = authorization.status.name if authorization.status else "?"
    return AcmeError(Code.REFUSED, name=name, detail=f"authorization {status}")
