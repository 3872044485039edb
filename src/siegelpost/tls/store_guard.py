"""The store's folder kept in memory, so that it can be put back when it is taken away under the running server.

The private keys are kept as they lie there, encrypted. What is put back is what stood there a moment before: plan,
account, orders under way, certificates and their keys. So nothing has to be ordered a second time, and a bought
certificate is not lost either.
"""

import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from siegelpost.doctor.texts.language import fill
from siegelpost.tls.store import Store, StoreError
from siegelpost.toolbox.durable import read_json, replace_durably, write_json
from siegelpost.toolbox.words import Words

_MOST_BYTES = 16 * 1024 * 1024
# Written again and again by everybody, and worthless once the folder is gone.
_PASSING = frozenset({"lock", "lost.json", "lease.json", "progress.json", "wanted", "refusals", "challenges"})
# Whichever changes, something worth keeping has.
_SIGNS = ("active", "certificates", "requests", "acme/plan.json", "acme/state.json", "acme/accounts", "acme")
_PASSPHRASE = "passphrase"  # noqa: S105 - the name of a file
_FILE = "lost.json"
# A slow removal may go on after everything was put back: so many looks more.
_WATCHED = 10

_PUT_BACK = Words(
    "Der Ordner mit den Zertifikaten war plötzlich weg. Siegelpost hat ihn sofort wiederhergestellt: Besucher haben "
    "davon nichts gemerkt, bestellt wurde nichts.",
    "The folder with the certificates was suddenly gone. Siegelpost put it back at once: visitors noticed nothing, and "
    "nothing was ordered.",
)
_LOOK_INTO_IT = Words(
    "Nachsehen, wer oder was den Ordner {folder} entfernt hat: ein Aufräumskript, ein nicht eingehängtes Laufwerk?",
    "Find out who or what removed the folder {folder}: a clean-up script, a drive that is not mounted?",
)


@dataclass(frozen=True, slots=True)
class LostFolder:
    """That the folder was gone and was put back, and when that was noticed."""

    at: datetime
    folder: str

    def text(self, language: str) -> str:
        """What happened, and what was done about it."""
        return _PUT_BACK[language]

    def remedies(self, language: str) -> list[str]:
        """What there is to do for people."""
        return [fill(_LOOK_INTO_IT, language, {"folder": self.folder})]


def last_loss(store: Store) -> LostFolder | None:
    """When the folder was last gone, until something else is activated."""
    content = read_json(store.folder / _FILE)
    try:
        if content["generation"] != store.generation:
            return None
        return LostFolder(datetime.fromisoformat(content["at"]), str(store.folder))
    except (KeyError, TypeError, ValueError):
        return None


class Kept:
    """What one store's folder holds, as of the last :meth:`look`; forked processes inherit it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._files: dict[str, bytes] = {}
        # Something was missing that had been there, so a removal may be under way: it counts from the next look on.
        self._seen: dict[str, bytes] = {}
        self._signs: object = None
        self._inode: object = None
        self._put: dict[str, bytes] = {}
        self._watched = 0

    def resume(self) -> None:
        """In a process that was forked: what lies there now holds, if anything does."""
        if self._store.active_file.exists():
            self._forget()

    def look(self, at: datetime) -> bool:
        """Keep what is new; put everything back when the folder was taken away. Costs some stats.

        Returns:
            Whether it was put back.

        Raises:
            OSError: it could not be put back, or not wholly; the next look tries again.
        """
        if self._gone():
            return self._put_back(at)
        if self._watched:
            self._watched -= 1
            with self._store.locked():
                self._write(self._put, anew=False)
        else:
            self._files = self._seen or self._files
        signs = [_stat(self._store.folder / each) for each in _SIGNS]
        if signs != self._signs:
            self._seen, self._signs = self._read(), signs
            self._inode = _inode(self._store.folder)
            if self._files and self._seen.get(_PASSPHRASE) != self._files.get(_PASSPHRASE):
                self._signs, self._seen = None, {}  # changed in this very moment: the next look decides
            elif self._files.keys() <= self._seen.keys():
                self._files = self._seen
        return False

    def _gone(self) -> bool:
        files = self._files or self._seen
        if "active" not in files:
            return False
        # Who finds no passphrase while a removal is under way may have made a new one, which opens nothing.
        same = self._inode == _inode(self._store.folder) and self._passphrase() == files.get(_PASSPHRASE)
        return not (same and self._whole())

    def _whole(self) -> bool:
        """Whether there is something to serve, and all of it."""
        ids = self._store.active().ids
        return bool(ids) and all((self._store.folder / "certificates" / id / "about.json").exists() for id in ids)

    def _opens(self) -> bool:
        """Whether what is to be served can be."""
        try:
            for id in self._store.active().ids:
                self._store.load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), id)
        except StoreError:
            return False
        return True

    def _put_back(self, at: datetime) -> bool:
        files = self._files or self._seen
        with self._store.locked():
            anew = self._passphrase() != files.get(_PASSPHRASE)
            # Somebody may have put another store in its place: then that holds from now on.
            another = anew and self._whole() and self._opens()
            if not another:
                self._write(files, anew=anew)
                write_json(self._store.folder / _FILE, {"at": at.isoformat(), "generation": self._store.generation})
                self._put, self._watched = files, _WATCHED
        self._signs, self._seen, self._files = None, {}, {} if another else files
        self._inode = _inode(self._store.folder)
        return not another

    def _forget(self) -> None:
        self._signs, self._seen, self._files = None, {}, {}

    def _write(self, files: dict[str, bytes], *, anew: bool) -> None:
        """The keys' passphrase first; what makes a certificate count after its parts; what is served last."""
        for name in sorted(files, key=lambda name: (name == "active", name.endswith("about.json"), name)):
            file = self._store.folder / name
            if anew or not file.exists():
                for above in reversed(Path(name).parents):  # each for this user alone
                    (self._store.folder / above).mkdir(mode=0o700, exist_ok=True)
                replace_durably(file, files[name])

    def _passphrase(self) -> bytes | None:
        """None where it comes from the environment, or is gone."""
        try:
            return (self._store.folder / _PASSPHRASE).read_bytes()
        except OSError:
            return None

    def _read(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        left = _MOST_BYTES
        for file in sorted(self._store.folder.rglob("*"), reverse=True):  # the latest certificates first
            name = file.relative_to(self._store.folder)
            if any(part in _PASSING or part.startswith(".") for part in name.parts):
                continue
            try:
                content = file.read_bytes() if file.is_file() else b""
            except OSError:  # just replaced or removed
                continue
            left -= len(content)
            if file.is_file() and left >= 0:
                found[str(name)] = content
        return found


def _stat(file: Path) -> object:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _inode(folder: Path) -> object:
    try:
        stat = folder.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
