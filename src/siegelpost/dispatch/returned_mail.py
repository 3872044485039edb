"""What is known to have come back from a contact's address: said before anybody sends there again."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from siegelpost.contacts.models import Contact
from siegelpost.dispatch.models import Dispatch
from siegelpost.mail.causes import explain
from siegelpost.mail.models import FAILED, MailState, OutgoingMail
from siegelpost.toolbox import addresses


def warnings(contact: Contact) -> list[str]:
    """What speaks against the contact's address, in the active language: the last mail to it came back."""
    sent = [str(one) for one in Dispatch.objects.filter(contact_id=contact.pk).values_list("public_id", flat=True)]
    try:
        recipient = addresses.checked(contact.email).addr_spec
    except addresses.AddressError:
        return []
    known = OutgoingMail.objects.filter(state__in=[*FAILED, MailState.ACCEPTED], dispatch_id__in=sent)
    last = known.filter(recipient__iexact=recipient).order_by("-pk").first()
    if last is None or last.state not in FAILED:
        return []
    return [
        _("An %(address)s kam am %(day)s eine Mail zurück: %(why)s")
        % {
            "address": last.recipient,
            "day": date_format(timezone.localtime(last.changed_at)),
            "why": explain(last.cause).text or last.server_answer or last.get_state_display(),
        }
    ]
