"""What Safari says, by Apple's published rules. It runs on Apple's machines only, so nobody here can ask it.

Where Apple has published nothing and Chromium and Firefox disagree, the answer is that it cannot be known.
"""

from datetime import UTC, datetime

from siegelpost.doctor.browsers import chromium, handshake, root_policy
from siegelpost.doctor.browsers.fault import Fault
from siegelpost.doctor.case import Case
from siegelpost.doctor.der import DerError
from siegelpost.doctor.policy import Browser, purposes
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.precedence import SAFARI_SENTENCE
from siegelpost.doctor.x509.extensions import Reading, read

# support.apple.com/103769 (HT210176): certificates issued from this day on must name what they are for.
PURPOSE_SINCE = datetime(2019, 7, 1, tzinfo=UTC)


def examine(case: Case, *, disagreement: bool) -> list[tuple[str, Fault]]:
    """What Apple's rules refuse. Safari shows one sentence for all of it.

    ``disagreement`` says that exactly one of the other two browsers accepts.
    """
    found = sorted(_faults(case), key=lambda fault: chromium.status_of(fault).rank)
    if not found and disagreement:
        found = [Fault(Cause.OTHERS_DISAGREE, case.leaf)]
    return [(SAFARI_SENTENCE, fault) for fault in found]


def _faults(case: Case) -> list[Fault]:
    offered = handshake.key_fault(case, Browser.SAFARI)
    found = [] if offered is None else [offered]
    try:
        leaf = read(case.leaf)
    except DerError:
        return [*found, Fault(Cause.MALFORMED, case.leaf)]
    settled = chromium.settle(case, Browser.SAFARI)
    named = chromium.name_fault(case)
    found += settled.faults
    if settled.path.trusted:
        found += root_policy.faults(case, Browser.SAFARI, settled.certificates)
    if named is not None:
        found.append(named)
    return [*found, *_own_rules(case, leaf)]


def _own_rules(case: Case, leaf: Reading) -> list[Fault]:
    stated = leaf.purposes or frozenset()
    if leaf.not_before >= PURPOSE_SINCE and purposes.SERVER not in stated:
        return [Fault(Cause.WRONG_PURPOSE, case.leaf)]
    return []
