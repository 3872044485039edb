"""Getting RFC 3161 time stamps for checkpoints from an authority of the office's choice.

:func:`stamp_newest` speaks over the network; a job calls it, never a transaction. What comes back is checked before
it is kept, so that a proof never carries a token that its reader would have to refuse.
"""

from collections.abc import Iterator
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.db import connection
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from siegelpost.ledger import fsck
from siegelpost.ledger.models import Checkpoint, Timestamp
from siegelpost.proof import reasons
from siegelpost.proof.token import MAX_TOKEN, TokenError, check_token
from siegelpost.settings import load
from siegelpost.toolbox.words import SpokenError, Words

TIMEOUT = 20.0  # seconds


class AuthorityError(SpokenError):
    """The authority could not be reached, or its answer is of no use; the next round tries again."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"Der Zeitstempeldienst {url} hat keinen gültigen Zeitstempel geliefert ({reason}). Protokoll und "
            "Nachweise bleiben gültig; es wird erneut versucht. Prüfen Sie die Einstellung timestamp_url.",
            f"The time-stamping authority {url} gave no valid time stamp ({reason}). Ledger and proofs stay valid; it "
            "is tried again. Check the setting timestamp_url.",
        )


def request_token(url: str, content: bytes) -> bytes:
    """Ask the authority for a time stamp over ``content``; gives its checked response.

    Raises:
        AuthorityError: no answer, or none that is a genuine time stamp over this content.
        ValueError: the URL is none of http or https.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"no address of a time-stamping authority: {url}")
    query = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query"}
    request = Request(url, query.as_bytes(), headers)  # noqa: S310 - the scheme is checked above
    try:
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - as above
            token: bytes = answer.read(MAX_TOKEN + 1)
        if check_token(token, content).nonce != query.nonce:
            raise TokenError(reasons.OTHER_QUESTION)
    except (URLError, TimeoutError, OSError, TokenError) as error:
        raise AuthorityError(url, str(error)) from error
    return token


def stamp_newest(url: str) -> Timestamp | None:
    """Have the newest checkpoint time-stamped, unless it has a stamp already.

    Raises:
        AuthorityError: the authority gave none.
        RuntimeError: called inside a transaction, which must not wait for the network.
    """
    if connection.in_atomic_block:
        raise RuntimeError("stamp_newest() asks over the network and must not run inside a transaction")
    checkpoint = Checkpoint.objects.order_by("-size").first()
    if checkpoint is None or checkpoint.timestamps.exists():
        return None
    note = checkpoint.note.encode()
    token = request_token(url, note)
    stamp = check_token(token, note)
    return Timestamp.objects.create(checkpoint=checkpoint, authority=stamp.authority[:200], at=stamp.at, token=token)


def stamp_if_wanted() -> None:
    """Have the newest checkpoint time-stamped if the office has named an authority."""
    url = load().timestamp_url
    if url:
        stamp_newest(url)


def _stored(progress: fsck.Progress) -> Iterator[fsck.FsckFinding]:
    """Every stored token stamps its checkpoint."""
    total = Timestamp.objects.count()
    for done, row in enumerate(Timestamp.objects.select_related("checkpoint").order_by("id").iterator(500), 1):
        try:
            check_token(bytes(row.token), row.checkpoint.note.encode())
        except TokenError as error:
            yield fsck.FsckFinding(
                "timestamps",
                f"time stamp {row.pk}",
                f"Der Zeitstempel passt nicht zum Siegel über {row.checkpoint.size} Einträge ({error}).",
                f"The time stamp does not fit the checkpoint of {row.checkpoint.size} entries ({error}).",
            )
        progress(done, total)


CHECK = fsck.FsckCheck("timestamps", Words("Zeitstempel", "Time stamps"), _stored)
