"""``make demo``: the walk ends well, the first time and again in the same folder."""

from pathlib import Path

from tests.support.installations import Installation
from tests.support.ports import free_port


def test_a_second_walk_in_the_same_folder_ends_well_too(installation: Installation, tmp_path: Path) -> None:
    """The second took the first walk's confirmation for its own, and its proof was not confirmed."""
    for _walk in range(2):
        ended = installation.run(
            "demo", "--no-stay", "--lang", "en", "--data", tmp_path / "demo", "--port", str(free_port()), timeout=900
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert "Proof verified: offline, against the mailed checkpoint" in ended.stdout
        assert "✗" not in ended.stdout
