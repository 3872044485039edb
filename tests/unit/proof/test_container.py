"""Containers that no proof is: refused as a whole, without unpacking a byte to disk."""

import io
import os
import stat
import warnings
import zipfile
from pathlib import Path

import pytest

from siegelpost.proof import container
from siegelpost.proof.container import ContainerError, read


def zip_of(folder: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    path = folder / "proof.zip"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # zipfile itself warns of doubled names
        for name, content in entries:
            archive.writestr(name, content)
    return path


def test_zip_and_folder_give_the_same(tmp_path: Path) -> None:
    path = zip_of(tmp_path, ("a.txt", b"a"), ("events/", b""), ("events/1.json", b"{}"))
    folder = tmp_path / "folder"
    (folder / "events").mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"a")
    (folder / "events/1.json").write_bytes(b"{}")
    assert read(path) == read(folder) == {"a.txt": b"a", "events/1.json": b"{}"}


@pytest.mark.parametrize(
    "name",
    [
        "../a.txt",
        "/etc/passwd",
        "a/../../b",
        "a//b",
        "./a",
        "a\\b",
        "C:\\a",
        ".hidden",
        "a/.git",
        "ä.txt",
        "a b",
        "a\nb",
        "a" * 101,
        "a/b/c/d/e",
        "a\u202eb",
    ],
)
def test_names_that_lead_elsewhere(name: str, tmp_path: Path) -> None:
    with pytest.raises(ContainerError):
        read(zip_of(tmp_path, ("good.txt", b""), (name, b"x")))


def test_the_same_name_twice(tmp_path: Path) -> None:
    with pytest.raises(ContainerError, match=r"a\.txt: there twice"):
        read(zip_of(tmp_path, ("a.txt", b"1"), ("a.txt", b"2")))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_entries_of_other_kinds(kind: int, tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("link")
    entry.external_attr = (kind | 0o777) << 16
    with pytest.raises(ContainerError, match="link: not a plain file"):
        read(zip_of(tmp_path, (entry, b"/etc/passwd")))


def test_links_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(ContainerError, match="link: not a plain file"):
        read(tmp_path)


def test_pipes_in_a_folder_do_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ContainerError, match="pipe: not a plain file"):
        read(tmp_path)


def test_bombs_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_FILE", 1000)
    monkeypatch.setattr(container, "MAX_TOTAL", 1500)
    monkeypatch.setattr(container, "MAX_FILES", 5)
    with pytest.raises(ContainerError, match="bomb: too large"):
        read(zip_of(tmp_path, ("bomb", b"\0" * 1001)))
    with pytest.raises(ContainerError, match="too much"):
        read(zip_of(tmp_path, ("a", b"\0" * 900), ("b", b"\0" * 900)))
    with pytest.raises(ContainerError, match="too many"):
        read(zip_of(tmp_path, *[(f"f{n}", b"") for n in range(6)]))


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    raw = bytearray(zip_of(tmp_path, ("bomb", b"\0" * 100_000)).read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = raw.index(signature) + offset
        raw[place : place + 4] = (10).to_bytes(4, "little")
    path = tmp_path / "liar.zip"
    path.write_bytes(raw)
    with pytest.raises(ContainerError):
        read(path)


def test_encrypted_or_strangely_packed(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("a")
    entry.compress_type = zipfile.ZIP_LZMA
    with pytest.raises(ContainerError, match="unknown way"):
        read(zip_of(tmp_path, (entry, b"x")))
    raw = bytearray(zip_of(tmp_path, ("a", b"x")).read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "encrypted.zip"
    path.write_bytes(raw)
    with pytest.raises(ContainerError, match="encrypted"):
        read(path)


@pytest.mark.parametrize("raw", [b"", b"PK", b"%PDF-1.7"])
def test_what_is_no_zip(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "proof.zip"
    path.write_bytes(raw)
    with pytest.raises(ContainerError, match=r"proof\.zip: cannot be read"):
        read(path)


def test_every_cut_and_every_changed_byte_is_survived(tmp_path: Path) -> None:
    """Whatever happens to the zip itself, the answer is its content or a refusal, never a crash."""
    good = zip_of(tmp_path, ("a.txt", b"content" * 20), ("b/c.json", b"{}")).read_bytes()
    content = read(tmp_path / "proof.zip")
    path = tmp_path / "changed.zip"
    for place in range(len(good)):
        for changed in (good[:place], good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :]):
            path.write_bytes(changed)
            try:
                found = read(path)
            except ContainerError:
                continue
            assert all(content.get(name, value) == value for name, value in found.items())


def test_content_is_checked_by_its_crc(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.txt", b"content")
    path = tmp_path / "proof.zip"
    path.write_bytes(out.getvalue().replace(b"content", b"Content"))
    with pytest.raises(ContainerError):
        read(path)


def _hidden(raw: bytes, place: int) -> bytes:
    """The archive with a whole entry in front of it, between its entries, or after them, which no directory lists."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("documents/evil.pdf", b"evil")
    entry = out.getvalue()[: out.getvalue().index(b"PK\1\2")]
    return raw[:place] + entry + raw[place:]


@pytest.mark.parametrize("where", ["front", "end", "both archives", "comment", "another name", "another size"])
def test_no_other_program_finds_other_files_in_it(where: str, tmp_path: Path) -> None:
    """Entries that the directory does not list were passed over, and a streaming reader unpacked them."""
    raw = zip_of(tmp_path, ("a.txt", b"a" * 50), ("b.txt", b"b")).read_bytes()
    changed = {
        "front": _hidden(raw, 0),
        "end": raw + b"x",
        "both archives": raw + raw,
        "comment": raw[:-2] + b"\1\0x",
        "another name": raw.replace(b"b.txt", b"c.txt", 1),
        "another size": raw[:18] + b"\1" + raw[19:],
    }[where]
    (tmp_path / "proof.zip").write_bytes(changed)
    with pytest.raises(ContainerError):
        read(tmp_path / "proof.zip")


def test_a_zip_that_was_written_as_a_stream_is_one(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.raw = b""

        def writable(self) -> bool:
            return True

        def write(self, part: object) -> int:
            self.raw += bytes(part)  # type: ignore[call-overload]  # bytes
            return len(bytes(part))  # type: ignore[call-overload]  # bytes

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.txt", "b.txt"):
            archive.writestr(name, b"a" * 50)
    (tmp_path / "proof.zip").write_bytes(pipe.raw)
    assert read(tmp_path / "proof.zip").keys() == {"a.txt", "b.txt"}
