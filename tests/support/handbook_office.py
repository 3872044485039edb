"""An office in which every step of the manual can be gone, once in each language; run by ``siegelpost manage shell``.

What a step uses up is there for each language, under the names that its pages give as examples.
"""

from dataclasses import dataclass

from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_activity, an_agent, an_estate, an_office, token_of
from tests.unit.dispatch.recipient.test_to_do import CLIENT, stamp_of
from tests.unit.dispatch.test_resend import came_back
from tests.unit.estates.transfers import A_PDF

from siegelpost.contacts.models import Contact
from siegelpost.demo_data import package
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import declarations, document_requests, interest, withdrawals
from siegelpost.dispatch.recipient.interest import InterestKind
from siegelpost.dispatch.send import guard
from siegelpost.dispatch.send.guard import GuardVerdict
from siegelpost.estates import editor
from siegelpost.estates.kinds import MediaGroup
from siegelpost.estates.models import Estate, Media
from siegelpost.office.models import Agent, Language, Role

PASSWORD = "vier Wörter sind genug"


@dataclass(frozen=True)
class Names:
    """How people and things are called in the examples of one language."""

    agent: str
    language: Language
    estate: str
    document: str
    wrong: str
    erased: str
    withdrew: str
    letter: str
    note: str
    subject: str


NAMES = (
    Names(
        *("Jana Roth", Language.GERMAN, "Helle Altbauwohnung", "Grundbuchauszug", "Hans Falsch", "Karl Seidel"),
        *("Nora Weiß", "Uta Brandt", "Energieausweis bei der Verwaltung anfordern", "Ihre Anfrage: Altbauwohnung"),
    ),
    Names(
        *("Rose Hill", Language.ENGLISH, "Bright period flat", "Land register", "Hugh Wrong", "Charles Seal"),
        *("Nora White", "Ruth Brand", "Ask for the energy certificate", "Your enquiry: period flat"),
    ),
)


def person(name: str, **fields: str) -> Contact:
    """A prospect with a telephone."""
    first, _, last = name.partition(" ")
    email = f"{first}.{last}@kunde.test".lower().replace("ß", "ss")
    return a_contact(first_name=first, last_name=last, email=email, mobile="0171 2345678", **fields)


def estate_of(names: Names) -> tuple[Estate, Media]:
    """With a picture, and a document that is handed out on request."""
    estate = an_estate(title=names.estate)
    for file in ("hu-2031-haus.jpg", "hu-1014-wohnen.jpg"):
        editor.add_media(estate, package.picture(file), name=file, group=MediaGroup.PICTURE)
    paper = editor.add_media(estate, A_PDF, name="grundbuch.pdf", title=names.document)
    Media.objects.filter(pk=paper.pk).update(step="release")
    return estate, paper


def opened(agent: Agent, contact: Contact, estate: Estate, names: Names) -> Dispatch:
    """Sent, ordered, open."""
    sent = a_dispatch(agent, contact=contact, estates=[estate], language=names.language, subject=names.subject)
    form = declarations.Form(stamp_of(sent), str(contact), frozenset(DeclarationKind))
    return declarations.declare(token_of(sent), form, CLIENT)


guard._ask = lambda address: GuardVerdict(True, address, timezone.now(), [])
an_office(smtp_host="127.0.0.1", smtp_port=MAIL_PORT, smtp_security="none")  # type: ignore[name-defined]  # noqa: F821 - set before
mara = person("Mara Berger")
person("Jan Kern")
for names in NAMES:
    email = names.agent.partition(" ")[0].lower() + "@lindenhof.test"
    agent = an_agent(name=names.agent, email=email, language=names.language, role=Role.ADMINISTRATOR)
    agent.set_password(PASSWORD)
    agent.save()
    estate, paper = estate_of(names)
    came_back(a_dispatch(agent, contact=person(names.wrong), estates=[estate], language=names.language))
    wishing = opened(agent, mara, estate, names)
    interest.say(token_of(wishing), stamp_of(wishing), InterestKind.VIEWING, "Samstag ab 10 Uhr", CLIENT)
    document_requests.ask(token_of(wishing), stamp_of(wishing), str(paper.public_id), CLIENT)
    opened(agent, person(names.letter), estate, names)
    opened(agent, person(names.withdrew), estate, names)
    withdrawals.withdraw(name=names.withdrew, email="nora@post.test", contract=names.subject, token=None, client=CLIENT)
    person(names.erased)
    an_activity(agent=agent, text=names.note, contact=mara, follow_up_on=timezone.localdate())
