"""A fault in one certificate of a path, before a browser has given it a code."""

from dataclasses import dataclass, field

from siegelpost.tls.doctor.certificate import Certificate
from siegelpost.tls.doctor.judgement import Values
from siegelpost.tls.policy.cause import Cause


@dataclass(frozen=True)
class Fault:
    cause: Cause
    certificate: Certificate | None = None
    values: Values = field(default_factory=dict, compare=False)
