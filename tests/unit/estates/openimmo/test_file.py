"""What is read of a file lies packed until it is its turn."""

import gc
import random
import tracemalloc
from collections.abc import Callable
from decimal import Decimal

from siegelpost.estates.openimmo.file import Shelf
from siegelpost.estates.openimmo.values import Action, Attachment, Prices, Property, Texts

SAID = (
    "ruhig gelegen hell und großzügig geschnitten mit Balkon nach Süden Einbauküche Parkett Fußbodenheizung Aufzug "
    "Keller Stellplatz in der Tiefgarage Bad mit Fenster Garten zur gemeinsamen Nutzung wenige Minuten zum Bahnhof "
    "Schule Kindergarten und Geschäfte gleich um die Ecke frei ab sofort nach Absprache saniert gepflegt Altbau Stuck"
)


def one(number: int) -> Property:
    """With a text of usual length, of words as they come."""
    text = " ".join(random.Random(number).choices(SAID.split(), k=200))
    return Property(
        openimmo_obid="",
        external_no=f"G-{number}",
        action=Action.UPSERT,
        title=f"Haus {number}",
        prices=Prices(price=Decimal(number)),
        texts=Texts(description=text),
        attachments=(Attachment("BILD", "", f"{number}.jpg"),),
    )


def test_what_comes_off_the_shelf_is_what_was_laid_there() -> None:
    shelf = Shelf()
    for number in range(5):
        shelf.append(one(number))
    assert list(shelf) == [one(number) for number in range(5)]
    assert (len(shelf), shelf[-1], shelf[1:3]) == (5, one(4), [one(1), one(2)])
    assert not Shelf()


def test_a_shelf_takes_less_than_half_the_room() -> None:
    """An import of five thousand properties took more memory than a small server has to spare."""
    shelf = Shelf()
    whole: list[Property] = []

    def fill_shelf() -> None:
        for number in range(300):
            shelf.append(one(number))

    def fill_list() -> None:
        whole.extend(one(number) for number in range(300))

    assert taken_by(fill_shelf) * 2 < taken_by(fill_list)


def taken_by(act: Callable[[], None]) -> int:
    """Bytes that are held after it and were not before."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        act()
        gc.collect()  # what the interpreter keeps for next time, too
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
