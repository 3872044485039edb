"""The sample office: who it is, who works there, who asks."""

from siegelpost.contacts.models import Contact, Salutation
from siegelpost.office import texts
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Land, Language, Office, Role

AGENT_EMAIL = "jana.roth@lindenhof.example"
FIRST_NAMES = ("Mara", "Ina", "Britta", "Levke", "Sonja")


def sample_office() -> Office:
    """The office „Lindenhof Immobilien“ with its texts, made unless it is there."""
    office = the_office()
    if not office.name:
        office.name = "Lindenhof Immobilien"
        office.owner = "Jana Roth e. K."
        office.street = "Am Sande 14"
        office.postal_code = "21335"
        office.city = "Lüneburg"
        office.phone = "+49 4131 555 01 23"
        office.email = "post@lindenhof.example"
        office.mail_from = "post@lindenhof.example"
        office.register = "Amtsgericht Lüneburg, HRA 4711"
        office.authority = "Hansestadt Lüneburg, Ordnungsamt, Bardowicker Straße 23, 21335 Lüneburg"
        office.land = Land.NI
        office.mail_details = "Jana Roth e. K., Sitz Lüneburg, Amtsgericht Lüneburg, HRA 4711"
        office.save()
        texts.publish_defaults(office)
    return office


def sample_agent() -> Agent:
    """The agent who sends."""
    return Agent.objects.filter(email=AGENT_EMAIL).first() or Agent.objects.create_user(
        AGENT_EMAIL, name="Jana Roth", phone="+49 4131 555 01 24", role=Role.ADMINISTRATOR, outside_access=True
    )


def sample_prospect(number: int = 1) -> Contact:
    """The prospect who has asked for a flat: Mara Berger; each other ``number`` is somebody else."""
    first = FIRST_NAMES[(number - 1) % len(FIRST_NAMES)]
    return Contact.objects.get_or_create(
        email=f"{first.lower()}.berger{number if number > len(FIRST_NAMES) else ''}@post.example",
        defaults={
            "salutation": Salutation.MS,
            "first_name": first,
            "last_name": "Berger",
            "language": Language.GERMAN,
        },
    )[0]
