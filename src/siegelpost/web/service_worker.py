"""The service worker's script with what it must know of this version: the files every page needs, and their digest."""

import hashlib
import json
from collections.abc import Mapping

from siegelpost.web.static_files import PREFIX, StaticFile

ADDRESS = "/sw.js"
SHELL = (
    "siegelpost.css",
    "office.css",
    "icons.svg",
    "icon.svg",
    "morph.js",
    "office.js",
    "store.js",
    "queue.js",
    "uploads.js",
    "offline.js",
    "live.js",
    "outbox.js",
    "uploads-left.js",
    "letter-form.js",
    "drafts.js",
    "push.js",
)
SHELL_OF_OTHERS = ("django_htmx/htmx-2.min.js",)


def script(files: Mapping[str, StaticFile]) -> bytes:
    """The whole script. Its bytes change exactly when one of the files or the script itself does."""
    own = files[f"{PREFIX}sw.js"]
    shell = [f"{PREFIX}{name}?v={files[PREFIX + name].digest[:12]}" for name in (*SHELL, *SHELL_OF_OTHERS)]
    version = hashlib.sha256("\n".join([*shell, own.digest]).encode()).hexdigest()[:12]
    return f"const VERSION = {json.dumps(version)};\nconst SHELL = {json.dumps(shell)};\n".encode() + own.body
