"""The sample office's OpenImmo package: four properties in and around Lüneburg, with their pictures."""

import zipfile
from pathlib import Path

FOLDER = Path(__file__).parent
XML = FOLDER / "sample.xml"
XML_NAME = "openimmo.xml"
PICTURES = tuple(sorted(file.name for file in FOLDER.iterdir() if file.suffix in (".jpg", ".png")))


def write(path: Path) -> Path:
    """Write the package to ``path`` (a ZIP file) and give it back.

    The bytes are the same every time, so that a second import finds nothing changed.
    """
    with zipfile.ZipFile(path, "w") as archive:
        _add(archive, XML_NAME, XML.read_bytes(), zipfile.ZIP_DEFLATED)
        for name in PICTURES:
            _add(archive, name, picture(name), zipfile.ZIP_STORED)
    return path


def picture(name: str) -> bytes:
    """One of :data:`PICTURES`."""
    return (FOLDER / name).read_bytes()


def _add(archive: zipfile.ZipFile, name: str, data: bytes, method: int) -> None:
    info = zipfile.ZipInfo(name, date_time=(2026, 11, 2, 9, 0, 0))
    info.compress_type = method
    archive.writestr(info, data)
