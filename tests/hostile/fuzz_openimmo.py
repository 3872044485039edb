"""Throws damaged OpenImmo files at the reader: ``python tests/hostile/fuzz_openimmo.py -max_total_time=60``.

The reader may refuse a file (OpenImmoError) or an attachment (AttachmentError). Anything else is a fault.
"""

import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["siegelpost.estates.openimmo"]):
    from siegelpost.estates.openimmo import OpenImmoError, read
    from siegelpost.estates.openimmo.messages import AttachmentError

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-openimmo-"))


def one_input(data: bytes) -> None:
    """Read ``data`` as a file, and every attachment it names."""
    path = FOLDER / "input"
    path.write_bytes(data)
    with suppress(OpenImmoError), read(path) as transfer:
        for delivery in transfer.deliveries:
            for property_ in delivery.properties:
                for attachment in property_.attachments:
                    with suppress(AttachmentError):
                        attachment.read(transfer.files)


def seeds() -> None:
    """Begin with the sample office's file, as XML and as a package, unless a corpus is given."""
    import zipfile

    from siegelpost.demo_data import package

    corpus = FOLDER / "corpus"
    corpus.mkdir()
    xml = package.XML.read_bytes()
    (corpus / "sample.xml").write_bytes(xml)
    with zipfile.ZipFile(corpus / "sample.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("openimmo.xml", xml)
        archive.writestr("hu-1014-haus.jpg", b"\xff\xd8\xff\xe0")
    sys.argv.append(str(corpus))


if __name__ == "__main__":
    seeds()
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
