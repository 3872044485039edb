"""Energy carriers, certificates and classes as people and programs write them; the values are ``estates.kinds``'s."""

from __future__ import annotations

import re
import unicodedata

_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NOT_LETTERS = re.compile(r"[^a-z0-9+]+")
_NEGATIONS = frozenset({"kein", "keine", "keinen", "ohne", "nicht", "no", "not"})

# (words or parts of words, what they mean, what is then only said of how that is made): "Fernwärme aus Gas".
_FUELS = frozenset({"gas", "oel", "kohle", "holz", "elektro", "block", "alternativ", "solar", "pellet"})
_CARRIERS: tuple[tuple[tuple[str, ...], str, frozenset[str]], ...] = (
    (("fernwaerme", "nahwaerme", "fernheiz", "nahheiz", "district"), "fern", _FUELS),
    (("blockheiz", "bhkw", "kwk", "kraftwaerme"), "block", frozenset({"gas", "oel"})),
    (("luftwaerme", "luftwp", "luftwasser", "luftluft", "airheat", "airsource"), "luftwp", frozenset({"elektro"})),
    (("erdwaerme", "geotherm", "solewasser", "erdsonde", "groundsource"), "erdwaerme", frozenset({"elektro"})),
    (("wasserelektro",), "wasser-elektro", frozenset({"elektro"})),
    (("waermepumpe", "heatpump"), "elektro", frozenset()),
    (("pellet",), "pellet", frozenset({"holz"})),
    (("fluessiggas", "fluessgas", "lpg", "propan"), "fluessiggas", frozenset({"gas"})),
    (("holz", "hackschnitzel", "wood"), "holz", frozenset()),
    (("kohle", "koks", "brikett", "coal"), "kohle", frozenset()),
    (("strom", "elektro", "elektri", "electri", "nachtspeicher"), "elektro", frozenset()),
    (("solar", "photovoltaik"), "solar", frozenset()),
    (("alternativ", "regenerativ", "erneuerbar", "umweltwaerme", "renewable"), "alternativ", frozenset()),
    (("oel", "heizoel", "oil"), "oel", frozenset()),
    (("gas", "erdgas"), "gas", frozenset()),
)
# OpenImmo's own words that are too short, or say something else, as parts of others.
_OWN = {"fern": "fern", "block": "block", "luftwp": "luftwp"}
_NO_CERTIFICATE = (
    (("nichtnoetig", "nichterforderlich", "nichtnotwendig", "keinepflicht", "denkmal", "entfaellt"), "not_required"),
    (("besichtigung",), "on_viewing"),
    (("ohne", "nochnicht", "liegtnichtvor", "inbearbeitung", "wirderstellt", "beantragt"), "not_yet"),
)
_KINDS = (("bedarf", "demand"), ("verbrauch", "consumption"))
_CLASS = re.compile(r"(?:[a-z]*klasse|class|effizienz)?([a-h]) ?(\+|plus)?", re.ASCII)


def folded(text: str) -> list[str]:
    """The words of a text in small letters without umlauts."""
    plain = unicodedata.normalize("NFC", text).lower().translate(_FOLDED)
    return [word for word in _NOT_LETTERS.split(plain) if word]


def carrier(text: str) -> str:
    """The one energy carrier that a text names.

    Raises:
        ValueError: it names none, or several, or says that one is not used.
    """
    words = folded(text)
    whole = "".join(words)
    if whole in _OWN:
        return _OWN[whole]
    found = {meant for parts, meant, _ in _CARRIERS if any(part in whole for part in parts)}
    for _, meant, made_of in _CARRIERS:
        if meant in found:
            found -= made_of
    if len(found) != 1 or _NEGATIONS & set(words):
        raise ValueError(text)
    return found.pop()


def certificate(text: str) -> str:
    """The kind of certificate, or why there is none.

    Raises:
        ValueError: neither, or both kinds.
    """
    whole = "".join(folded(text))
    if no := no_certificate(text):
        return no
    found = [meant for word, meant in _KINDS if word in whole]
    if len(found) != 1:
        raise ValueError(text)
    return found[0]


def no_certificate(text: str) -> str:
    """Why there is no certificate; "" where a text does not say."""
    whole = "".join(folded(text))
    return next((why for parts, why in _NO_CERTIFICATE if any(part in whole for part in parts)), "")


def efficiency_class(text: str) -> str:
    """A class from A+ to H.

    Raises:
        ValueError: it is none.
    """
    found = _CLASS.fullmatch(" ".join(folded(text)).replace("klasse ", "klasse").replace("class ", "class"))
    if not found or (found[2] and found[1] != "a"):
        raise ValueError(text)
    return found[1].upper() + ("+" if found[2] else "")


def building_use(text: str) -> str:
    """Dwelling or not.

    Raises:
        ValueError: neither is said.
    """
    whole = "".join(folded(text))
    if whole.startswith(("nichtwohn", "nwg", "gewerbe")):
        return "other"
    if whole.startswith(("wohn", "wg")) and "nicht" not in whole:
        return "dwelling"
    raise ValueError(text)
