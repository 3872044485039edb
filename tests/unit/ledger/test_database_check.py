"""A database that is damaged below its rows is told by the whole check; the rows that are left may all be right."""

import os
import random
import sqlite3

import pytest
from django.db import Error, connection, transaction
from tests.support.environment import DATABASE_URL
from tests.support.installations import DATABASE_FILE, Installation
from tests.support.parts import missing

from siegelpost.ledger import fsck

PAGES = ("ledger_event", "dispatch_dispatch", "mail_outgoingmail")


@pytest.mark.skipif(DATABASE_URL in os.environ, reason="SQLite's file")
@pytest.mark.parametrize("table", PAGES)
def test_an_overwritten_page_is_found(table: str, installation: Installation) -> None:
    """Four kilobytes of random bytes in an index: the check said that all was well."""
    file = installation.data / DATABASE_FILE
    with sqlite3.connect(file) as database:
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = ? ORDER BY name", [table]
        ).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    database.close()
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(random.Random(1).randbytes(size))
    ended = installation.run("fsck", "--lang", "en")
    assert ended.returncode == 1, ended.stdout
    assert DATABASE_FILE in ended.stdout
    assert "The file is damaged" in ended.stdout


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="amcheck is PostgreSQL's")
def test_an_index_that_does_not_fit_its_table_is_found() -> None:
    """By amcheck: here the function that the index is made of has become another one."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
    except Error:
        missing("PostgreSQL's extension amcheck")
    made = (
        "CREATE OR REPLACE FUNCTION turned(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql "
        "AS 'BEGIN RETURN {}$1; END'"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(made.format("-"))
            cursor.execute("CREATE TABLE leaning AS SELECT generate_series(1, 9) AS number")
            cursor.execute("CREATE INDEX leaning_turned ON leaning (turned(number))")
        check = next(each for each in fsck.OWN if each.name == "database")
        assert not list(fsck.run(check, lambda done, total: None))
        with connection.cursor() as cursor:
            cursor.execute(made.format("+"))
        assert [each.where for each in fsck.run(check, lambda done, total: None)] == ["leaning_turned"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS leaning")
            cursor.execute("DROP FUNCTION IF EXISTS turned(integer)")
            cursor.execute("DROP EXTENSION IF EXISTS amcheck")
