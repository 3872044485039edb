"""What is asked of the doctor: certificates as a server sent them, a name, a moment, and whom the visitor trusts."""

from dataclasses import dataclass
from datetime import datetime

from siegelpost.tls.doctor.certificate import Certificate
from siegelpost.tls.doctor.names import Host
from siegelpost.tls.doctor.trust import Trust


@dataclass(frozen=True)
class Case:
    leaf: Certificate
    others: tuple[Certificate, ...]
    host: Host
    at: datetime
    trust: Trust
    stapled: bool = False
