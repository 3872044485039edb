"""One NSS database with the test's authorities, for both browsers."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.support.pki import to_pem


def write_database(folder: Path, roots: Iterable[bytes]) -> None:
    """Make ``folder`` a database in which exactly these certificates are trusted to issue for servers."""
    folder.mkdir(parents=True, exist_ok=True)
    place = f"sql:{folder}"
    subprocess.run(["certutil", "-d", place, "-N", "--empty-password"], check=True, capture_output=True)
    lines = []
    for number, root in enumerate(dict.fromkeys(roots)):
        pem = folder / f"{number}.pem"
        pem.write_text(to_pem(root))
        lines.append(f"-A -t C,, -n case{number} -a -i {pem}")
    batch = folder / "batch"
    batch.write_text("\n".join(lines) + "\n")
    subprocess.run(["certutil", "-d", place, "-B", "-i", str(batch)], check=True, capture_output=True)
