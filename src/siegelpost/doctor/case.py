"""What is asked of the doctor: certificates as a server sent them, a name, a moment, and whom the visitor trusts."""

from dataclasses import dataclass
from datetime import datetime

from siegelpost.doctor.x509.certificate import Certificate
from siegelpost.doctor.x509.names import Host
from siegelpost.doctor.x509.trust import Trust


@dataclass(frozen=True, slots=True)
class Case:
    leaf: Certificate
    others: tuple[Certificate, ...]
    host: Host
    at: datetime
    trust: Trust
    stapled: bool = False
