"""``python -m bench.bounces FOLDER …``: what is made of the mails of public collections, and of one's own.

In a folder that is named after a kind (``bounced``, ``delayed``, ``delivered``, ``complaint``, ``receipt``,
``automatic``, ``person``) each mail is of that kind; in any other it is what its name says below, and else a bounce, as
in the two collections this was written for, the test suites of two projects that read bounces. Neither is kept here,
for the mails are strangers'. Each comes with its project's source: the folder ``maildir`` of the repository
"set-of-emails", which Sisimai's implementations share (a clone of it is enough), and the folder ``tests/data`` of the
source distribution of flufl.bounce, Mailman's reader (the wheel leaves it out). Unpack both into one folder, name that.
What they call *delayed* was read again, mail by mail: many of them were given up.

A mail that quotes the Message-ID of what it is about has to lead to it: complaints and receipts always, the others but
for a few whose parts are broken in the collection.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from siegelpost.mail.incoming.automatic_mail import Tells
from siegelpost.mail.incoming.bounces import DeliveryReport, ReportKind, read

KINDS = {
    "bounced": {ReportKind.BOUNCED},
    "delayed": {ReportKind.DELAYED},
    "delivered": {ReportKind.DELIVERED},
    "complaint": {ReportKind.AUTOMATIC_REPLY},
    "receipt": {ReportKind.AUTOMATIC_REPLY},
    "automatic": {ReportKind.AUTOMATIC_REPLY, ReportKind.PERHAPS_AUTOMATIC},
    "person": {ReportKind.OTHER, ReportKind.PERHAPS_AUTOMATIC},
}
# By the beginning of a name, the longest first; what is left is a bounce.
NAMED = {
    "complaint": "arf lhost-amazonses-11",
    "automatic": "arf-26 rfc3834 qmail_08",
    "delivered": "lhost-amazonses-12 lhost-amazonses-13 rfc3464-28",
    "person": "lhost-sendmail-14 make-test-36 is-not-bounce groupwise_03",
    "delayed": "lhost-exim-38 lhost-exim-41 lhost-gmail-06 lhost-gmail-08 lhost-gmail-09 lhost-gmail-17 "
    "lhost-opensmtpd-04 lhost-opensmtpd-06 lhost-opensmtpd-12 lhost-opensmtpd-13 lhost-opensmtpd-15 "
    "lhost-opensmtpd-16 lhost-zoho-04 lhost-messagingserver-07 lhost-outlook-06 lhost-sendmail-29 "
    "lhost-sendmail-55 rfc3464-07 rfc3464-09 rfc3464-34 rfc3464-55 rhost-gsuite-06 rhost-outlook-06 "
    "dsn_05 dsn_06 dsn_07 dsn_08 dsn_17 simple_03 simple_21 simple_22 simple_28 simple_35 simple_40",
}
# Least shares that are to be recognised; and of people's mails none may be taken for a report.
LEAST = {"bounced": 0.97, "delayed": 0.95, "delivered": 0.95, "complaint": 1, "receipt": 1, "automatic": 0.95}
# What a program has to tell of the mail, besides its kind.
TELLS = {"complaint": {Tells.COMPLAINT}, "receipt": {Tells.DISPLAYED, Tells.DELETED}}
# Least shares of those that quote a Message-ID which have to lead to it.
LEAST_MATCHED = {"bounced": 0.97, "delayed": 0.97, "delivered": 0.97, "complaint": 1, "receipt": 1}
_QUOTED = re.compile(rb"(?im)^[>\s]*(?:x-)?(?:original-)?message-id\s*:\s*<?[^<>\s]+@[^<>\s]+")
REPORTS = {ReportKind.BOUNCED, ReportKind.DELAYED, ReportKind.DELIVERED}


def main(folders: list[Path]) -> int:
    """Print the table; the exit status is 1 where too few are recognised, or a person is taken for a server."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    right = Counter[str]()
    missed: list[str] = []
    matched, quoting, led = Counter[str](), Counter[str](), Counter[str]()
    for path in (path for folder in folders for path in mails(folder)):
        raw = path.read_bytes()
        truth, report = truth_of(path), read(raw)
        found[truth][report.kind.value] += 1
        right[truth] += is_right(truth, report)
        if not is_right(truth, report):
            missed.append(f"{truth:9} taken for {report.kind.value:17} {path}")
        elif truth != "person":
            matched[way := ways_to_match(report)] += 1
            quoting[truth] += (quotes := quotes_ours(raw))
            led[truth] += quotes and way in EXACT
            if quotes and way not in EXACT:
                missed.append(f"{truth:9} leads to no mail, but quotes one    {path}")
    columns = [kind.value for kind in ReportKind]
    print(f"{'':10}" + "".join(f"{name:>18}" for name in columns) + f"{'right':>9}")
    shares = {truth: right[truth] / counted.total() for truth, counted in found.items()}
    for truth, counted in sorted(found.items()):
        print(f"{truth:10}" + "".join(f"{counted[name]:18}" for name in columns) + f"{shares[truth]:9.1%}")
    print("\nwhat leads to our mail: " + ", ".join(f"{count} by {way}" for way, count in matched.most_common()))
    quoted = (f"{truth} {led[truth]} of {quoting[truth]}" for truth in LEAST_MATCHED)
    print("of those that quote it: " + ", ".join(quoted))
    print("\n".join(missed))
    taken = sum(found["person"][kind.value] for kind in REPORTS)
    unmatched = any(led[truth] < least * quoting[truth] for truth, least in LEAST_MATCHED.items())
    return int(taken > 0 or unmatched or any(shares.get(truth, 1) < least for truth, least in LEAST.items()))


def is_right(truth: str, report: DeliveryReport) -> bool:
    """Whether a mail is taken for what it is."""
    return report.kind in KINDS[truth] and report.tells in TELLS.get(truth, {report.tells})


def quotes_ours(raw: bytes) -> bool:
    """Whether a Message-ID stands anywhere below the mail's own headers."""
    return _QUOTED.search(re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1]) is not None


def mails(folder: Path) -> Iterator[Path]:
    """The mails in a folder and those below it, by name."""
    return (path for path in sorted(folder.rglob("*")) if path.suffix in {".eml", ".txt"} and path.is_file())


def truth_of(path: Path) -> str:
    """What a mail is: by its folder's name, else by its own."""
    if path.parent.name in KINDS:
        return path.parent.name
    beginnings = {name: kind for kind, names in NAMED.items() for name in names.split()}
    found = [name for name in beginnings if path.stem == name or path.stem.startswith(f"{name}-")]
    return beginnings[max(found, key=len)] if found else "bounced"


EXACT = {"envelope id", "Message-ID"}


def ways_to_match(report: DeliveryReport) -> str:
    """By what the mail it is about could be found."""
    if report.envelope_id:
        return "envelope id"
    if report.message_ids:
        return "Message-ID"
    return "recipient alone" if report.named else "nothing"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench.bounces", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    sys.exit(main(parser.parse_args().folders))
