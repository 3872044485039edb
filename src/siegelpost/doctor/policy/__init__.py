"""What browsers and authorities ask for, as dated data: each rule with its source and the day it holds from.

A new rule is one entry in one of the tables of this package. Nothing here looks at a certificate.
"""

from siegelpost.doctor.policy.rule import Browser, Rule, Scope, newest

__all__ = ["Browser", "Rule", "Scope", "newest"]
