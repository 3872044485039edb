"""Below which names anybody may register one: the public suffix list, built once for each way of reading it."""

from functools import cache

from publicsuffixlist import PublicSuffixList


@cache
def suffixes(*, accept_unknown: bool = True, only_icann: bool = False) -> PublicSuffixList:
    """The list; to build it costs some hundredths of a second.

    Args:
        accept_unknown: a last label that is not on it counts as a suffix.
        only_icann: without what private owners lend (``myfritz.net``).
    """
    return PublicSuffixList(accept_unknown=accept_unknown, only_icann=only_icann)
