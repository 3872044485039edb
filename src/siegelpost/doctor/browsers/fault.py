"""A fault in one certificate of a path, before a browser has given it a code."""

from dataclasses import dataclass, field

from siegelpost.doctor.judgement import Values
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.x509.certificate import Certificate


@dataclass(frozen=True, slots=True)
class Fault:
    cause: Cause
    certificate: Certificate | None = None
    values: Values = field(default_factory=dict, compare=False)
