"""What a recipient will be shown, frozen at the moment of sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from siegelpost import storage
from siegelpost.contacts.models import Contact
from siegelpost.dispatch import contact_reason, links, returned_mail, wording
from siegelpost.dispatch.attachments import listed
from siegelpost.dispatch.frozen import enclosed_texts, sender
from siegelpost.dispatch.frozen.documents import sha256_of
from siegelpost.dispatch.frozen.files import enclosed_in
from siegelpost.dispatch.frozen.pages import first_html
from siegelpost.dispatch.frozen_form import FORM
from siegelpost.dispatch.gate import facts as gate_facts
from siegelpost.dispatch.gate import legal_texts, offers, rules, void_orders
from siegelpost.dispatch.gate.rules import ButtonKind, Claim, Decision, GateRow, StoredTexts
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.models import Dispatch, Kind, Leftover
from siegelpost.dispatch.wording import Wording
from siegelpost.estates import commission, energy
from siegelpost.estates.expose import hides_street, mentions, snapshot
from siegelpost.estates.expose_pdf import render
from siegelpost.ledger.leaf import JSON
from siegelpost.mail.outgoing import server_settings
from siegelpost.office import placeholders, texts
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Language, LegalText, Office, TextKind
from siegelpost.settings import load
from siegelpost.toolbox.addresses import is_mail_address
from siegelpost.toolbox.remark import Remark


class NotReadyError(Exception):
    """The dispatch cannot be sent yet; ``reasons`` says what is missing, in the reader's language."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Frozen:
    """The result: what stands before the gate, behind it, and the PDF; and what the agent should know."""

    row: GateRow
    page: dict[str, Any]
    content: dict[str, Any]
    warnings: list[str]

    @property
    def digest(self) -> str:
        """SHA-256 of all but what the agent types: previews with the same one differ in subject and message only."""
        page = {name: value for name, value in self.page.items() if name not in {"subject", "message"}}
        return links.canonical_sha256({"page": page, "content": self.content})


def freeze(office: Office, agent: Agent, letter: Letter) -> Frozen:
    """Put together what the recipient will be shown, in the letter's language.

    Raises:
        NotReadyError: an address, a text or a commission that the row asks for is missing, or the law knows no order.
        siegelpost.office.button_labels.LabelRefusedError: the button may not be called that.
    """
    row = gate_facts.row_of(letter)
    usual = rules.labels_for(row, letter.language, office.order_label(letter.language))[0]
    label = rules.check_label(row, letter.button_label or usual, letter.language)
    stored = texts.in_force(letter.language)
    policy = stored.get(TextKind.WITHDRAWAL_POLICY)
    names_function = policy is not None and not texts.lacks_withdrawal_function(policy.text, letter.language)
    decision = rules.decide(row, StoredTexts(frozenset(stored), names_function))
    about = wording.About(office, agent, letter.contact, letter.estates)
    words = wording.filled(letter.subject, letter.message, about, letter.language)
    _refuse_if_not_ready(office, letter, decision, words)
    with translation.override(letter.language):
        shown = [snapshot(estate) for estate in letter.estates]
        page = {
            "v": FORM,
            "language": letter.language.value,
            "other_language": other_language(row, letter.language),
            "test": office.test_operation,
            "subject": words.subject,
            "message": words.message,
            **sender.head(office, agent, letter.contact),
            "reason": letter.reason.frozen(),
            "estates": [one["before"] for one in shown],
            **_owed(letter, [one["before"]["title"] for one in shown]),
            "stated": gate_facts.stated(letter),
            "joint": {"name": partner.full_name} if (partner := gate_facts.partner_of(letter)) else None,
            "gate": {
                "row": row.key,
                "version": rules.VERSION,
                "button": {"kind": row.button.value, "label": label},
                "needs_name": row.needs_name,
                "names_party": row.names_party,
                "by_reply": [kind.value for kind in row.by_reply] if server_settings.reads_answers() else [],
                "hold_days": row.period.days if row.period else 0,
                "declarations": [
                    {"kind": kind.value, "text": rules.DECLARATION_TEXTS[kind][letter.language]}
                    for kind in row.declarations
                ],
            },
            "texts": [legal_texts.shown(stored[kind], office) for kind in decision.texts],
        }
        if row.button is ButtonKind.ORDER and not letter.contact.is_business:
            page["renews"] = void_orders.to_renew(letter.contact, letter.estates)
        if row.button is ButtonKind.ORDER and letter.language != Language.GERMAN:
            page["in_german"] = _in_german(office, letter)
        if page["texts"]:
            page[enclosed_texts.NAME] = {}  # made when it is sent
        content = {"v": FORM, "estates": [one["after"] for one in shown], "attachments": listed(letter.attachments)}
        if letter.language != Language.GERMAN:
            content["in_german"] = _facts_in_german(letter)
    return Frozen(row, page, content, _warnings(letter, decision, page))


def _owed(letter: Letter, titles: list[str]) -> dict[str, Any]:
    """What the recipient orders, takes over in the purchase contract, or has ordered before, in the active language.

    Args:
        titles: what the properties are called before the gate.
    """
    found: dict[str, list[Any]] = {"offers": [], "shares": [], "ordered": []}
    for estate, title in zip(letter.estates, titles, strict=True):
        claim = gate_facts.claim_of(letter, estate)
        if claim in {Claim.ORDER, Claim.SOLE_ORDER}:
            found["offers"].append(offers.offer(letter, estate, title))
        elif claim is Claim.DEED:
            found["shares"].append(offers.share(estate, title))
        elif earlier := gate_facts.earlier_order(letter, estate):
            found["ordered"].append(offers.ordered(earlier, title))
    return found


def other_language(row: GateRow, language: Language) -> str:
    """The language the recipient can switch to: one in which the office has every text the row asks for."""
    other = Language.GERMAN if language == Language.ENGLISH else Language.ENGLISH
    return other.value if all(texts.current(kind, other) for kind in row.texts) else ""


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


def renew(dispatch: Dispatch) -> dict[str, JSON]:
    """Its link lives long enough, but a text may name the server by the name that it had before it was held.

    Nobody has seen it yet: the same versions of the texts are filled in anew, and all else stays as its sender saw it.
    """
    if (dispatch.held_because or {}).get("address") == load().public_address:
        return {}
    page: dict[str, Any] = dispatch.page | {"texts": _filled_anew(dispatch.page["texts"], dispatch.language)}
    if german := page.get("in_german"):
        page["in_german"] = german | {"texts": _filled_anew(german["texts"], Language.GERMAN)}
    if page == dispatch.page:
        return {}
    # Nobody was sent the one of before, and soon nothing names it.
    before = [Leftover(sha256=sha256) for sha256 in enclosed_in(dispatch.page)]
    Leftover.objects.bulk_create(before, ignore_conflicts=True)
    enclosed_texts.enclose(page)
    public_id = str(dispatch.public_id)
    dispatch.page, dispatch.gate_html = page, first_html(Kind.SECURE_EXPOSE, public_id, page, dispatch.expires_at)
    return {"texts": links.named(page["texts"]), **sha256_of(dispatch, "page_sha256", "gate_sha256")}


def _filled_anew(frozen: Sequence[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    office, found = the_office(), []
    for text in frozen:
        published = LegalText.objects.filter(kind=text["kind"], language=language, version=text["version"]).first()
        found.append(legal_texts.shown(published, office) if published else text)
    return found


def _in_german(office: Office, letter: Letter) -> dict[str, Any]:
    """What § 11 MaBV wants said in German, whatever language the contract is made in: fee, duration, terms."""
    contract = texts.current(TextKind.CONTRACT, Language.GERMAN)
    with translation.override(Language.GERMAN):
        owed = _owed(letter, [snapshot(estate)["before"]["title"] for estate in letter.estates])
    return {"offers": owed["offers"], "texts": [legal_texts.shown(contract, office)] if contract else []}


def _facts_in_german(letter: Letter) -> list[dict[str, Any]]:
    """What the agent has to record of each property in German (§ 10 (3) MaBV), whatever language is spoken."""
    kept = ("title", "external_no", "street_line", "city_line", "sections", "features")
    with translation.override(Language.GERMAN):
        facts = [snapshot(estate)["after"] for estate in letter.estates]
    return [{name: one[name] for name in kept} for one in facts]


def _refuse_if_not_ready(office: Office, letter: Letter, decision: Decision, words: Wording) -> None:
    reasons: list[str] = [
        Remark(
            _("Es fehlt der Text „%(text)s“ (%(language)s). Legen Sie ihn unter Einstellungen → Texte an.")
            % {"text": kind.label, "language": letter.language.label},
            f"/settings/texts/{kind.value}/{letter.language.value}/",
        )
        for kind in decision.missing
    ]
    reasons += words.reasons
    reasons += _unfilled(office, letter, decision)
    abroad = decision.row.button is ButtonKind.ORDER and letter.language != Language.GERMAN
    if abroad and not texts.current(TextKind.CONTRACT, Language.GERMAN):
        reasons.append(_("Der Maklervertrag muss auch auf Deutsch vorliegen (§ 11 MaBV). Er fehlt unter Texte."))
    reasons += gate_facts.refusals(letter)
    reasons += [reason for estate in letter.estates for reason in commission.unclear(estate)]
    reasons += not_ready_to_mail(office, gate_facts.people(letter))
    if not letter.estates:
        reasons.append(_("Es ist kein Objekt ausgewählt."))
    if reasons:
        raise NotReadyError(reasons)


def _unfilled(office: Office, letter: Letter, decision: Decision) -> list[str]:
    """Places that nobody has filled in, and where they stand: in a text only what the office has not said yet."""
    found = [(_("Betreff"), place) for place in placeholders.places_in(letter.subject)]
    found += [(_("Nachricht"), place) for place in placeholders.places_in(letter.message)]
    shown = [text for kind in decision.texts if (text := texts.current(kind, letter.language))]
    found += [
        (str(text.get_kind_display()), place) for text in shown for place in placeholders.lacking(text.text, office)
    ]
    return [
        _("In „%(text)s“ steht noch der Platzhalter %(place)s. Setzen Sie ein, was dort stehen soll.")
        % {"text": name, "place": place}
        for name, place in found
    ]


def _foreign(letter: Letter, decision: Decision) -> list[str]:
    """Texts that send recipients to another server than this one."""
    shown = [text for kind in decision.texts if (text := texts.current(kind, letter.language))]
    return [
        _(
            "In „%(text)s“ steht die Adresse %(address)s. Dieser Server heißt %(ours)s: Veröffentlichen Sie den Text "
            "neu, am besten mit dem Platzhalter [WIDERRUFSSEITE]."
        )
        % {"text": text.get_kind_display(), "address": address, "ours": load().public_address}
        for text in shown
        for address in texts.foreign_addresses(text.text)
    ]


def not_ready_to_mail(office: Office, recipients: Sequence[Contact]) -> list[str]:
    """What keeps a mail of any kind from going out, in the reader's language."""
    reasons: list[str] = [
        Remark(_("%(contact)s hat noch keine E-Mail-Adresse.") % {"contact": contact}, contact.field_address("email"))
        for contact in recipients
        if not contact.email
    ]
    reasons += [
        Remark(
            _("Die E-Mail-Adresse von %(contact)s gibt es so nicht: „%(address)s“. Bitte beim Kontakt ändern.")
            % {"contact": contact, "address": contact.email},
            contact.field_address("email"),
        )
        for contact in recipients
        if contact.email and not is_mail_address(contact.email)
    ]
    if not office.name:
        nameless = _("Das Büro hat noch keinen Namen. Tragen Sie ihn unter Einstellungen → Büro ein.")
        reasons.append(Remark(nameless, "/settings/office/#id_name"))
    try:
        server_settings.current()
        server_settings.sender()
    except server_settings.NotConfiguredError:
        unset = _(
            "Es fehlt noch der Mailserver oder die Absenderadresse. Beides steht unter Einstellungen → Mailserver."
        )
        reasons.append(Remark(unset, "/settings/mail/"))
    return reasons


def _warnings(letter: Letter, decision: Decision, page: dict[str, Any]) -> list[str]:
    warnings = [warning for one in gate_facts.people(letter) for warning in returned_mail.warnings(one)]
    warnings += contact_reason.warnings(letter.reason, letter.contact)
    warnings += [warning for estate in letter.estates for warning in energy.missing(estate)]
    if decision.policy_is_old:
        warnings.append(
            _(
                "Ihre Widerrufsbelehrung nennt die elektronische Widerrufsfunktion nicht, die seit dem 19. Juni 2026 "
                "dazugehört (§ 356a BGB)."
            )
        )
    warnings += _foreign(letter, decision)
    rows = gate_facts.outcomes(letter)
    warnings += [
        _(
            "„%(estate)s“ allein verlangte weniger, geht aber erst zusammen mit den anderen Objekten auf. Wer es "
            "gleich sehen soll, bekommt es besser in einer eigenen Sendung."
        )
        % {"estate": estate.title}
        for estate, row in zip(letter.estates, rows, strict=True)
        if row is not decision.row
    ]
    words = f"{page['subject']}\n{page['message']}"
    warnings += [
        Remark(
            _(
                "Betreff oder Nachricht nennt die Straße von „%(estate)s“. Die Adresse soll erst nach der "
                "Bestätigung zu sehen sein; die Mail zeigt sie sofort."
            )
            % {"estate": estate.title},
            estate.field_address("address_released"),
        )
        for estate in letter.estates
        if hides_street(estate) and mentions(words, estate.street)
    ]
    return warnings
