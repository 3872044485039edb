"""Searching by the beginnings of words, with an index, on SQLite (FTS5) and PostgreSQL (GIN) alike.

A model has a :class:`WordsField` of folded words (see :mod:`siegelpost.toolbox.folding`), and its app's ``ready`` calls
:func:`keep_indexes`; then ``filter(field__has_words=Words(["mul", "jor"]))`` finds the rows in which every one of
these begins a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup
from django.db.models.signals import post_migrate
from django.db.models.sql.compiler import SQLCompiler

# Held by triggers, so that the index follows every way of writing a row.
_SQLITE = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING fts5({column}, content='{table}', content_rowid='id',
       prefix='1 2 3', tokenize="unicode61 remove_diacritics 0")""",
    """CREATE TRIGGER IF NOT EXISTS {index}_added AFTER INSERT ON {table} BEGIN
       INSERT INTO {index}(rowid, {column}) VALUES (new.id, new.{column}); END""",
    """CREATE TRIGGER IF NOT EXISTS {index}_gone AFTER DELETE ON {table} BEGIN
       INSERT INTO {index}({index}, rowid, {column}) VALUES ('delete', old.id, old.{column}); END""",
    """CREATE TRIGGER IF NOT EXISTS {index}_changed AFTER UPDATE OF {column} ON {table}
       WHEN old.{column} IS NOT new.{column} BEGIN
       INSERT INTO {index}({index}, rowid, {column}) VALUES ('delete', old.id, old.{column});
       INSERT INTO {index}(rowid, {column}) VALUES (new.id, new.{column}); END""",
    "INSERT INTO {index}({index}) VALUES ('rebuild')",
)
_OPTIMIZE = "INSERT INTO {index}({index}) VALUES ('optimize')"
_WORDS = "siegelpost_words({column})"
# A function for what it is said to cost (in cpu_operator_cost), which is what was measured: PostgreSQL takes the same
# expression for free, and would rather work it out for half of the table than ask the index.
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION siegelpost_words(text) RETURNS tsvector LANGUAGE plpgsql
       IMMUTABLE STRICT PARALLEL SAFE COST 400 AS
       $$ BEGIN RETURN array_to_tsvector(string_to_array($1, ' ')); END $$""",
    "CREATE INDEX IF NOT EXISTS {index} ON {table} USING gin (" + _WORDS + ")",
)

_HITS = {
    "sqlite": "SELECT rowid FROM {index} WHERE {column} MATCH %s {at_most}",
    "postgresql": f"WITH hits AS MATERIALIZED (SELECT id FROM {{table}} WHERE {_WORDS} @@ %s::tsquery {{at_most}}) "  # noqa: S608 - the names are our own
    "SELECT id FROM hits",
}
_ROW = {"sqlite": "rowid", "postgresql": "id"}


class WordsField(models.TextField[str, str]):
    """Folded words, one space between them."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is asked for: each of ``beginnings``, folded, begins a word; ``newest`` looks at so many hits at most.

    The limit keeps a search by one letter as quick as any other.
    """

    beginnings: Sequence[str]
    newest: int | None = None


@WordsField.register_lookup
class HasWords(Lookup[Words]):
    """Whether each of the given words begins a word of the field; none given is always true."""

    lookup_name = "has_words"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str, ...]]:
        """The condition, as a set of rows found through the index first: a plan cannot walk all rows instead."""
        asked: Words = self.rhs
        if not asked.beginnings:
            return "1 = 1", ()
        at_most = f"ORDER BY {_ROW[connection.vendor]} DESC LIMIT {asked.newest:d}" if asked.newest else ""
        hits = _HITS[connection.vendor].format(**_names(self.lhs.target), at_most=at_most)
        if connection.vendor == "sqlite":
            query = " ".join(f'"{word}"*' for word in asked.beginnings)
        else:
            query = " & ".join(f"'{word}':*" for word in asked.beginnings)
        return f'"{self.lhs.alias}"."id" IN ({hits})', (query,)


def _names(field: models.Field[Any, Any]) -> dict[str, str]:
    table, column = field.model._meta.db_table, str(field.column)
    return {"table": table, "column": column, "index": f"{table}_{column}_words"}


def keep_indexes(app: AppConfig) -> None:
    """See after every migration that the app's fields have their index.

    Not by a migration: where Django makes a table anew to change it in SQLite, its triggers are lost.
    """
    post_migrate.connect(_ensure, sender=app)


def forget_erased(model: type[models.Model]) -> None:
    """Take the words of deleted rows out of the index's own pages, and out of the write-ahead log, on SQLite.

    FTS5 marks a deleted word and keeps it until segments happen to be merged. Call it outside a transaction; readers
    that are at work leave some of the log for the next call. PostgreSQL clears its pages by its own vacuum.
    """
    connection = connections["default"]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        for field in model._meta.local_fields:
            if isinstance(field, WordsField):
                cursor.execute(_OPTIMIZE.format(**_names(field)))
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _ensure(*, app_config: AppConfig, using: str, **_kwargs: object) -> None:
    connection = connections[using]
    fields = [f for model in app_config.get_models() for f in model._meta.local_fields if isinstance(f, WordsField)]
    # Where only some apps were migrated, the table may not be there yet.
    tables = connection.introspection.table_names() if fields else []
    for field in fields:
        names = _names(field)
        if names["table"] not in tables:
            continue
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite" and _has_triggers(cursor, names["index"]):
                continue
            for statement in _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL:
                cursor.execute(statement.format(**names))


def _has_triggers(cursor: Any, index: str) -> bool:
    names = [f"{index}_added", f"{index}_gone", f"{index}_changed"]
    cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name IN (%s, %s, %s)", names)
    return bool(cursor.fetchone()[0] == len(names))
