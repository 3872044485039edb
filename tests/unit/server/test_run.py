"""What all processes of a server share in memory, and what is not among it."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
import django
django.setup()
from siegelpost.server import run
run._load_what_all_share()
loaded = {name.partition(".")[0] for name in sys.modules}
assert {"jinja2", "pikepdf", "imapclient"} <= loaded, loaded
assert not loaded & {"psycopg", "asn1crypto", "rfc3161_client", "typst"}, loaded
"""


def test_what_only_some_offices_need_is_not_loaded_for_all(tmp_path: Path) -> None:
    """A PostgreSQL driver beside SQLite, what an authority for time stamps is asked with, and the typesetter."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIEGELPOST_")}
    settings = {"SIEGELPOST_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "siegelpost.django_settings"}
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, env=kept | settings)
