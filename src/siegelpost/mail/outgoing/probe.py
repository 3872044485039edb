"""Trying the mail server out for the settings page, before a mail depends on it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from siegelpost.mail.causes import explain
from siegelpost.mail.models import Stage
from siegelpost.mail.outgoing.server_settings import Server
from siegelpost.mail.outgoing.smtp import Conversation, ConversationError, Patience
from siegelpost.mail.outgoing.transitions import Answer

# Somebody waits in front of the page.
_PATIENCE = Patience(connect=8, command=12)


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of trying; ``stage`` is the last step that was reached, ``answer`` the server's words."""

    ok: bool
    stage: Stage
    host: str
    tls: str = ""
    answer: Answer | None = None

    def text(self, language: str) -> str:
        """What was found, in ``de`` or ``en``."""
        with override(language):
            if self.ok:
                return _("Der Mailserver %(host)s ist bereit.") % {"host": self.host}
            known = explain(self.answer.cause or "" if self.answer else "").text
            return known or _("Der Mailserver hat abgelehnt (%(stage)s).") % {"stage": self.stage.label}

    def remedy(self, language: str) -> str:
        """What to do, in ``de`` or ``en``; empty when nothing needs to be done or nobody knows."""
        with override(language):
            return explain(self.answer.cause or "" if self.answer else "").remedy


def probe(server: Server) -> Probe:
    """Connect, protect the connection, sign in, and say goodbye; no mail is sent. Takes a minute at the most."""
    try:
        conversation = Conversation.open(server, _PATIENCE)
    except ConversationError as failure:
        return Probe(False, failure.stage, f"{server.host}:{server.port}", answer=failure.answer)
    found = Probe(True, conversation.stage, conversation.host, conversation.tls)
    conversation.close()
    return found
