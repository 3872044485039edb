"""The files that come with a transfer, however they are called."""

import socket
import unicodedata
import zipfile
from pathlib import Path

import pytest
from tests.unit.estates import transfers as t

from siegelpost.estates.openimmo.messages import AttachmentError, Key
from siegelpost.estates.openimmo.reader import read

GOOD = t.document(t.provider(t.estate()))
NFD = unicodedata.normalize("NFD", "Küche.jpg")


def found(path: Path, name: str) -> bytes:
    with read(path) as transfer:
        return transfer.files.read(name)


@pytest.mark.parametrize(
    ("packed", "named"),
    [
        ("bilder/kueche.jpg", "C:\\Export\\Bilder\\kueche.jpg"),
        ("bilder\\kueche.jpg", "/var/export/kueche.jpg"),
        ("Kueche.JPG", "../kueche.jpg"),
        (NFD, "Küche.jpg"),
        ("Küche.jpg", NFD),
        ("Küche 1.jpg", "K%C3%BCche%201.jpg"),
        ("50%20.jpg", "50%20.jpg"),
        ("./a/b.jpg", "a//b.jpg"),
    ],
)
def test_names_are_compared_as_people_mean_them(tmp_path: Path, packed: str, named: str) -> None:
    """Findings: "fehlt" for a name put together as macOS does it, "führt hinaus" for a path of another machine."""
    assert found(t.write_zip(tmp_path / "t.zip", GOOD, {packed: b"here", "other.jpg": b"no"}), named) == b"here"


def test_beside_an_xml_file_names_are_compared_alike(tmp_path: Path) -> None:
    (tmp_path / "t.xml").write_bytes(GOOD)
    (tmp_path / NFD).write_bytes(b"here")
    assert found(tmp_path / "t.xml", "D:\\Bilder\\KÜCHE.jpg") == b"here"


def test_what_lies_there_and_cannot_be_read_is_not_told_as_missing(tmp_path: Path) -> None:
    """Whoever was told that a picture is missing looked for it where it lay. A folder cannot be read even by root."""
    (tmp_path / "t.xml").write_bytes(GOOD)
    for name, key in (("pictures", Key.ATTACHMENT_MISSING), ("socket.jpg", Key.ATTACHMENT_UNREADABLE)):
        if name == "pictures":
            (tmp_path / name).symlink_to(name)
        else:
            with socket.socket(socket.AF_UNIX) as lies:
                lies.bind(str(tmp_path / name))
        with pytest.raises(AttachmentError) as caught:
            found(tmp_path / "t.xml", name)
        assert caught.value.message.key == key


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "cp437"])
def test_names_whose_spelling_is_not_said(tmp_path: Path, codec: str) -> None:
    path = t.write_zip(
        tmp_path / "t.zip", GOOD, {"K~~che.jpg": b"here"} if codec == "utf-8" else {"K~che.jpg": b"here"}
    )
    path.write_bytes(path.read_bytes().replace(b"K~~che" if codec == "utf-8" else b"K~che", "Küche".encode(codec)))
    assert found(path, "Küche.jpg") == b"here"


def test_of_several_with_one_name_the_path_decides(tmp_path: Path) -> None:
    """A picture of another property is worse than none."""
    path = t.write_zip(tmp_path / "t.zip", GOOD, {"a/1.jpg": b"a", "b/1.jpg": b"b", "x/b/1.jpg": b"xb"})
    assert (found(path, "a/1.jpg"), found(path, "b/1.jpg"), found(path, "C:\\x\\b\\1.jpg")) == (b"a", b"b", b"xb")
    with pytest.raises(AttachmentError) as caught:
        found(path, "1.jpg")
    assert caught.value.message.key is Key.ATTACHMENT_AMBIGUOUS


@pytest.mark.parametrize("other", [b"<report/>", b"\xff\xfe" + "<x/>".encode("utf-16-le"), b"nothing", b""])
def test_of_several_documents_the_transfer_is_taken(tmp_path: Path, other: bytes) -> None:
    """Finding: „mehrere XML-Dateien“ for a report beside the transfer and for what macOS adds."""
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (
            ("a.xml", other),
            ("._b.xml", b"x"),
            ("b.xml", GOOD.decode().encode("utf-16")),
            ("c.xml", b""),
        ):
            archive.writestr(name, data)
    with read(path) as transfer:
        assert transfer.count == 1


@pytest.mark.parametrize(
    ("content", "data"),
    [("aGVyZQ==", b"here"), ("data:image/jpeg;base64,aGVyZQ==", b"here"), ("aGVy\n ZQ", b"here")],
)
@pytest.mark.parametrize("tag", ["anhanginhalt", "base64"])
@pytest.mark.parametrize("place", ["INTERN", "EXTERN", "REMOTE", ""])
def test_embedded_pictures(tmp_path: Path, content: str, data: bytes, tag: str, place: str) -> None:
    """Where it is counts for more than where the file says that it is."""
    inner = (
        f'<anhang location="{place}" gruppe="BILD"><daten><pfad>a.jpg</pfad><{tag}>{content}</{tag}></daten></anhang>'
    )
    with read(t.write_xml(tmp_path, t.estate(inner=t.attachments(inner)))) as transfer:
        (one,) = transfer.deliveries[0].properties[0].attachments
        assert one.read(transfer.files) == data


def test_an_attachment_without_anything_is_told_as_such(tmp_path: Path) -> None:
    inner = t.attachments('<anhang gruppe="BILD"><anhangtitel>Bad</anhangtitel></anhang>')
    with read(t.write_xml(tmp_path, t.estate(inner=inner))) as transfer:
        (one,) = transfer.deliveries[0].properties[0].attachments
        with pytest.raises(AttachmentError) as caught:
            one.read(transfer.files)
    assert caught.value.message.key is Key.ATTACHMENT_EMPTY
