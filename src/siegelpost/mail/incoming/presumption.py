"""Which mail of ours a report is probably about that names nothing of it but its recipient, as some servers write them.

It may be about a mail that somebody wrote by hand to the same person, so it is only ever a hint.
"""

from datetime import timedelta

from django.utils import timezone

from siegelpost.mail.incoming.bounces import DeliveryReport, ReportKind
from siegelpost.mail.models import MailState, OutgoingMail

# Servers try for four to five days (RFC 5321, 4.5.4.1), and say so a little later.
WITHIN = timedelta(days=6)
_KINDS = frozenset({ReportKind.BOUNCED, ReportKind.DELAYED})
# Recipients of one report; ours went to one.
_MOST_NAMED = 10


def mail_of(report: DeliveryReport) -> OutgoingMail | None:
    """The newest mail of a dispatch handed over lately to whom the report names; None where it names a mail."""
    if report.kind not in _KINDS or report.message_ids or report.envelope_id:
        return None
    lately = OutgoingMail.objects.filter(state=MailState.ACCEPTED, accepted_at__gte=timezone.now() - WITHIN)
    ours = lately.exclude(dispatch_id="").order_by("-pk")
    named = [one for one in report.named[:_MOST_NAMED] if len(one) <= 320 and "\0" not in one]
    return next((mail for one in named if (mail := ours.filter(recipient__iexact=one).first())), None)
