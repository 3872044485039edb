"""``siegelpost doctor data``: of what day the doctor's knowledge is, and newer knowledge from a file or an address."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from siegelpost.doctor.judgement_words import knowledge_json
from siegelpost.doctor.policy import knowledge
from siegelpost.doctor.policy.knowledge import KnowledgeError
from siegelpost.doctor.texts import knowledge as texts
from siegelpost.settings import Settings
from siegelpost.toolbox.outgoing import KNOWLEDGE, DestinationRefusedError, client_context, destination, exchange

FINE, OLD, FAILED = 0, 1, 2


def run(update: str | None, settings: Settings, language: str, *, as_json: bool) -> int:
    """Take newer knowledge over where some is named, then say of what day it is. The exit status."""
    knowledge.use(settings.data / "doctor")
    if update is not None:
        try:
            knowledge.take_over(_content(update, settings), settings.data / "doctor")
        except KnowledgeError as error:
            click.echo(error.text(language), err=True)
            return FAILED
        if not as_json:
            click.echo(texts.TAKEN_OVER[language])
    now = datetime.now(UTC)
    if as_json:
        click.echo(json.dumps(knowledge_json(now, language), ensure_ascii=False, indent=2))
    else:
        known = knowledge.current()
        click.echo(texts.age(known, now, language))
        click.echo((texts.SHIPPED if known.shipped else texts.FETCHED)[language])
    return OLD if knowledge.current().is_old(now) else FINE


def _content(place: str, settings: Settings) -> bytes:
    try:
        if not place.lower().startswith(("http://", "https://")):
            with Path(place).open("rb") as file:
                return file.read(knowledge.LARGEST + 1)
        to = destination(place, KNOWLEDGE, private=settings.private_networks)
        reply = exchange(to, KNOWLEDGE, context=client_context(tuple(settings.trust_roots)))
    except (OSError, DestinationRefusedError) as error:
        raise KnowledgeError(
            f"{place} war nicht zu bekommen ({error}). Es bleibt alles, wie es war.",
            f"{place} could not be had ({error}). Everything stays as it was.",
        ) from error
    if reply.status != 200:
        raise KnowledgeError(
            f"{place} antwortet mit Status {reply.status}. Es bleibt alles, wie es war.",
            f"{place} answers with status {reply.status}. Everything stays as it was.",
        )
    return reply.body
