"""A recipient (or a machine) looks: recorded as looked at, never as read."""

import re
from collections.abc import Iterable
from functools import lru_cache

from siegelpost.dispatch.recipient import visitor
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import Row, prepare

# Security scanners, link previews, prefetchers and libraries that name themselves. Others come as ordinary browsers:
# that is why an opening is never taken for an act of the recipient.
_MACHINES = re.compile(
    rb"(?<!cu)bot(?:\b|_)|crawl|spider|preview|prefetch|scan|slurp|headless|phantom|puppeteer|playwright|selenium"
    # messengers and social networks that show a link's page beside it
    rb"|facebookexternalhit|facebookcatalog|whatsapp|telegram|skype|slack|teams|discord|linkedin|pinterest|mastodon"
    rb"|embedly|iframely|viber|snapchat|mattermost|rocket\.chat|synapse"
    # mail gateways and virus scanners
    rb"|proofpoint|mimecast|barracuda|safelinks|urldefense|trendmicro|symantec|messagelabs|sophos|fireeye|trellix"
    rb"|forcepoint|ironport|avanan|hornetsecurity|nospamproxy|retarus|spamtitan|cloudmark|vadesecure|virustotal"
    rb"|kaspersky|bitdefender|mcafee|fortinet|zscaler|microsoft office|ms-office|outlook-|googleimageproxy"
    # libraries
    rb"|python|aiohttp|curl|wget|go-http|java/|okhttp|apache-http|libwww|perl|ruby|guzzle|axios|node-fetch|undici|^\s*$",
    re.IGNORECASE,
)
# Headers by which browsers say that nobody has asked for the page yet, and what then stands in them.
FORESIGHT = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz")
_FORESEEN = re.compile(rb"prefetch|prerender|preview", re.IGNORECASE)


def looks_like_a_machine(user_agent: bytes, method: str = "GET", foresight: Iterable[bytes] = ()) -> bool:
    """Whether the visitor names itself as a program, or asks before anybody wanted it; a "no" proves no person.

    Args:
        foresight: the values of the headers named in :data:`FORESIGHT`.
    """
    return method == "HEAD" or any(_FORESEEN.search(value) for value in foresight) or _names_itself(user_agent)


@lru_cache(maxsize=1024)
def _names_itself(user_agent: bytes) -> bool:
    return _MACHINES.search(user_agent) is not None


def record(
    public_id: str,
    *,
    state: str,
    ip: str,
    user_agent: bytes,
    method: str,
    shown: str,
    again: bool = False,
    copy: str = "",
    foresight: Iterable[bytes] = (),
) -> Row:
    """The event of somebody looking at a dispatch's page, to be written before the page is answered.

    Args:
        shown: SHA-256 of the page, or of the content that it shows.
        again: this content was handed over before.
        copy: SHA-256 of the marked copy that was sent of it.
    """
    return prepare(
        EventKind.CONTENT_ACCESS_TRACKING if state == DispatchState.OPEN else EventKind.NOTIFICATION_ACCESS_TRACKING,
        subject=public_id,
        data={
            "machine": looks_like_a_machine(user_agent, method, foresight),
            "method": method,
            "sha256": shown,
            **({"again": True} if again else {}),
            **({"copy_sha256": copy} if copy else {}),
        },
        personal={"client": visitor.coarse(ip, user_agent[:300])},
    )
