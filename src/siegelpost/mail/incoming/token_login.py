"""Signing in to a mailbox with a token (RFC 7628, SASL-IR of RFC 4959)."""

import base64
from imaplib import IMAP4

from imapclient import IMAPClient

from siegelpost.mail.sign_in import bearer, tokens


class NoTokenWayError(IMAP4.error):
    """The server takes no tokens; its message is what it offers, and it was shown none."""


class TokenRefusedError(IMAP4.error):
    """The server does not take the token; its explanation is behind its words."""


class _WithResponse(str):
    """A mechanism's name with the first response behind it; imaplib writes names in capitals, base64 must stay."""

    __slots__ = ()

    def upper(self) -> str:
        return self


def token_login(connection: IMAPClient, user: str, host: str, port: int) -> None:
    """Show the server a token.

    Raises:
        siegelpost.mail.sign_in.troubles.SignInError: there is none.
        NoTokenWayError, TokenRefusedError: the server does not take it.
        imaplib.IMAP4.abort: the line broke.
    """
    offered = [str(each, "ascii", "replace") for each in connection.capabilities()]
    name = bearer.chosen(each.removeprefix("AUTH=") for each in offered if each.startswith("AUTH="))
    if name is None:
        raise NoTokenWayError(" ".join(offered))
    mechanism = bearer.MECHANISMS[name]
    response = mechanism.says(bearer.Account(user, host, port, tokens.access_token()))
    at_once = "SASL-IR" in offered
    left, why = ([] if at_once else [response]), ""

    def answer(challenge: bytes) -> bytes:
        nonlocal why
        if left:
            return left.pop()
        why = bearer.explanation(base64.b64encode(challenge))
        return mechanism.after_refusal

    said = _WithResponse(f"{name} {base64.b64encode(response).decode()}") if at_once else name
    try:
        connection.sasl_login(said, answer)
    except IMAP4.abort:
        raise
    except IMAP4.error as error:
        raise TokenRefusedError(f"{error} {why}".strip()) from error
