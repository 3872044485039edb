"""What a recipient will be shown, frozen at the moment of sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from siegelpost import storage, templating
from siegelpost.contacts.models import Contact, Salutation
from siegelpost.dispatch import gate, links
from siegelpost.dispatch.attachments import Attached, listed
from siegelpost.dispatch.gate import ButtonKind, Facts, Row
from siegelpost.estates import commission, energy
from siegelpost.estates.expose import snapshot
from siegelpost.estates.expose_pdf import render
from siegelpost.estates.models import Estate
from siegelpost.mail import server_settings
from siegelpost.office import texts
from siegelpost.office.models import Agent, Language, LegalText, Office, TextKind


class NotReadyError(Exception):
    """The dispatch cannot be sent yet; ``reasons`` says what is missing, in the reader's language."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Letter:
    """What the agent decides about one dispatch."""

    estates: Sequence[Estate]
    contact: Contact
    subject: str
    message: str
    language: Language
    button_label: str = ""  # empty: the usual one
    attachments: Sequence[Attached] = ()


@dataclass(frozen=True, slots=True)
class Frozen:
    """The result: what stands before the gate, behind it, and the PDF; and what the agent should know."""

    row: Row
    page: dict[str, Any]
    content: dict[str, Any]
    warnings: list[str]


def facts_of(letter: Letter) -> Facts:
    """The facts that decide about the gate's row."""
    return Facts(
        consumer=not letter.contact.is_business,
        commission=any(estate.buyer_commission_due for estate in letter.estates),
        text_form=any(estate.is_purchase and estate.is_flat_or_single_family_house for estate in letter.estates),
    )


def freeze(office: Office, agent: Agent, letter: Letter) -> Frozen:
    """Put together what the recipient will be shown, in the letter's language.

    Raises:
        NotReadyError: an address, a text or a commission that the row asks for is missing.
        siegelpost.dispatch.gate.LabelRefusedError: the button may not be called that.
    """
    row = gate.row_for(facts_of(letter))
    label = gate.check_label(row, letter.button_label or gate.labels_for(row, letter.language)[0], letter.language)
    found = {kind: texts.current(kind, letter.language) for kind in (*row.texts, TextKind.TERMS)}
    _refuse_if_not_ready(office, letter, row, found)
    with translation.override(letter.language):
        shown = [snapshot(estate) for estate in letter.estates]
        page = {
            "v": 1,
            "language": letter.language.value,
            "test": office.test_operation,
            "subject": letter.subject,
            "message": letter.message,
            "office": office_shown(office),
            "agent": {"name": agent.name, "phone": agent.phone, "email": agent.email},
            "recipient": {"name": letter.contact.full_name, "greeting": greeting(letter.contact)},
            "estates": [one["before"] for one in shown],
            "offers": [_offer(estate) for estate in letter.estates if row.button is ButtonKind.ORDER],
            "gate": {
                "row": row.key,
                "version": gate.VERSION,
                "button": {"kind": row.button.value, "label": label},
                "needs_name": row.needs_name,
                "hold_days": row.period.days if row.period else 0,
                "declarations": [
                    {"kind": kind.value, "text": gate.DECLARATION_TEXTS[kind, letter.language]}
                    for kind in row.declarations
                ],
            },
            "texts": [_text(one) for one in found.values() if one],
        }
        content = {"v": 1, "estates": [one["after"] for one in shown], "attachments": listed(letter.attachments)}
    return Frozen(row, page, content, _warnings(letter, found))


def gate_html(public_id: str, page: dict[str, Any]) -> bytes:
    """The page before the gate, byte for byte as the recipient will get it: made once, so that every opening shows
    the same, costs no rendering, and can be proven by its SHA-256.
    """
    html = templating.render(
        "recipient/gate.html",
        page["language"],
        page=page,
        stamp=links.stamp(public_id, page),
        may_withdraw=False,
        error="",
        name="",
        name_limit=links.NAME_LIMIT,
    )
    return html.encode()


def expose_pdf(frozen: Frozen) -> str:
    """Make the PDF of what stands behind the gate, store it, and give its SHA-256; takes up to a second."""
    return storage.put(
        render(
            frozen.content["estates"],
            office=frozen.page["office"],
            agent=frozen.page["agent"],
            language=frozen.page["language"],
            test=frozen.page["test"],
        )
    )


def greeting(contact: Contact) -> str:
    """The first line of a letter, in the active language."""
    greetings = {
        Salutation.MS: _("Sehr geehrte Frau %(name)s,"),
        Salutation.MR: _("Sehr geehrter Herr %(name)s,"),
        Salutation.NEUTRAL: _("Guten Tag %(name)s,"),
    }
    formal = contact.salutation in {Salutation.MS, Salutation.MR}
    return greetings[Salutation(contact.salutation)] % {"name": contact.last_name if formal else contact.full_name}


def office_shown(office: Office) -> dict[str, str]:
    """Who the office is, as recipients read it."""
    fields = ("name", "owner", "address_line", "phone", "email", "website", "colour")
    return {name: str(getattr(office, name)) for name in fields}


def _offer(estate: Estate) -> dict[str, str]:
    who, base = (
        (_("Sie als Käufer/in"), _("vom Kaufpreis"))
        if estate.is_purchase
        else (_("Sie als Mieter/in"), _("von der Kaltmiete"))
    )
    return {
        "title": estate.title,
        "service": _("Nachweis oder Vermittlung des Vertrags über diese Immobilie"),
        "commission": _with_base(estate.buyer_commission, base),
        "who": who,
    }


def _with_base(commission: str, base: str) -> str:
    """A bare rate says of what it is one: the recipient must be able to work out what is owed."""
    return f"{commission} ({base})" if "%" in commission and "preis" not in commission.casefold() else commission


def _text(text: LegalText) -> dict[str, Any]:
    return {
        "kind": text.kind,
        "title": str(text.get_kind_display()),
        "version": text.version,
        "sha256": text.sha256,
        "text": text.text,
    }


def _refuse_if_not_ready(office: Office, letter: Letter, row: Row, found: dict[TextKind, LegalText | None]) -> None:
    reasons = [
        _("Es fehlt der Text „%(text)s“ (%(language)s). Legen Sie ihn unter Einstellungen → Texte an.")
        % {"text": kind.label, "language": letter.language.label}
        for kind in row.texts
        if found[kind] is None
    ]
    reasons += [
        _("Bei „%(estate)s“ ist eine Provision vorgesehen, aber ihre Höhe fehlt. Tragen Sie sie beim Objekt ein.")
        % {"estate": estate.title}
        for estate in letter.estates
        if estate.buyer_commission_due and not estate.buyer_commission.strip()
    ]
    reasons += not_ready_to_mail(office, [letter.contact])
    if not letter.estates:
        reasons.append(_("Es ist kein Objekt ausgewählt."))
    if reasons:
        raise NotReadyError(reasons)


def not_ready_to_mail(office: Office, recipients: Sequence[Contact]) -> list[str]:
    """What keeps a mail of any kind from going out, in the reader's language."""
    reasons = [
        _("%(contact)s hat noch keine E-Mail-Adresse.") % {"contact": contact}
        for contact in recipients
        if not contact.email
    ]
    if not office.name:
        reasons.append(_("Das Büro hat noch keinen Namen. Tragen Sie ihn unter Einstellungen → Büro ein."))
    try:
        server_settings.current()
        server_settings.sender()
    except server_settings.NotConfiguredError:
        reasons.append(
            _("Es fehlt noch der Mailserver oder die Absenderadresse. Beides steht unter Einstellungen → Mailserver.")
        )
    return reasons


def _warnings(letter: Letter, found: dict[TextKind, LegalText | None]) -> list[str]:
    warnings = [warning for estate in letter.estates for warning in energy.missing(estate)]
    if not letter.contact.is_business:
        warnings += [warning for estate in letter.estates for warning in commission.warnings(estate)]
    policy = found.get(TextKind.WITHDRAWAL_POLICY)
    if policy and texts.lacks_withdrawal_function(policy.text, letter.language):
        warnings.append(
            _(
                "Ihre Widerrufsbelehrung nennt die elektronische Widerrufsfunktion nicht, die seit dem 19. Juni 2026 "
                "dazugehört (§ 356a BGB)."
            )
        )
    return warnings
