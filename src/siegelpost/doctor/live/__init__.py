"""Asking a real server: resolve, connect, shake hands, judge, and everything around the chain."""

from siegelpost.doctor.live.findings import FindingId, LiveFinding, Severity
from siegelpost.doctor.live.inquiry import check
from siegelpost.doctor.live.report import AddressReport, LiveReport
from siegelpost.doctor.live.verdicts import LiveVerdict

__all__ = ["AddressReport", "FindingId", "LiveFinding", "LiveReport", "LiveVerdict", "Severity", "check"]
