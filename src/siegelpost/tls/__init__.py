"""Certificates and HTTPS: the one door through which the rest of the house uses them.

Names are imported when they are first asked for: judging a certificate must not need what serving one needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siegelpost.tls.acme.challenges import challenge_contexts as challenge_contexts
    from siegelpost.tls.acme.challenges import tokens as tokens
    from siegelpost.tls.acme.dns_providers import RFC2136 as RFC2136
    from siegelpost.tls.acme.dns_providers import DnsOption as DnsOption
    from siegelpost.tls.acme.dns_providers import dns_options as dns_options
    from siegelpost.tls.acme.dns_providers import dns_providers as dns_providers
    from siegelpost.tls.acme.draft import finish as finish
    from siegelpost.tls.acme.obtaining import obtain as obtain
    from siegelpost.tls.acme.plan import LETS_ENCRYPT as LETS_ENCRYPT
    from siegelpost.tls.acme.plan import LETS_ENCRYPT_SHORT as LETS_ENCRYPT_SHORT
    from siegelpost.tls.acme.plan import Authority as Authority
    from siegelpost.tls.acme.plan import Challenge as Challenge
    from siegelpost.tls.acme.plan import DnsProvider as DnsProvider
    from siegelpost.tls.acme.plan import KeyType as KeyType
    from siegelpost.tls.acme.plan import Plan as Plan
    from siegelpost.tls.acme.plan import forget_plan as forget_plan
    from siegelpost.tls.acme.plan import load_plan as load_plan
    from siegelpost.tls.acme.plan import plan_changed_at as plan_changed_at
    from siegelpost.tls.acme.plan import save_plan as save_plan
    from siegelpost.tls.acme.problems import AcmeError as AcmeError
    from siegelpost.tls.acme.problems import Problem as Problem
    from siegelpost.tls.acme.progress import Progress as Progress
    from siegelpost.tls.acme.progress import progress as progress
    from siegelpost.tls.acme.renewal import look as look
    from siegelpost.tls.acme.renewal import request_renewal as request_renewal
    from siegelpost.tls.acme.renewal import requested as requested
    from siegelpost.tls.acme.status import AcmeStatus as AcmeStatus
    from siegelpost.tls.acme.status import acme_status as acme_status
    from siegelpost.tls.acme.waiting import bought_for as bought_for
    from siegelpost.tls.acme.waiting import waits_until as waits_until
    from siegelpost.tls.acme.wording import problem_text as problem_text
    from siegelpost.tls.acme.wording import remedy_texts as remedy_texts
    from siegelpost.tls.acme.wording import step_text as step_text
    from siegelpost.tls.bought import House as House
    from siegelpost.tls.bought import NotImportable as NotImportable
    from siegelpost.tls.bought import Taken as Taken
    from siegelpost.tls.bought import Weighed as Weighed
    from siegelpost.tls.bought import take_in as take_in
    from siegelpost.tls.bought import weigh as weigh
    from siegelpost.tls.bought import weigh_back as weigh_back
    from siegelpost.tls.chain import ChainError as ChainError
    from siegelpost.tls.chain import as_certificates as as_certificates
    from siegelpost.tls.csr import NoPublicName as NoPublicName
    from siegelpost.tls.csr import Request as Request
    from siegelpost.tls.csr import RequestKey as RequestKey
    from siegelpost.tls.csr import Requests as Requests
    from siegelpost.tls.doctor.judge import judge as judge
    from siegelpost.tls.doctor.judgement import Finding as Finding
    from siegelpost.tls.doctor.judgement import Judgement as Judgement
    from siegelpost.tls.doctor.judgement import State as State
    from siegelpost.tls.doctor.judgement import Verdict as Verdict
    from siegelpost.tls.doctor.report import Words as Words
    from siegelpost.tls.front import Front as Front
    from siegelpost.tls.front import Limits as Limits
    from siegelpost.tls.front import ProxyFront as ProxyFront
    from siegelpost.tls.front import Refusal as Refusal
    from siegelpost.tls.front import Shared as Shared
    from siegelpost.tls.front import plain as plain
    from siegelpost.tls.front.choice import StoreContexts as StoreContexts
    from siegelpost.tls.front.journal import Journal as Journal
    from siegelpost.tls.keeping import Kept as Kept
    from siegelpost.tls.keeping import Loss as Loss
    from siegelpost.tls.keeping import last_loss as last_loss
    from siegelpost.tls.live import LiveFinding as LiveFinding
    from siegelpost.tls.live import LiveReport as LiveReport
    from siegelpost.tls.live import check as check
    from siegelpost.tls.openable import Fault as Fault
    from siegelpost.tls.openable import faults as faults
    from siegelpost.tls.policy import Browser as Browser
    from siegelpost.tls.selfsigned import self_signed as self_signed
    from siegelpost.tls.store import Active as Active
    from siegelpost.tls.store import KeyMismatch as KeyMismatch
    from siegelpost.tls.store import NothingBefore as NothingBefore
    from siegelpost.tls.store import Source as Source
    from siegelpost.tls.store import Store as Store
    from siegelpost.tls.store import Stored as Stored
    from siegelpost.tls.store import StoreError as StoreError
    from siegelpost.tls.texts.language import fill as fill
    from siegelpost.tls.texts.refusals import NOTHING_CHANGED as NOTHING_CHANGED
    from siegelpost.tls.texts.refusals import ONLY_STORED as ONLY_STORED
    from siegelpost.tls.texts.refusals import REASONS as REASONS
    from siegelpost.tls.texts.refusals import Reason as Reason

# name -> the module that defines it
_DOORS = {
    "Fault": "openable",
    "faults": "openable",
    "AcmeError": "acme.problems",
    "AcmeStatus": "acme.status",
    "acme_status": "acme.status",
    "Authority": "acme.plan",
    "Challenge": "acme.plan",
    "DnsProvider": "acme.plan",
    "KeyType": "acme.plan",
    "LETS_ENCRYPT": "acme.plan",
    "LETS_ENCRYPT_SHORT": "acme.plan",
    "Plan": "acme.plan",
    "Problem": "acme.problems",
    "Progress": "acme.progress",
    "challenge_contexts": "acme.challenges",
    "DnsOption": "acme.dns_providers",
    "RFC2136": "acme.dns_providers",
    "dns_options": "acme.dns_providers",
    "dns_providers": "acme.dns_providers",
    "bought_for": "acme.waiting",
    "waits_until": "acme.waiting",
    "finish": "acme.draft",
    "forget_plan": "acme.plan",
    "load_plan": "acme.plan",
    "look": "acme.renewal",
    "obtain": "acme.obtaining",
    "plan_changed_at": "acme.plan",
    "problem_text": "acme.wording",
    "progress": "acme.progress",
    "remedy_texts": "acme.wording",
    "request_renewal": "acme.renewal",
    "requested": "acme.renewal",
    "save_plan": "acme.plan",
    "step_text": "acme.wording",
    "tokens": "acme.challenges",
    "ChainError": "chain",
    "as_certificates": "chain",
    "judge": "doctor.judge",
    "House": "bought",
    "NotImportable": "bought",
    "Taken": "bought",
    "Weighed": "bought",
    "take_in": "bought",
    "weigh": "bought",
    "weigh_back": "bought",
    "RequestKey": "csr",
    "NoPublicName": "csr",
    "Request": "csr",
    "Requests": "csr",
    "Finding": "doctor.judgement",
    "Judgement": "doctor.judgement",
    "State": "doctor.judgement",
    "Verdict": "doctor.judgement",
    "Words": "doctor.report",
    "Browser": "policy",
    "Front": "front",
    "Limits": "front",
    "ProxyFront": "front",
    "Refusal": "front",
    "Shared": "front",
    "plain": "front",
    "StoreContexts": "front.choice",
    "Journal": "front.journal",
    "Kept": "keeping",
    "Loss": "keeping",
    "last_loss": "keeping",
    "LiveFinding": "live",
    "LiveReport": "live",
    "check": "live",
    "self_signed": "selfsigned",
    "Active": "store",
    "KeyMismatch": "store",
    "NothingBefore": "store",
    "Source": "store",
    "Store": "store",
    "StoreError": "store",
    "Stored": "store",
    "fill": "texts.language",
    "NOTHING_CHANGED": "texts.refusals",
    "ONLY_STORED": "texts.refusals",
    "REASONS": "texts.refusals",
    "Reason": "texts.refusals",
}


def __getattr__(name: str) -> Any:
    if name not in _DOORS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_DOORS[name]}"), name)
