"""Make an installation to be kept: an office with everything in it, as today's version leaves it.

``python -m tests.support.make_installation`` writes ``tests/fixtures/installation-DAY.tar.gz``, a backup by the real
command, and beside it, as JSON, what the addresses of its pages need. All of it is made by the product's own acts:
exposés ordered, waited for, withdrawn, held, returned, answered by mail; registered mails accepted and refused; a
consent, imports. Its keys were made for it and open nothing else.

One that is kept is never made anew: that is what it is for. After a change of what is stored, another is added.
"""

import gzip
import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import django
from tests.support import environment
from tests.support.installations import Installation

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
BEGUN = "from siegelpost.server.prepare import prepare; from siegelpost.settings import load; prepare(load())"
FATES = f"""
import sys, tempfile
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from tests.support.fates import every_fate
from tests.support.few_fates import FewFates
with tempfile.TemporaryDirectory() as folder, every_fate(Path(folder), FewFates):
    pass
"""
# Pictures that take no room.
PLAIN = """
from io import BytesIO
from PIL import Image
from siegelpost.demo_data import package
def plain(name):
    out = BytesIO()
    colour = (10 * package.PICTURES.index(name), 90, 90)
    Image.new("RGB", (640, 480), colour).save(out, "PNG" if name.endswith("png") else "JPEG")
    return out.getvalue()
package.picture = plain
"""


def make(target: Path) -> None:
    """Write the backup to ``target``, and the JSON beside it."""
    from tests.support.every_page import fill

    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder) / "data", {"public_url": "https://office.test"})
        installation.data.mkdir(mode=0o700)
        installation.check("manage", "migrate", "--verbosity", "0", timeout=600)
        for code in (BEGUN, FATES):
            installation.python(code, timeout=1200)
        known = fill(installation, PLAIN)
        (installation.data / "sample.zip").unlink()
        backup = Path(folder) / "backup.tar.gz"
        installation.check("backup", backup, timeout=600)
        # Made to be quick; kept, it had better be small.
        target.write_bytes(gzip.compress(gzip.decompress(backup.read_bytes()), 9, mtime=0))
    known["at"] = datetime.now(UTC).isoformat(timespec="seconds")
    target.with_name(f"{target.name.partition('.')[0]}.json").write_text(json.dumps(known, indent=1) + "\n")


if __name__ == "__main__":
    environment.prepare()
    os.environ["DJANGO_SETTINGS_MODULE"] = "siegelpost.django_settings"
    django.setup()
    FIXTURES.mkdir(exist_ok=True)
    make(FIXTURES / f"installation-{datetime.now(UTC):%Y-%m-%d}.tar.gz")
    sys.stdout.write("Written; see git status.\n")
