"""Whether the database itself is sound: what its own tools say of files, indexes and references."""

import sqlite3
from collections.abc import Iterator

from django.db import Error, connection

# So many lines say what is to be said; a file that was overwritten has thousands.
_MOST = 20
_INDEXES = """SELECT c.oid, c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
              JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE a.amname = 'btree' AND n.nspname = current_schema() AND i.indisvalid AND i.indisready
              AND c.relpersistence = 'p' ORDER BY c.relname"""


def damage_in(database: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with a file of SQLite: damaged pages and indexes, rows that refer to nothing."""
    try:
        for (line,) in database.execute(f"PRAGMA integrity_check({_MOST})"):
            if line != "ok":
                yield line
        for table, row, parent, _ in database.execute("PRAGMA foreign_key_check").fetchmany(_MOST):
            yield f"{table} {row} → {parent}"
    except sqlite3.DatabaseError as error:  # so damaged that SQLite cannot even say where
        yield str(error)


def damaged_indexes() -> Iterator[tuple[str, str]]:
    """Indexes of PostgreSQL that do not fit their tables, each with what amcheck says of it."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES)
        for oid, name in cursor.fetchall():
            try:
                cursor.execute("SELECT bt_index_check(%s::oid::regclass, true)", [oid])
            except Error as error:
                yield name, str(error).partition("\n")[0]


def can_check_indexes() -> bool:
    """Whether the server has the extension amcheck, and this user may use it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(has_function_privilege(oid, 'execute')) FROM pg_proc WHERE proname = 'bt_index_check'"
        )
        return bool(cursor.fetchone()[0])
