"""Asking a real server: resolve, connect, shake hands, judge, and everything around the chain."""

from siegelpost.tls.live.asking import check
from siegelpost.tls.live.findings import Finding as LiveFinding
from siegelpost.tls.live.findings import FindingId, Severity
from siegelpost.tls.live.report import AddressReport, LiveReport
from siegelpost.tls.live.verdicts import LiveVerdict

__all__ = ["AddressReport", "FindingId", "LiveFinding", "LiveReport", "LiveVerdict", "Severity", "check"]
