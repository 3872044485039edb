"""An address to which a mail came back is corrected where that is seen; the contact remembers which one was wrong."""

from django.db import transaction
from django.utils.translation import gettext as _

from siegelpost.contacts import activities, editor
from siegelpost.contacts.models import Activity, Contact
from siegelpost.contacts.ways import WayKind
from siegelpost.dispatch import resend, returned_mail
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.states import Act, DispatchState, NotPossibleError
from siegelpost.office.models import Agent
from siegelpost.toolbox import addresses


@transaction.atomic
def correct(dispatch: Dispatch, address: str, *, by: Agent) -> Contact:
    """Give the dispatch's contact another address, and note which was wrong and why; sending it is a step of its own.

    The address it has already changes nothing.

    Raises:
        siegelpost.toolbox.addresses.AddressError: no mail can be sent to it.
        NotPossibleError: the dispatch cannot be sent again; the contact keeps its address.
    """
    address = address.strip()
    addresses.checked(address)
    state = DispatchState(Dispatch.objects.select_for_update().get(pk=dispatch.pk).state)
    if state not in resend.POSSIBLE:
        raise NotPossibleError(state, Act.RETRY)
    contact = Contact.objects.select_for_update().get(pk=dispatch.contact_id)
    if contact.email == address:
        return contact
    corrected = _("E-Mail-Adresse berichtigt: %(new)s statt %(old)s.") % {"new": address, "old": contact.email or "–"}
    text = " ".join([corrected, *returned_mail.warnings(contact)])
    contact.email = address
    contact.ways = [
        way.stored for way in contact.further if way.kind is not WayKind.EMAIL or not addresses.same(way.value, address)
    ]
    activities.save(Activity(contact=contact, agent=by, text=text))
    return editor.save(contact)
