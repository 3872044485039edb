"""A recipient's act at the gate: declarations come in, the gate opens now or when the withdrawal period is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from siegelpost.dispatch import links
from siegelpost.dispatch.contract import joint_order
from siegelpost.dispatch.gate.periods import end_of_withdrawal
from siegelpost.dispatch.gate.rules import ButtonKind, DeclarationKind
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.mails.cancellation import stop_reminders
from siegelpost.dispatch.models import Declaration, Dispatch, Kind
from siegelpost.dispatch.states import Act, DispatchState, after
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.log import append
from siegelpost.settings import load
from siegelpost.toolbox.lines import line


class StalePageError(Exception):
    """The form does not belong to the page that is current now; nothing was declared."""


class IncompleteError(Exception):
    """The name, or for whom it is ordered, is missing where the row asks for it; nothing was declared."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a recipient sent, as it came."""

    stamp: str
    name: str
    ticked: frozenset[DeclarationKind]
    party: str = ""

    @property
    def signature(self) -> str:
        """Who declares, and for whom and as what: as it stands below the declaration."""
        return ", ".join(filter(None, (_line(self.name), _line(self.party))))

    def is_signed(self, *, party: bool) -> bool:
        """Whether the name is there, and where the row asks for it the party: something with a letter."""
        return not self.lacking & ({"name", "party"} if party else {"name"})

    @property
    def lacking(self) -> set[str]:
        """Which of name and party have no letter, and so say nothing."""
        said = {"name": self.name, "party": self.party}
        return {field for field, words in said.items() if not any(map(str.isalpha, _line(words)))}


def _line(words: str) -> str:
    return line(words)[: links.NAME_LIMIT]


@dataclass(frozen=True, slots=True)
class Client:
    """Who sent it, as far as a server can know: kept as evidence, erased with the contact."""

    ip: str
    user_agent: str

    @property
    def personal(self) -> dict[str, str]:
        """For the ledger, which commits to it by a salted hash."""
        return {"client": f"{self.ip} {self.user_agent[:300]}"}


@transaction.atomic
def declare(token: str, form: Form, client: Client) -> Dispatch:
    """Take in the declarations of the recipient who holds ``token``, and open the gate as its row says.

    The same form sent again, also in parallel, changes nothing and gives the dispatch as it stands.

    Raises:
        LinkUnknownError, LinkClosedError: the link leads nowhere, or no longer.
        StalePageError: the form was made for another page.
        IncompleteError: no name, and the row asks for one.
    """
    dispatch = links.find(token, kind=Kind.SECURE_EXPOSE, lock=True)
    links.refuse_if_closed(dispatch)
    if dispatch.state in {DispatchState.OPEN, DispatchState.WITHDRAWN, DispatchState.REFUSED}:
        return dispatch
    if not links.stamp_is_right(form.stamp, dispatch):
        raise StalePageError
    gate = dispatch.page["gate"]
    if gate["needs_name"] and not form.is_signed(party=bool(gate.get("names_party")) and dispatch.declared_at is None):
        raise IncompleteError
    asked = {item["kind"]: item["text"] for item in gate["declarations"]}
    made = {kind: text for kind, text in asked.items() if kind in form.ticked}
    if dispatch.declared_at is None:
        made[DeclarationKind.ORDER.value] = gate["button"]["label"]
    record(dispatch, made, form.signature, client, policy_arrived=links.texts_arrived(token))
    return dispatch


def record(
    dispatch: Dispatch,
    made: Mapping[str, str],
    name: str,
    client: Client,
    *,
    policy_arrived: bool,
    source: Mapping[str, JSON] | None = None,
) -> None:
    """Keep declarations that were made, each once, and open the gate as the row says, in the caller's transaction.

    Args:
        dispatch: locked.
        made: the text of each declaration, by its kind.
        policy_arrived: the act itself proves that the mail with the legal texts had arrived.
        source: what further to name in the events, where it was no form of the page.
    """
    gate = dispatch.page["gate"]
    now = timezone.now()
    others = joint_order.others(dispatch)
    is_first = dispatch.declared_at is None
    all_ordered = all(other.declared_at for other in others)
    if is_first:
        dispatch.declared_at = now
        dispatch.policy_arrived = policy_arrived
        if all_ordered:
            _begin_period(dispatch, now)
    known = set(dispatch.declarations.values_list("kind", flat=True))
    new = {kind: text for kind, text in made.items() if kind not in known}
    shown = _shown(dispatch)
    for kind, text in new.items():
        Declaration.objects.create(dispatch=dispatch, kind=kind, text=text, made_at=now, name=name, ip=client.ip)
        append(
            EventKind.DECLARATION_MADE,
            subject=str(dispatch.public_id),
            data={"declaration": kind, "text": text, **shown, **(source or {})},
            personal={"name": name, **client.personal},
            at=now,
        )
    if all_ordered and _asked(dispatch) <= known | new.keys():
        open_gate(dispatch, Act.DECLARE)
    elif new:
        dispatch.confirmation_due = True
        if dispatch.state != DispatchState.WAITING:
            dispatch.state = after(DispatchState(dispatch.state), Act.DECLARE_WITHOUT_EARLY_START)
    if dispatch.declared_at:
        stop_reminders(dispatch)
    dispatch.save()
    if is_first and gate["button"]["kind"] == ButtonKind.ORDER:
        letters.acknowledge_order(dispatch)
    if is_first and all_ordered:
        for other in others:
            _conclude(other, now)


def _asked(dispatch: Dispatch) -> set[str]:
    """What has to be declared for an early start."""
    return {item["kind"] for item in dispatch.page["gate"]["declarations"]}


def _begin_period(dispatch: Dispatch, at: datetime) -> None:
    if dispatch.page["gate"]["hold_days"]:
        zone = ZoneInfo(load().time_zone)
        arrived = bool(dispatch.policy_arrived)
        dispatch.period_ends_at = end_of_withdrawal(at, policy_arrived=arrived, zone=zone)


def _conclude(dispatch: Dispatch, at: datetime) -> None:
    """The last of those who order together has ordered: the contract is made with who had to wait for it, too."""
    if dispatch.state != DispatchState.WAITING:
        return
    _begin_period(dispatch, at)
    append(EventKind.CONTRACT_CONCLUDED, subject=str(dispatch.public_id), at=at)
    if _asked(dispatch) <= set(dispatch.declarations.values_list("kind", flat=True)):
        open_gate(dispatch, Act.DECLARE)
    dispatch.confirmation_due = True
    dispatch.save()


def _shown(dispatch: Dispatch) -> dict[str, JSON]:
    """What stood on the page when it was declared: label, offers, texts, language, version."""
    page = dispatch.page
    return {
        "label": page["gate"]["button"]["label"],
        "offers": page["offers"],
        "texts": links.named(page["texts"]),
        "stated": page.get("stated", {}),
        "row": page["gate"]["row"],
        "version": page["gate"]["version"],
        "language": dispatch.language,
        "page_sha256": links.canonical_sha256(page),
        "policy_arrived": dispatch.policy_arrived,
        "test": dispatch.test,
    }


def open_gate(dispatch: Dispatch, act: Act) -> None:
    """Make the content available (the caller saves): now, or because the withdrawal period is over."""
    dispatch.state = after(DispatchState(dispatch.state), act)
    dispatch.opened_at = timezone.now()
    dispatch.confirmation_due = True
    append(
        EventKind.GATE_OPENED,
        subject=str(dispatch.public_id),
        data={"because": act.value},
        at=dispatch.opened_at,
    )
    append(
        EventKind.CONTENT_CONSIGNMENT,
        subject=str(dispatch.public_id),
        data={"pdf_sha256": dispatch.pdf_sha256, "content_sha256": links.canonical_sha256(dispatch.content)},
    )
