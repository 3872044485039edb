"""What can be watched: services, the ports on which they are asked, and how TLS begins there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from siegelpost.doctor.live import starttls
from siegelpost.doctor.live.wire import Wire
from siegelpost.toolbox.words import Words


class Service(StrEnum):
    """What a watched host does."""

    HTTPS = "https"
    SMTP = "smtp"
    SUBMISSION = "submission"
    SUBMISSIONS = "submissions"
    IMAPS = "imaps"
    MTA_STS = "mta_sts"


class Way(StrEnum):
    """By whose rules it is judged."""

    BROWSER = "browser"
    MAIL = "mail"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service: its port, by whose rules it is judged, and what comes before TLS."""

    port: int
    way: Way
    words: Words
    prelude: Callable[[Wire], None] | None = None


SERVICES: Mapping[Service, ServiceRow] = MappingProxyType(
    {
        Service.HTTPS: ServiceRow(443, Way.BROWSER, Words("Website (HTTPS)", "Site (HTTPS)")),
        Service.SMTP: ServiceRow(
            25, Way.MAIL, Words("Mailempfang (SMTP, STARTTLS)", "Incoming mail (SMTP, STARTTLS)"), starttls.smtp
        ),
        Service.SUBMISSION: ServiceRow(
            587,
            Way.MAIL,
            Words("Mailversand (SMTP, STARTTLS)", "Outgoing mail (SMTP, STARTTLS)"),
            starttls.smtp,
        ),
        Service.SUBMISSIONS: ServiceRow(465, Way.MAIL, Words("Mailversand (SMTP über TLS)", "Outgoing mail (SMTPS)")),
        Service.IMAPS: ServiceRow(993, Way.MAIL, Words("Postfach (IMAP über TLS)", "Mailbox (IMAPS)")),
        Service.MTA_STS: ServiceRow(443, Way.POLICY, Words("Mail-Regel der Domain (MTA-STS)", "Mail policy (MTA-STS)")),
    }
)
