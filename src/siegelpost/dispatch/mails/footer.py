"""The foot of what recipients get: who sends it, what the law wants said about the office, and where the rest is."""

from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from siegelpost import templating
from siegelpost.office.current import office_shown, the_office
from siegelpost.settings import load


@dataclass(frozen=True, slots=True)
class FooterLink:
    """One of the addresses at the end of a mail."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Foot:
    """The end of a mail: the office, its particulars for business letters (§ 35a GmbHG, § 37a HGB), and its pages."""

    office: dict[str, str]
    details: str
    links: tuple[FooterLink, ...]


def foot_of(language: str, page: dict[str, Any] | None = None) -> Foot:
    """The foot as the office is today, in a recipient's language.

    Args:
        page: of the dispatch that a mail is about; where that can become a contract of a consumer, the foot names the
            withdrawal function.
    """
    office = the_office()
    with translation.override(language):
        pages = [(_("Impressum"), "impressum"), (_("Datenschutz"), "datenschutz")]
        if office.shows_accessibility:
            pages.append((_("Barrierefreiheit"), "barrierefreiheit"))
        links = [FooterLink(label, f"{load().public_address}/{path}/?sprache={language}") for label, path in pages]
        if page and page.get("gate", {}).get("hold_days"):
            links.append(FooterLink(_("Vertrag widerrufen"), f"{load().public_address}/widerruf/"))
    return Foot(office_shown(office), office.mail_details.replace("\r\n", "\n").strip(), tuple(links))


def plain(foot: Foot, language: str) -> str:
    """The foot of a mail's plain text."""
    return templating.render("mail/foot.txt", language, foot=foot).rstrip() + "\n"
