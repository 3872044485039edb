"""From an account's folder to the properties: whole, once, by the account's rules, and nothing said that is not so."""

import errno
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.unit.estates import transfers as t
from tests.unit.estates.intake.scene import (
    administrator,
    an_account,
    came,
    empty_folders,
    flats,
    hurry,
    package,
    put,
    rounds,
)

from siegelpost.estates.imports import job, spool, upload
from siegelpost.estates.intake import accounts, arrivals
from siegelpost.estates.intake_models import Arrival, ArrivalState, Handling, IntakeAccount
from siegelpost.estates.kinds import Status
from siegelpost.estates.models import Estate, Import
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_there(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    empty_folders()
    hurry(monkeypatch)
    yield
    empty_folders()
    job.stopping.clear()


@pytest.fixture
def account() -> IntakeAccount:
    return an_account()[0]


def titles(status: str = Status.ACTIVE) -> set[str]:
    return set(Estate.objects.filter(status=status).values_list("title", flat=True))


def folder(account: IntakeAccount) -> Path:
    return arrivals.box_of(account).root


def test_what_this_server_may_not_read_is_told_once_and_stays(
    account: IntakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put there by another user of the machine, it lay there for ever, and nobody heard. (Root may read all.)"""
    put(account, "objekte.zip", package(flats("A")))
    monkeypatch.setattr(arrivals, "PATIENCE", -1)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "objekte.zip")
    rounds()
    assert came() == [("objekte.zip", ArrivalState.REFUSED)]
    assert "darf sie nicht lesen" in Arrival.objects.get().why["de"]
    assert (folder(account) / "objekte.zip").exists()
    monkeypatch.undo()
    hurry(monkeypatch)
    (folder(account) / "objekte.zip").chmod(0o640)
    rounds()
    assert came()[-1] == ("objekte.zip", ArrivalState.DONE)
    assert titles() == {"Haus A"}


def test_a_whole_zip_is_brought_in_at_once_and_its_protocol_says_from_where(account: IntakeAccount) -> None:
    put(account, "objekte.zip", package(flats("A", "B")))
    rounds()
    assert titles() == {"Haus A", "Haus B"}
    [arrival] = Arrival.objects.all()
    assert (arrival.state, arrival.way, arrival.address) == (ArrivalState.DONE, "https", "192.0.2.7")
    assert arrival.counts == {"created": 2}
    assert not list(folder(account).iterdir())
    imported = Event.objects.filter(kind=EventKind.ESTATE_IMPORTED.value)
    assert {json.loads(bytes(each.leaf))["data"]["actor"] for each in imported} == {f"intake:{account.login}"}


def test_what_was_put_into_the_folder_by_another_program_is_taken_too(account: IntakeAccount) -> None:
    (folder(account) / "nacht").mkdir()
    (folder(account) / "nacht" / "export.zip").write_bytes(package(flats("A")))
    rounds()
    assert titles() == {"Haus A"}
    assert Arrival.objects.get().way == "folder"
    assert not list(folder(account).iterdir()), "an empty folder is not left behind"


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_file_that_was_cut_off_is_never_taken_and_said_in_the_end(
    account: IntakeAccount, cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that calls a transfer complete when its connection broke proves nothing."""
    put(account, "objekte.zip", package(flats("A"))[:-cut])
    rounds(1)
    assert came() == []
    monkeypatch.setattr(arrivals, "PATIENCE", -1)
    rounds(1)
    assert (came(), titles()) == ([("objekte.zip", "refused")], set())
    assert "nicht vollständig" in Arrival.objects.get().reason
    assert not list(folder(account).iterdir())


def test_a_byte_that_changed_on_the_way_is_found_by_the_zip_s_own_sums(account: IntakeAccount) -> None:
    good = bytearray(package(flats("A"), {"bild.jpg": t.picture()}))
    good[good.index(b"bild.jpg") + 60] ^= 1
    put(account, "objekte.zip", bytes(good))
    rounds(1)
    assert came() == []


def test_what_was_cut_off_is_taken_when_the_rest_has_come(account: IntakeAccount) -> None:
    whole = package(flats("A"))
    put(account, "objekte.zip", whole[:-20])
    rounds(1)
    with arrivals.box_of(account).open(
        "objekte.zip", arrivals.box_of(account).sender(folder(account) / "x"), add=True
    ) as rest:
        rest.write(whole[-20:])
        rounds(1)
        assert came() == [], "it is still open"
    rounds()
    assert titles() == {"Haus A"}


@pytest.mark.parametrize(
    "name", [".objekte.zip", "objekte.zip.part", "objekte.zip.filepart", "objekte.TMP", ".neu/o.zip"]
)
def test_a_name_of_what_is_not_finished_is_left_alone_until_it_is_renamed(account: IntakeAccount, name: str) -> None:
    put(account, name, package(flats("A")))
    rounds(1)
    assert came() == []
    box = arrivals.box_of(account)
    box.rename(name, "objekte.zip", box.sender(folder(account)))
    rounds()
    assert came() == [("objekte.zip", "done")]


def test_it_has_to_lie_still(account: IntakeAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "QUIET", 10)
    put(account, "objekte.zip", package(flats("A")))
    # What a client says of the file's age is not believed.
    os.utime(folder(account) / "objekte.zip", (0, 0))
    rounds(1)
    assert came() == []


def test_an_xml_file_brings_the_pictures_that_lie_beside_it(account: IntakeAccount) -> None:
    picture = t.attachments(t.attachment("bild.jpg"))
    document = t.document(t.provider(t.estate("A", title="Haus A", inner=picture)))
    put(account, "export/bild.jpg", t.picture())
    rounds(1)
    put(account, "export/openimmo.xml", document[:-12])
    rounds(1)
    assert came() == []
    put(account, "export/openimmo.xml", document)
    rounds()
    assert Estate.objects.get().media.count() == 1
    assert came() == [("export/openimmo.xml", "done")]
    assert not list(folder(account).iterdir())


def test_a_picture_of_before_1980_or_with_a_windows_name_holds_up_nobody(account: IntakeAccount) -> None:
    """Either stopped the rounds of every account for good: a ZIP has no such date, and no text such a name."""
    other = an_account(name="Haus & Web")[0]
    pictures = [t.attachment("alt.jpg"), t.attachment("Küche.jpg")]
    document = t.document(t.provider(t.estate("A", title="Haus A", inner=t.attachments(*pictures))))
    put(account, "export/alt.jpg", t.picture())
    put(account, "export/x.jpg", t.picture("blue"))
    (folder(account) / "export/x.jpg").rename(os.fsdecode(os.fsencode(folder(account) / "export") + b"/K\xfcche.jpg"))
    os.utime(folder(account) / "export/alt.jpg", (0, 0))
    put(account, "export/openimmo.xml", document)
    put(other, "c.zip", package(flats("C")))
    rounds()
    assert Estate.objects.get(title="Haus A").media.count() == 2
    assert titles() == {"Haus A", "Haus C"}


def test_pictures_without_a_document_are_said_and_removed_in_the_end(
    account: IntakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(account, "a.jpg", t.picture())
    put(account, "b.jpg", t.picture())
    rounds(1)
    assert came() == []
    monkeypatch.setattr(arrivals, "PATIENCE_ALONE", -1)
    rounds(1)
    assert came() == [("a.jpg", "refused")]
    assert "2 Dateien" in Arrival.objects.get().reason
    assert not list(folder(account).iterdir())


def test_the_same_bytes_are_not_brought_in_twice(account: IntakeAccount) -> None:
    for name in ("eins.zip", "zwei.zip"):
        put(account, name, package(flats("A")))
        rounds()
    assert came() == [("eins.zip", "done"), ("zwei.zip", "repeated")]
    assert Import.objects.count() == 1


def test_what_says_that_it_is_older_does_not_undo_what_is_newer(account: IntakeAccount) -> None:
    put(account, "neu.zip", package(flats("A", stamp="2026-11-29T12:00:00", title="Neu")))
    rounds()
    put(account, "alt.zip", package(flats("A", "B", stamp="2026-11-29T11:00:00", title="Alt")))
    rounds()
    assert titles() == {"Neu A", "Alt B"}, "what the newer one did not name is brought in all the same"
    late = Arrival.objects.get(name="alt.zip")
    assert late.of
    assert "neuerer Stand" in str(list(late.of.lines.values_list("told", flat=True)))


def test_an_older_complete_transfer_takes_nothing_away_that_came_later(account: IntakeAccount) -> None:
    put(account, "teil.zip", package(flats("B", stamp="2026-11-29T12:00:00")))
    rounds()
    put(account, "voll.zip", package(flats("A", scope="VOLL", stamp="2026-11-29T11:00:00")))
    rounds()
    assert titles() == {"Haus A", "Haus B"}
    put(account, "voll2.zip", package(flats("A", scope="VOLL", stamp="2026-11-29T10:00:00")))
    put(account, "voll3.zip", package(flats("A", "C", scope="VOLL", stamp="2026-11-29T09:00:00")))
    rounds(4)
    assert titles() == {"Haus A", "Haus B"}
    assert came()[-1] == ("voll3.zip", "outdated")


def test_delete_archives_and_says_so(account: IntakeAccount) -> None:
    put(account, "a.zip", package(flats("A", "B")))
    rounds()
    gone = t.document(t.provider(t.estate("A", action="DELETE")))
    put(account, "b.zip", package(gone))
    rounds()
    assert (titles(), titles(Status.ARCHIVED)) == ({"Haus B"}, {"Haus A"})


@pytest.mark.parametrize(("named", "words"), [((), "kein Objekt"), (("A",), "3 von 4")])
def test_a_complete_transfer_that_takes_most_away_asks_first(
    account: IntakeAccount, named: tuple[str, ...], words: str
) -> None:
    """An empty or half complete transfer has taken whole offices off the market elsewhere."""
    put(account, "a.zip", package(flats("A", "B", "C", "D")))
    rounds()
    put(account, "b.zip", package(flats(*named, scope="VOLL")))
    rounds()
    assert len(titles()) == 4
    waiting = Arrival.objects.get(name="b.zip")
    assert (waiting.state, words in waiting.reason) == (ArrivalState.WAITING, True)
    # What comes after it does not have to wait.
    put(account, "c.zip", package(flats("E")))
    rounds()
    assert len(titles()) == 5
    assert waiting.of
    upload.confirm(upload.one(waiting.of.public_id), agent=administrator())
    rounds()
    waiting.refresh_from_db()
    assert waiting.state == ArrivalState.DONE


def test_a_complete_transfer_within_the_share_archives_at_once(account: IntakeAccount) -> None:
    put(account, "a.zip", package(flats("A", "B", "C", "D")))
    rounds()
    put(account, "b.zip", package(flats("A", "B", "C", scope="VOLL")))
    rounds()
    assert titles(Status.ARCHIVED) == {"Haus D"}


def test_ask_me_waits_for_a_yes_over_the_weekend_and_no_longer_than_two_weeks() -> None:
    account, _ = an_account(handling=Handling.ASK)
    put(account, "a.zip", package(flats("A")))
    rounds()
    assert (came(), titles()) == ([("a.zip", "waiting")], set())
    begun = Import.objects.get()
    Import.objects.update(created_at=timezone.now() - timedelta(days=3))
    upload.forget_old()
    rounds()
    assert Import.objects.get().state == "ready"
    Import.objects.update(created_at=timezone.now() - timedelta(days=15))
    upload.forget_old()
    rounds()
    assert came() == [("a.zip", "discarded")]
    assert spool.path(begun.key) is None


def test_another_provider_s_file_asks_although_the_account_is_to_bring_in_at_once() -> None:
    account, _ = an_account(provider="ANID-9")
    put(account, "a.zip", package(flats("A")))
    rounds()
    [arrival] = Arrival.objects.all()
    assert (arrival.state, "ANID-1" in arrival.reason) == (ArrivalState.WAITING, True)


def test_a_bomb_is_refused_by_the_words_of_the_reader(account: IntakeAccount, tmp_path: Path) -> None:
    bomb = tmp_path / "bombe.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("openimmo.xml", bytes(40 * 1024 * 1024))
    put(account, "bombe.zip", bomb.read_bytes())
    rounds()
    [arrival] = Arrival.objects.all()
    assert arrival.state == ArrivalState.REFUSED
    assert arrival.reason


def test_files_of_a_closed_account_are_not_taken_and_go(account: IntakeAccount) -> None:
    put(account, "a.zip", package(flats("A")))
    accounts.revoke(account, by=administrator())
    rounds()
    arrivals.forget_old()
    assert (came(), list(folder(account).iterdir())) == ([], [])


@pytest.fixture
def root_s_folder(account: IntakeAccount, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that root has copied there: its files can be read, and neither changed nor removed."""
    place = folder(account) / "von-root"
    place.mkdir()

    def forbidden(real: Callable[..., None]) -> Callable[..., None]:
        def tried(path: Path, *args: object, **kwargs: object) -> None:
            if place in Path(path).parents:
                raise PermissionError(errno.EACCES, "Permission denied")
            real(path, *args, **kwargs)

        return tried

    monkeypatch.setattr(os, "utime", forbidden(os.utime))
    for act in ("rename", "unlink"):
        monkeypatch.setattr(Path, act, forbidden(getattr(Path, act)))
    return place


def test_what_cannot_be_removed_is_brought_in_once_and_holds_up_nobody(
    account: IntakeAccount, root_s_folder: Path
) -> None:
    (root_s_folder / "a.zip").write_bytes(package(flats("A")))
    put(account, "b.zip", package(flats("B")))
    rounds(5)
    assert titles() == {"Haus A", "Haus B"}
    assert sorted(came()) == [("b.zip", "done"), ("von-root/a.zip", "done")]
    (root_s_folder / "a.zip").write_bytes(package(flats("C")))
    rounds(5)
    assert sorted(came())[1:] == [("von-root/a.zip", "done")] * 2


def test_a_document_that_cannot_be_removed_holds_up_no_other(account: IntakeAccount, root_s_folder: Path) -> None:
    (root_s_folder / "a.xml").write_bytes(flats("A"))
    rounds(4)
    put(account, "b/b.xml", flats("B"))
    rounds(4)
    assert came() == [("von-root/a.xml", "done"), ("b/b.xml", "done")]


def test_what_cannot_be_removed_is_refused_once(
    account: IntakeAccount, root_s_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "PATIENCE", -1)
    (root_s_folder / "a.zip").write_bytes(package(flats("A"))[:-30])
    rounds(3)
    assert came() == [("von-root/a.zip", "refused")]


class _KilledError(BaseException):
    """Stands for a process that ends here."""


@pytest.mark.parametrize("where", ["_move", "_remove", "sync", "Import.objects.create"])
@pytest.mark.parametrize("after", [False, True])
def test_cut_off_anywhere_in_the_hand_over_nothing_is_lost_or_done_twice(
    account: IntakeAccount, where: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed between any two steps: the next round goes on by what it finds."""
    put(account, "export/bild.jpg", t.picture())
    put(account, "export/openimmo.xml", flats("A"))
    put(account, "b.zip", package(flats("B")))
    place, name = (Import.objects, "create") if "." in where else (arrivals, where)
    real = getattr(place, name)

    def killed(*args: object, **kwargs: object) -> object:
        if after:
            real(*args, **kwargs)
        raise _KilledError

    with monkeypatch.context() as patch:
        patch.setattr(place, name, killed)
        for _ in range(2):
            with pytest.raises(_KilledError):
                arrivals.round_()
    rounds(4)
    assert titles() == {"Haus A", "Haus B"}
    assert Import.objects.count() == 2
    assert {state for _, state in came()} == {"done"}
    assert not list(folder(account).iterdir())
