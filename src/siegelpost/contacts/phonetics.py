"""How a German name sounds, so that Meier, Mayer and Maier meet: the *Kölner Phonetik* (Postel, 1969)."""

from siegelpost.toolbox.folding import fold

_SIMPLE = {**dict.fromkeys("aeijouy", "0"), "b": "1", **dict.fromkeys("fvw", "3"), **dict.fromkeys("gkq", "4")}
_SIMPLE |= {"l": "5", **dict.fromkeys("mn", "6"), "r": "7", **dict.fromkeys("sz", "8")}


def sound(name: str) -> str:
    """The code of a name, its first word's letters and all that follow; empty where there are no letters."""
    letters = "".join(c for c in fold(name) if c.isascii() and c.isalpha())
    code = ""
    for at, letter in enumerate(letters):
        before = letters[at - 1] if at else ""
        after = letters[at + 1] if at + 1 < len(letters) else ""
        digit = _digit(before, letter, after)
        # Neighbours that sound alike count once.
        code += "" if digit and code.endswith(digit[-1]) and len(digit) == 1 else digit
    return code[:1] + code[1:].replace("0", "")


def _digit(before: str, letter: str, after: str) -> str:
    if letter in _SIMPLE:
        return _SIMPLE[letter]
    if letter == "p":
        return "3" if after == "h" else "1"
    if letter in "dt":
        return "8" if after and after in "csz" else "2"
    if letter == "x":
        return "8" if before and before in "ckq" else "48"
    if letter == "c":
        hard = "ahkloqrux" if not before else "ahkoqux"
        return "4" if after and after in hard and before not in ("s", "z") else "8"
    return ""  # h is silent
