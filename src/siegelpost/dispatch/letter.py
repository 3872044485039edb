"""What the agent decides about one dispatch."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from siegelpost.contacts.models import Contact
from siegelpost.dispatch import contact_reason
from siegelpost.dispatch.attachments import Attached
from siegelpost.dispatch.contact_reason import Occasion
from siegelpost.estates.models import Estate
from siegelpost.office.models import Language


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
