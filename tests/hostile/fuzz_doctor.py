"""Coverage-guided fuzzing of the doctor: ``python tests/hostile/fuzz_doctor.py -max_total_time=60``.

The input is a row of certificates (two bytes of length before each), with a name and a root in front. Whatever it
holds, the doctor answers with a verdict or one of its own two errors, and soon.
"""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import atheris

# Started as a script, it does not find the tests' own modules.
sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["siegelpost.tls"]):
    from siegelpost.doctor import browsers, policy, texts  # noqa: F401 - imported to be instrumented
    from siegelpost.doctor.judge import judge
    from siegelpost.doctor.policy.logs import LogList
    from siegelpost.doctor.x509 import transparency
    from siegelpost.doctor.x509.chain import ChainError
    from siegelpost.doctor.x509.names import UnusableNameError

from tests.support.pki import Authority
from tests.support.transparency import TestLog, logged

from siegelpost.doctor import judgement_words

AT = datetime(2026, 11, 23, tzinfo=UTC)
LOGS = (TestLog("one"), TestLog("another"))


def pieces(data: bytes) -> list[bytes]:
    """The input cut into blobs."""
    found: list[bytes] = []
    while len(data) >= 2 and len(found) < 20:
        size = int.from_bytes(data[:2], "big")
        found.append(data[2 : 2 + size])
        data = data[2 + size :]
    return found


def seed() -> bytes:
    """A sound chain in the input's form, for the fuzzer to begin with."""
    root = Authority.root()
    served = logged(root.intermediate(path_length=0), "a.test", LOGS, at=AT, days=90)
    parts = (b"a.test", root.der, *served.chain)
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def one(data: bytes) -> None:
    name, root, *chain = [*pieces(data), b"", b""][: max(3, len(pieces(data)))]
    host, sent = name.decode("utf-8", "replace"), [each for each in chain if each]
    # Once as an authority that somebody added, and once as one that browsers ship, whom they ask about logs.
    for shipped, added in (((), [root]), ([root], ())):
        try:
            judgement = judge(sent, host, at=AT, roots=shipped, local_roots=added)
        except (ChainError, UnusableNameError):
            return
        for language in ("de", "en"):
            judgement_words.as_text(judgement, language)
            judgement_words.as_json(judgement, language)


def main() -> None:
    known = LogList(AT, {log.listed().identifier: log.listed() for log in LOGS})
    with patch.object(transparency, "log_list", lambda: known), tempfile.TemporaryDirectory() as corpus:
        Path(corpus, "sound").write_bytes(seed())
        atheris.Setup([sys.argv[0], "-max_len=8192", corpus, *sys.argv[1:]], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
