"""What both doors ask of whoever comes."""

import structlog
from django.db import DatabaseError, connection

from siegelpost.estates.intake import accounts
from siegelpost.estates.intake_models import IntakeAccount, Way
from siegelpost.ledger import halt
from siegelpost.toolbox.crowd import Crowd
from siegelpost.toolbox.limits import INTAKE, INTAKE_CONNECTION
from siegelpost.web import throttle

log = structlog.get_logger(__name__)

# Connections in all; each may hold a file open.
TOGETHER = 64
# Seconds without a word: programs think long between two files.
PATIENCE = 300


def crowd() -> Crowd:
    """Who is here at this door, by where they come from."""
    return Crowd(INTAKE_CONNECTION.most, TOGETHER)


def let_in(login: str, password: str, address: str, way: Way) -> IntakeAccount | None:
    """The account, if this is its password, and there have not been too many wrong ones from there."""
    try:
        throttle.spend(INTAKE, address)
        found = accounts.let_in(login, password)
        if found:
            throttle.give_back(INTAKE, address)
            if not halt.reason():
                accounts.note_use(found, way, address)
    except (throttle.TooOftenError, DatabaseError) as error:
        log.warning("intake_not_let_in", way=way.value, reason=type(error).__name__)
        return None
    finally:
        connection.close()  # nobody else would, and the next one may be long in coming
    return found


def named(login: str) -> IntakeAccount | None:
    """The account of this name, before its password is known."""
    try:
        return accounts.named(login)
    except DatabaseError as error:
        log.warning("intake_not_let_in", reason=type(error).__name__)
        return None
    finally:
        connection.close()


def was_used(way: Way) -> bool:
    """Whether a program that may still come has come this way before."""
    try:
        return accounts.came_by(way)
    finally:
        connection.close()
