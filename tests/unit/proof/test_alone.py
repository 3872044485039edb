"""An expert's machine has the package and nothing else: no installation, no database, no Django in memory."""

import subprocess
import sys

PROGRAM = """
import sys
from click.testing import CliRunner
from siegelpost.cli import main
result = CliRunner().invoke(main, ["verify", sys.argv[1]])
assert result.exit_code == 1, result.output
assert "ist nicht lesbar" in result.output
loaded = {name.partition(".")[0] for name in sys.modules}
assert not loaded & {"django", "psycopg", "typst"}, loaded
"""


def test_verify_loads_no_django_and_needs_no_data_folder() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM, __file__], check=True, env={"PATH": "/usr/bin"}, cwd="/")
