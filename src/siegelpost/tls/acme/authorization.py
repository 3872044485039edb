"""Proving that the names are ours: choose a challenge for each, have the answers ready, let the authority look."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from acme import messages

from siegelpost.tls.acme import standing_records
from siegelpost.tls.acme.challenges import http01, tlsalpn01
from siegelpost.tls.acme.challenges.dns01 import Records
from siegelpost.tls.acme.challenges.dns_persist01 import place_of
from siegelpost.tls.acme.client import until, validation_problem_of
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
        records = _present(work, proofs, undo)
        work.recorder.step(Step.VALIDATE)
        work.lease.check()
        for proof in proofs:
            # One that is already being looked at, since an earlier process asked for it, must not be answered again.
            if proof.challenge.status == messages.STATUS_PENDING:
                work.client.answer(proof.challenge)
        for proof in proofs:
            _await(work, proof, records)


def _chosen(work: OrderContext, url: str) -> _Proof | None:
    plan = work.plan
    authorization, _ = work.client.authorization(url)
    name = ("*." if authorization.wildcard else "") + str(authorization.identifier.value)
    if authorization.status == messages.STATUS_VALID:
        standing_records.noted(work, authorization, name)
        return None
    if authorization.status != messages.STATUS_PENDING:
        raise _refusal(authorization, name)
    offered = {str(each.chall.typ): each for each in authorization.challenges}
    begun = [kind for kind in plan.challenges if kind in offered and offered[kind].status != messages.STATUS_PENDING]
    possible = [kind for kind in plan.challenges if kind in offered and _fits(kind, name)]
    if not possible:
        code = Code.STANDING_NOT_OFFERED if set(plan.challenges) == {Challenge.DNS_PERSIST_01} else Code.NO_CHALLENGE
        raise AcmeError(code, name=name, offered=", ".join(sorted(offered)))
    kind = begun[0] if begun else possible[work.attempt % len(possible)]
    return _Proof(url, name, kind, offered[kind])


def _fits(kind: Challenge, name: str) -> bool:
    return kind.by_dns if name.startswith("*.") else not (is_ip_address(name) and kind.by_dns)


def _present(work: OrderContext, proofs: Sequence[_Proof], undo: ExitStack) -> Records | None:
    key: Any = work.client.net.key
    dns = work.plan.dns
    records = Records(dns, work.patience.propagation, work.attempt) if dns and dns.provider else None
    if records:
        undo.callback(records.remove)
    standing = [each for each in proofs if each.kind is Challenge.DNS_PERSIST_01]
    standing_records.require(
        work, [standing_records.record_for(work, each.name, each.challenge.chall) for each in standing]
    )
    for proof in proofs:
        if proof in standing:
            continue
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
    return records


def _await(work: OrderContext, proof: _Proof, records: Records | None) -> None:
    found = until(
        lambda: work.client.authorization(proof.url),
        lambda authorization: authorization.status != messages.STATUS_PENDING,
        work.patience.validation,
        work.lease.check,
    )
    if found.status != messages.STATUS_VALID:
        raise _refusal(found, proof.name, records)


def _refusal(authorization: messages.Authorization, name: str, records: Records | None = None) -> AcmeError:
    for challenge in authorization.challenges or ():
        if challenge.error is not None:
            kind = str(challenge.chall.typ)
            error = validation_problem_of(challenge.error, name=name, challenge=kind)
            if kind == Challenge.DNS_PERSIST_01 and error.problem.code in _OF_THE_RECORD:
                return error.told_as(Code.STANDING_REFUSED, record=place_of(name))
            if records and kind == Challenge.DNS_01 and error.problem.code in _NOT_SEEN:
                code, values = records.unseen(name, error.problem.values["detail"])
                return error.told_as(code, **values)
            return error
    status = authorization.status.name if authorization.status else "?"
    return AcmeError(Code.REFUSED, name=name, detail=f"authorization {status}")


# Of a DNS challenge, these say that the record was not found; nobody has spoken with this server.
_NOT_SEEN = {Code.WRONG_ANSWER, Code.DNS_FAILED}
# Of a record that stays, "malformed" is a record that the authority cannot read.
_OF_THE_RECORD = _NOT_SEEN | {Code.REFUSED}
