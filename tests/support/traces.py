"""Looking for what is left of somebody: in every row of every table, in the database's own bytes, and in every file."""

import os
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from django.apps import apps
from django.db import connection, models
from django.db.models import F

from siegelpost.settings import load


def in_tables(signs: Iterable[str]) -> list[str]:
    """Every row of every model's table that still says one of these, as ``table: sign: row``."""
    found = []
    wanted = [sign.casefold() for sign in signs]
    for model in apps.get_models():
        for row in model._base_manager.values():
            text = " ".join(_text(value) for value in row.values()).casefold()
            found += [f"{model._meta.label}: {sign}: {row}" for sign in wanted if sign in text]
    return found


def in_database_file(signs: Iterable[str]) -> list[str]:
    """What the database's own bytes (SQLite) still hold of these, freed pages and gaps included."""
    if connection.vendor != "sqlite":
        return []
    pages = connection.connection.serialize()
    return [f"database file: {sign}" for sign in signs if sign.encode() in pages]


def in_files(signs: Iterable[str], root: Path | None = None) -> list[str]:
    """Every stored file whose bytes still say one of these."""
    found = []
    for file in (root or Path(load().data) / "files").rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            found += [f"{file.name}: {sign}" for sign in signs if sign.encode() in content]
    return found


def age(step: timedelta) -> None:
    """Let ``step`` go by: every moment and every day in every table but the ledger's lies that much further back."""
    for model in (one for one in apps.get_models() if one._meta.app_label != "ledger"):
        moments = [f.name for f in model._meta.local_fields if type(f) is models.DateTimeField]
        days = [f.name for f in model._meta.local_fields if type(f) is models.DateField]
        if moments:
            model._base_manager.update(**{name: F(name) - step for name in moments})
        for name in days:
            for pk, day in model._base_manager.exclude(**{name: None}).values_list("pk", name):
                model._base_manager.filter(pk=pk).update(**{name: day - step})


def age_files() -> None:
    """As if nobody had stored anything for a day."""
    for file in (Path(load().data) / "files").rglob("*"):
        if file.is_file():
            os.utime(file, (time.time() - 86400,) * 2)


def _text(value: object) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
