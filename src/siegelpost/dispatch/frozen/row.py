"""One row of a dispatch and its link, read past the models: what a recipient's page is made of, for each opening."""

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from siegelpost.dispatch.frozen.pages import Shown
from siegelpost.dispatch.frozen_form import known
from siegelpost.dispatch.models import Kind
from siegelpost.dispatch.states import MAILED, DispatchState

# The same text for both databases but for the placeholder; what differs between them is cast to text.
SQL = f"""
SELECT CAST(d.public_id AS text), d.kind, d.state, CAST(d.page AS text),
       CASE WHEN d.state = '{DispatchState.OPEN}' AND l.opens THEN CAST(d.content AS text) END,
       CAST(d.period_ends_at AS text), CAST(d.declared_at AS text), CAST(d.expires_at AS text), d.pdf_sha256,
       CAST(d.released AS text),
       CASE WHEN d.state IN ({", ".join(f"'{state}'" for state in MAILED)}) THEN d.gate_html END
FROM dispatch_link l JOIN dispatch_dispatch d ON d.id = l.dispatch_id
WHERE l.token_hash = """  # noqa: S608 - the states are names of our own


class PageRow(NamedTuple):
    """A row of the query above, as the databases give it."""

    public_id: str
    kind: str
    state: str
    page: str
    content: str | None
    period_ends_at: str | None
    declared_at: str | None
    expires_at: str
    pdf_sha256: str
    released: str
    gate_html: bytes | None


def public_id(found: PageRow) -> str:
    """The dispatch's public id as it is written everywhere; SQLite keeps it without hyphens."""
    return str(UUID(found.public_id))


def state_of(found: PageRow, now: datetime) -> DispatchState:
    """The state a visitor meets: one whose time ended before anything was declared shows itself as expired."""
    over = found.declared_at is None and _moment(found.expires_at) <= now
    return DispatchState.EXPIRED if over else DispatchState(found.state)


def shown(found: PageRow, state: DispatchState) -> Shown:
    """What the page of this row is made of.

    Raises:
        NewerFormError: a newer version has frozen it.
    """
    return Shown(
        public_id=public_id(found),
        kind=Kind(found.kind),
        state=state,
        page=known(json.loads(found.page)),
        content=content_of(found) or None,
        period_ends_at=_moment(found.period_ends_at) if found.period_ends_at else None,
        expires_at=_moment(found.expires_at),
        released=frozenset(json.loads(found.released)),
    )


def content_of(found: PageRow) -> dict[str, Any]:
    """What stands behind the gate; empty while it does not open for this link.

    Raises:
        NewerFormError: a newer version has frozen it.
    """
    content: dict[str, Any] = known(json.loads(found.content or "{}"))
    return content


def _moment(text: str) -> datetime:
    """A time of the database, which keeps UTC; SQLite does not say so in the text."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
