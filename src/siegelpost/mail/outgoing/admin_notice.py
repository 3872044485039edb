"""Letters to the administrators of what only they can mend: one to each of them, in the language of each."""

from collections.abc import Callable

from siegelpost.mail.models import Purpose
from siegelpost.mail.outgoing import outbox
from siegelpost.mail.outgoing.compose import MailWords, compose
from siegelpost.mail.outgoing.server_settings import NotConfiguredError, current
from siegelpost.office.agents import administrators
from siegelpost.office.models import Agent
from siegelpost.toolbox.sealing import UnsealableError


def possible() -> bool:
    """Whether there is a mail server; as long as there is none, the pages say what is wrong, and nothing else can."""
    try:
        current()
    except NotConfiguredError:
        return False
    except UnsealableError:
        return True  # it leaves once the password is entered anew
    return True


def tell(words: Callable[[str], MailWords]) -> list[Agent]:
    """Queue the letters, in the caller's transaction, which notes that it was told; gives whom it goes to.

    Args:
        words: the letter in a language.
    """
    told = [each for each in administrators() if not each.email.endswith("@localhost")]
    for each in told:
        message = compose(to=each.email, to_name=each.name, **words(each.language)._asdict())
        outbox.enqueue(message, dispatch_id=None, purpose=Purpose.ADMIN_NOTICE)
    return told


def tell_address(address: str, words: MailWords) -> None:
    """Queue a letter to an address that the administrators have named for such, in the caller's transaction."""
    message = compose(to=address, **words._asdict())
    outbox.enqueue(message, dispatch_id=None, purpose=Purpose.ADMIN_NOTICE)
