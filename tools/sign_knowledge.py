"""Make the signed file that brings the doctor newer knowledge (:mod:`siegelpost.doctor.policy.knowledge`).

    python -m tools.sign_knowledge --new-key KEY.pem
    python -m tools.sign_knowledge --key KEY.pem --out knowledge.json [--from SAID.json]

The first makes a key, and prints the line for ``KEYS``; the private half stays with those who make releases. The second
signs a document of the form that ``knowledge.py`` reads; without ``--from`` it holds the list of logs of this version.
"""

import argparse
import base64
import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from siegelpost.doctor.policy import knowledge

SHIPPED = Path(knowledge.__file__).with_name("logs.json")


def public_half(key: Ed25519PrivateKey) -> str:
    """As it stands in ``KEYS``."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def signed(said: dict[str, Any], key: Ed25519PrivateKey) -> bytes:
    """The file: what is said, as it is signed, and the signature."""
    text = json.dumps({"form": knowledge.FORM} | said, ensure_ascii=False)
    signature = base64.b64encode(key.sign(text.encode())).decode()
    return json.dumps({"said": text, "signature": signature}, ensure_ascii=False).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--new-key", type=Path)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--from", dest="said", type=Path, default=SHIPPED)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    if chosen.new_key:
        key = Ed25519PrivateKey.generate()
        with os.fdopen(os.open(chosen.new_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        print(public_half(key))
        return
    loaded = load_pem_private_key(chosen.key.read_bytes(), None)
    if not isinstance(loaded, Ed25519PrivateKey) or public_half(loaded) not in knowledge.KEYS:
        raise SystemExit("this key is none that the doctor believes")
    content = signed(json.loads(chosen.said.read_text()), loaded)
    print(f"signed, of {knowledge.read(content).day:%Y-%m-%d}")
    chosen.out.write_bytes(content)


if __name__ == "__main__":
    main()
