"""An office in the middle of its day, made inside a journey's installation; prints the agent's sign-in link.

Run by ``siegelpost manage shell``, with ``LANGUAGE`` set before.
"""

import uuid
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from siegelpost.contacts.models import Activity, Appointment, Card, Contact
from siegelpost.demo_data import package
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.send import guard, send
from siegelpost.dispatch.send.guard import GuardVerdict
from siegelpost.estates import editor
from siegelpost.estates.kinds import Kind, Marketing, MediaGroup
from siegelpost.estates.models import Estate
from siegelpost.office import texts
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Language
from siegelpost.office.sign_in import new_link

office = the_office()
office.name, office.street, office.postal_code, office.city = "Immobilien Lindenhof", "Marktplatz 3", "24103", "Kiel"
office.phone = "+49 431 555 01 20"
office.email = office.mail_from = "post@lindenhof.test"
office.smtp_host, office.smtp_security = "127.0.0.1", "none"
office.save()
texts.publish_defaults(office)
agent = Agent.objects.create_user(
    email="jana@lindenhof.test",
    password="vier Wörter sind genug",
    name="Jana Roth",
    outside_access=True,
    language=LANGUAGE,  # type: ignore[name-defined]  # noqa: F821 - set before this is run
)
Card.objects.create(agent=agent, contact=Contact.objects.create(first_name="Jana", last_name="Roth"))

people = (
    ("ms", "Mara", "Berger", "", "mara@berger.test", "0171 2345678", "", "Gartenstraße 5", "24103", "Kiel", ""),
    ("mr", "Jörg", "Müller", "", "joerg@mueller.test", "+49 171 998877", "", "Uferweg 2", "24105", "Kiel", "Altbau"),
    ("mr", "J.", "Mueller", "", "j.mueller@post.test", "0171/998877", "", "", "24105", "Kiel", "am Telefon"),
    ("", "", "", "Nordlicht Hausverwaltung GmbH", "info@nordlicht.test", "", "0431 5550", "Kai 8", "24103", "Kiel", ""),
    ("ms", "Ayşe", "Yılmaz", "", "ayse@yilmaz.test", "0160 4711", "", "Lindenweg 9", "24145", "Kiel", ""),
    ("mr", "Ötzan", "Ärztel", "", "o@aerztel.test", "", "", "", "23552", "Lübeck", ""),
)
fields = (
    *("salutation", "first_name", "last_name", "company", "email"),
    *("mobile", "phone", "street", "postal_code", "city", "note"),
)
contacts = [Contact.objects.create(**dict(zip(fields, one, strict=True))) for one in people]

flat = Estate.objects.create(
    title="Helle Altbauwohnung am Schrevenpark",
    status="active",
    external_no="L-104",
    street="Gartenstraße",
    house_no="5",
    postal_code="24103",
    city="Kiel",
    price=Decimal(420_000),
    living_area=Decimal(92),
    rooms=Decimal("3.5"),
)
house = Estate.objects.create(
    title="Einfamilienhaus mit Garten",
    status="reserved",
    kind=Kind.HOUSE_SINGLE,
    external_no="L-098",
    street="Uferweg",
    house_no="12",
    postal_code="24159",
    city="Kiel",
    district="Friedrichsort",
    price=Decimal(565_000),
    living_area=Decimal(140),
    rooms=Decimal(5),
)
Estate.objects.create(
    title="Büro in der Altstadt",
    status="active",
    kind=Kind.COMMERCIAL,
    marketing=Marketing.RENT,
    postal_code="23552",
    city="Lübeck",
    rent_cold=Decimal(1_450),
    office_area=Decimal(110),
)
for estate, picture in ((flat, "hu-2031-haus.jpg"), (house, "hu-1015-haus.jpg")):
    editor.add_media(estate, package.picture(picture), name="bild.jpg", group=MediaGroup.COVER)

mara, joerg, now = contacts[0], contacts[1], timezone.now()
today = timezone.localdate()
for hours, kind, text, contact, about, follow_up in (
    (50, "call", "Anfrage über das Portal. Sucht bis 450.000 €, Balkon ist wichtig.", mara, flat, None),
    (26, "viewing", "Besichtigung zu zweit, beide begeistert. Fragen nach dem Hausgeld.", mara, flat, today),
    (3, "note", "Finanzierung über die Sparkasse, Zusage bis Monatsende.", mara, None, None),
    (28, "call", "Rückruf erbeten: will sein Haus verkaufen.", joerg, house, today - timedelta(days=2)),
    (70, "note", "Energieausweis bei der Verwaltung anfordern", None, flat, today),
):
    Activity.objects.create(
        kind=kind,
        text=text,
        contact=contact,
        estate=about,
        agent=agent,
        at=now - timedelta(hours=hours),
        follow_up_on=follow_up,
    )
for days, hour, title, contact, estate in (
    (0, 23, "Besichtigung: Helle Altbauwohnung", joerg, flat),
    (1, 10, "Schlüsselübergabe", contacts[3], house),
    (3, 16, "Notartermin Einfamilienhaus", contacts[4], house),
):
    begin = timezone.make_aware(datetime.combine(today + timedelta(days=days), time(hour)))
    Appointment.objects.create(
        title=title,
        starts_at=begin,
        ends_at=begin + timedelta(minutes=45),
        place=f"{estate.street} {estate.house_no}, {estate.postal_code} {estate.city}",
        contact=contact,
        estate=estate,
        agent=agent,
    )

guard._ask = lambda address: GuardVerdict(True, address, timezone.now(), [])
for _ in range(2):
    letter = Letter([flat], mara, "Ihre Anfrage: Altbauwohnung", "schön, dass Sie fragen.", Language.GERMAN)
    send.send(agent, letter, public_id=uuid.uuid4())
print(new_link(agent, by=None))
