"""Whose turn it is when an order has come to nothing, in German and English."""

from enum import StrEnum

from siegelpost.toolbox.words import Words


class Actor(StrEnum):
    """Whose turn it is."""

    NOBODY = "nobody"
    OFFICE = "office"
    SERVER = "server"
    NETWORK = "network"
    DOMAIN = "domain"
    AUTHORITY = "authority"


ACTORS: dict[Actor, Words] = {
    Actor.NOBODY: Words(
        "Niemand muss etwas tun: Es geht von selbst weiter.", "Nobody has to do anything: it goes on by itself."
    ),
    Actor.OFFICE: Words(
        "Am Zug ist, wer Siegelpost verwaltet: Von selbst ändert sich daran nichts.",
        "It is the turn of whoever administers Siegelpost: nothing about this changes by itself.",
    ),
    Actor.SERVER: Words(
        "Am Zug ist, wer diesen Server betreut: Von selbst ändert sich daran nichts.",
        "It is the turn of whoever looks after this server: nothing about this changes by itself.",
    ),
    Actor.NETWORK: Words(
        "Am Zug ist, wer Router und Netz betreut: Von selbst ändert sich daran nichts.",
        "It is the turn of whoever looks after router and network: nothing about this changes by itself.",
    ),
    Actor.DOMAIN: Words(
        "Am Zug ist, wer die Domain verwaltet: Von selbst ändert sich daran nichts.",
        "It is the turn of whoever administers the domain: nothing about this changes by itself.",
    ),
    Actor.AUTHORITY: Words(
        "Am Zug ist die Zertifizierungsstelle; eine zweite macht von ihr unabhängig.",
        "It is the authority's turn; a second one makes you independent of it.",
    ),
}
