"""Getting RFC 3161 time stamps for checkpoints from an authority of the office's choice.

:func:`stamp_newest` speaks over the network; a job calls it, never a transaction. What comes back is checked before
it is kept, so that a proof never carries a token that its reader would have to refuse.
"""

from collections.abc import Iterator
from http import HTTPStatus

from django.db import connection

from siegelpost.ledger import fsck
from siegelpost.ledger.models import Checkpoint, Timestamp
from siegelpost.proof import reasons
from siegelpost.settings import load
from siegelpost.toolbox import outgoing
from siegelpost.toolbox.outgoing import TIME_STAMP, DestinationRefusedError
from siegelpost.toolbox.words import SpokenError, Words, said

_NOT_ASKED = Words(
    "die Adresse führt nicht ins offene Internet oder an einen anderen Port als 80 und 443; was im Haus steht, erlaubt "
    "die Einstellung private_networks",
    "the address does not lead to the open internet, or to another port than 80 and 443; the setting private_networks "
    "allows what stands in the house",
)


class AuthorityError(SpokenError):
    """The authority could not be reached, or its answer is of no use; the next round tries again."""

    def __init__(self, url: str, reason: str | Words) -> None:
        super().__init__(
            f"Der Zeitstempeldienst {url} hat keinen gültigen Zeitstempel geliefert ({said(reason, 'de')}). "
            "Protokoll und Nachweise bleiben gültig; es wird erneut versucht. Prüfen Sie die Einstellung "
            "timestamp_url.",
            f"The time-stamping authority {url} gave no valid time stamp ({said(reason, 'en')}). Ledger and proofs "
            "stay valid; it is tried again. Check the setting timestamp_url.",
        )


def request_token(url: str, content: bytes) -> bytes:
    """Ask the authority for a time stamp over ``content``; gives its checked response.

    Raises:
        AuthorityError: no answer, none that is a genuine time stamp over this content, or an address that is not
            asked.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # an office that names no authority loads neither

    from siegelpost.proof.token import TokenError, check_token

    query = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        token = _answer(url, query.as_bytes())
        if check_token(token, content).nonce != query.nonce:
            raise TokenError(reasons.OTHER_QUESTION)
    except DestinationRefusedError as error:
        raise AuthorityError(url, _NOT_ASKED) from error
    except (OSError, TokenError) as error:
        raise AuthorityError(url, str(error)) from error
    return token


def _answer(url: str, query: bytes) -> bytes:
    settings = load()
    to = outgoing.destination(url, TIME_STAMP, private=settings.private_networks)
    headers = {"Content-Type": "application/timestamp-query"}
    context = outgoing.client_context(tuple(settings.trust_roots))
    reply = outgoing.exchange(to, TIME_STAMP, method="POST", headers=headers, body=query, context=context)
    if reply.status != HTTPStatus.OK:
        raise OSError(f"HTTP {reply.status}")
    return reply.body


def stamp_newest(url: str) -> Timestamp | None:
    """Have the newest checkpoint time-stamped, unless it has a stamp already.

    Raises:
        AuthorityError: the authority gave none.
        RuntimeError: called inside a transaction, which must not wait for the network.
    """
    from siegelpost.proof.token import check_token

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
    from siegelpost.proof.token import TokenError, check_token

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
