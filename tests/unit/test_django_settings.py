"""What is acknowledged is on the disk: the connection by which declarations are written waits for it."""

import pytest
from django.db import connection

from siegelpost import django_settings
from siegelpost.settings import Settings


@pytest.mark.django_db
def test_a_declaration_is_durable_whatever_the_database_server_does_by_default() -> None:
    """The tests' PostgreSQL has synchronous_commit off, as a hurried server may have."""
    question, answer = {"sqlite": ("PRAGMA synchronous", 2), "postgresql": ("SHOW synchronous_commit", "on")}[
        connection.vendor
    ]
    with connection.cursor() as cursor:
        cursor.execute(question)
        assert cursor.fetchone() == (answer,)


def test_a_password_costs_whoever_guesses_it() -> None:
    """The tests themselves take a quick way."""
    assert django_settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.ScryptPasswordHasher"]


def test_options_of_the_database_address_are_kept_and_cannot_take_the_durability_away() -> None:
    url = "postgresql://office@db.test/office?options=-c%20lock_timeout%3D5s%20-c%20synchronous_commit%3Doff"
    words = django_settings.database(Settings(database_url=url))["OPTIONS"]["options"]
    assert words == "-c lock_timeout=5s -c synchronous_commit=off -c synchronous_commit=on"


@pytest.mark.django_db
def test_a_connection_keeps_little_in_memory() -> None:
    """A worker holds one for each of its threads; the system keeps what is read often."""
    if connection.vendor != "sqlite":
        pytest.skip("of SQLite alone")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        assert cursor.fetchone() == (-1000,)
