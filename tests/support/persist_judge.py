"""dns-persist-01 as an authority looks at it, written from the draft (§ 4 to 6) and from nothing of the product."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

_RECORD = re.compile(r"[ \t]*([A-Za-z0-9.-]+)[ \t]*((?:;[ \t]*[A-Za-z0-9-]+[ \t]*=[ \t]*[!-:<-~]*[ \t]*)*)")


def authority(
    texts: Callable[[str], Iterable[str]], now: Callable[[], datetime], issuers: Iterable[str] = ("fake.test",)
) -> Callable[[str, str], str]:
    """What an authority says of a name that an account asks for; nothing where it is proved.

    Args:
        texts: the TXT records at a name.
    """

    def look(name: str, account: str) -> str:
        said = [_wrong(text, name, account, now(), tuple(issuers)) for text in texts(_place(name))]
        return "" if "" in said else "; ".join(said) or "No TXT record found"

    return look


def _place(name: str) -> str:
    return "_validation-persist." + name.removeprefix("*.")


def _wrong(text: str, name: str, account: str, now: datetime, issuers: tuple[str, ...]) -> str:
    read = _RECORD.fullmatch(text)
    if read is None:
        return f"malformed: {text}"
    if read[1].lower() not in issuers:
        return "another issuer"
    parted = (part.partition("=") for part in read[2].split(";")[1:])
    pairs = [(tag.strip().lower(), value.strip()) for tag, _, value in parted]
    given = dict(pairs)
    if len(given) < len(pairs):
        return "a tag twice"
    if given.get("accounturi") != account:
        return f"accounturi mismatch: expected {account}"
    if name.startswith("*.") and given.get("policy", "").lower() != "wildcard":
        return "policy mismatch"
    until = given.get("persistuntil")
    if until is not None and not until.isdigit():
        return "malformed persistUntil"
    return "after persistUntil" if until and now > datetime.fromtimestamp(int(until), UTC) else ""
