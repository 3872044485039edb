"""A conversation and whom it was with, kept in one go: whoever called for the first time is a contact afterwards."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from siegelpost.contacts import activities, editor
from siegelpost.contacts.diary_models import Activity
from siegelpost.contacts.models import Contact, KeyKind, Salutation
from siegelpost.contacts.person_names import split_name
from siegelpost.contacts.ways import Way, WayKind
from siegelpost.toolbox.folding import digits, fold

# So many who may be the caller are shown.
MOST_KNOWN = 5
_SALUTATIONS = {"Frau": Salutation.MS, "Herr": Salutation.MR, "Herrn": Salutation.MR}
# A name that ends so is a company's.
_COMPANY = re.compile(r"\b(?:GmbH|AG|KG|OHG|UG|SE|GbR|mbH|eG|e\. ?V\.|Ltd\.?|Inc\.?)$")
# Mobile numbers in Germany, as :func:`siegelpost.toolbox.folding.digits` gives them.
_MOBILE = re.compile(r"01[5-7]")


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody as they say who they are: a name in one line, and how to reach them."""

    name: str
    number: str = ""
    email: str = ""

    @property
    def contact(self) -> Contact:
        """A contact of that, not kept yet: salutation, title, company and mobile number are told from the words."""
        if _COMPANY.search(self.name):
            found = Contact(company=self.name, is_business=True)
        else:
            titles, first, last = split_name(self.name)
            words = titles.split()
            salutation = next((_SALUTATIONS[word] for word in words if word in _SALUTATIONS), Salutation.NEUTRAL)
            title = " ".join(word for word in words if word not in _SALUTATIONS)
            ways = [Way(WayKind.OTHER, title, "title").stored] if title else []
            found = Contact(salutation=salutation, first_name=first, last_name=last, ways=ways)
        found.email = self.email
        setattr(found, "mobile" if _MOBILE.match(digits(self.number)) else "phone", self.number)
        return found


def known(caller: Caller) -> Sequence[Contact]:
    """Contacts who may be the caller: of the same number or address, else of the same name."""
    keys = Q()
    if number := digits(caller.number):
        keys |= Q(keys__kind=KeyKind.PHONE, keys__value=number)
    if caller.email:
        keys |= Q(keys__kind=KeyKind.MAIL, keys__value=caller.email.strip().lower())
    listed = Contact.objects.filter(merged_into=None)
    if keys and (found := list(listed.filter(keys).distinct()[:MOST_KNOWN])):
        return found
    # A person's name, and the same words as those of a company, which are not turned round.
    _titles, first, last = split_name(caller.name)
    sort_keys = {fold(name)[:120] for name in (f"{last} {first}", caller.name)} - {""}
    return list(listed.filter(sort_key__in=sort_keys)[:MOST_KNOWN])


@transaction.atomic
def note(conversation: Activity, caller: Caller | None = None) -> Activity:
    """Keep a conversation; with a caller nobody knows yet, also the new contact it was with."""
    if caller:
        conversation.contact = editor.save(caller.contact)
    return activities.save(conversation)
