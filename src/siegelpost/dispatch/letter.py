"""What the agent decides about one sending."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from siegelpost.contacts.models import Contact
from siegelpost.dispatch import contact_reason
from siegelpost.dispatch.attachments import Attached
from siegelpost.dispatch.contact_reason import Occasion
from siegelpost.dispatch.models import CodeBy
from siegelpost.estates.models import Estate
from siegelpost.office.models import Language


@dataclass(frozen=True, slots=True)
class Letter:
    """What the agent decides about one secure exposé."""

    estates: Sequence[Estate]
    contact: Contact
    subject: str
    message: str
    language: Language
    button_label: str = ""  # empty: the usual one
    attachments: Sequence[Attached] = ()
    occasion: Occasion | None = None  # none: what is usual for the contact
    # Of the purchase of a home: "nobody but the buyer is my client".
    sole_client: bool = False
    # The day of the recipient's search order for a home to rent.
    search_order_on: date | None = None
    # Orders together with the recipient, by a letter and a link of their own.
    partner: Contact | None = None
    # What was ordered later than this does not count; now, where there is none.
    as_of: datetime | None = None
    # The dispatch that this one takes the place of.
    instead_of: uuid.UUID | None = None

    @property
    def reason(self) -> Occasion:
        """Why it is sent."""
        return self.occasion or contact_reason.usual(self.contact)


@dataclass(frozen=True, slots=True)
class RegisteredLetter:
    """What the agent decides about one registered mail, to one recipient or several."""

    contacts: Sequence[Contact]
    subject: str
    message: str
    language: Language
    hidden: bool  # the subject is shown only after acceptance; who sends it is never hidden (§ 5 DDG)
    days: int  # to accept or refuse
    remind_every: int  # days; 0: never
    code_by: CodeBy | None = None
    code_address: str = ""  # where the code goes, when it goes by mail
    attachments: Sequence[Attached] = field(default=())
    # The dispatch to the first of them that this one takes the place of.
    instead_of: uuid.UUID | None = None
