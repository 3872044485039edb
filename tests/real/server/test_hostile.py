"""Eight strangers at a time upload, mail and post hostile inputs of every sort, and the house goes on."""

from pathlib import Path

import pytest
from bench import hostile


def test_hostile_inputs_of_every_sort_for_a_moment(tmp_path: Path) -> None:
    """One mail of 160 kB stopped the jobs, one vCard of 50 kB a worker, one PKCS #12 of 418 bytes the whole server."""
    found = hostile.run(tmp_path, 20)
    assert found.wrong == []
    sorts = {answer.partition(":")[0] for answer in found.answered}
    assert sorts == {
        *("vCard", "table", "PKCS #12", "chain", "picture", "logo", "photo", "PDF", "ZIP", "OpenImmo"),
        *("mail", "withdrawal", "unfinished", "request", "link", "intake", "FTP", "SFTP", "rubbish"),
    }
    refused = {
        answer for answer in found.answered if answer.rpartition(" ")[2].startswith("5") and "mail" not in answer
    }
    assert refused == set()
    assert found.sealed[-1] > found.sealed[0]
    assert max(found.memory) <= hostile.MOST_MEMORY


@pytest.mark.soak
def test_hostile_inputs_of_every_sort_for_five_minutes(tmp_path: Path) -> None:
    found = hostile.run(tmp_path, 300)
    assert hostile.missed_by(found) == []
