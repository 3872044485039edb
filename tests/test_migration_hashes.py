"""A migration that has landed is never edited: databases have run it as it was."""

from pathlib import Path

from tools.migration_hashes import LIST, add, faults, kept, present

PATH = "src/siegelpost/mail/migrations/0001_initial.py"


def test_every_migration_is_as_it_landed() -> None:
    found = faults(present(), kept())
    assert not found, "\n" + "\n".join(found)


def test_the_list_is_sorted_and_holds_each_once() -> None:
    """So that two branches that add to it merge."""
    paths = [line.split("  ", 1)[1] for line in LIST.read_text().splitlines()]
    assert paths == sorted(set(paths))


def test_one_that_was_edited_or_deleted_is_named_with_what_to_do() -> None:
    there, landed = {PATH: "1" * 64}, {PATH: "0" * 64}
    [edited], [gone] = faults(there, landed), faults({}, landed)
    assert edited.startswith(f"{PATH} has landed and was edited. Databases have run it")
    assert gone.startswith(f"{PATH} has landed and is gone.")


def test_adding_takes_what_is_new_and_never_what_was_edited(tmp_path: Path) -> None:
    file = tmp_path / "src" / "siegelpost" / "mail" / "migrations" / "0002_new.py"
    file.parent.mkdir(parents=True)
    file.write_text("# new\n")
    there = present(tmp_path) | {PATH: "1" * 64}
    [edited, new] = faults(there, {PATH: "0" * 64})
    assert "was edited" in edited
    assert new == "src/siegelpost/mail/migrations/0002_new.py is new: add it with make migrations, in the same commit."
    listed = add(there, {PATH: "0" * 64})
    assert listed[PATH] == "0" * 64
    assert faults(there, listed) == [edited]
