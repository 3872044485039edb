"""Keeping the sign-in alive: used every day, its certificate followed in time, and the administrators told."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import translation

from siegelpost.mail.accounts.warnings import DAYS_BEFORE, AccountAlarm, alarms
from siegelpost.mail.models import AccountWarning, MailSignIn, SignInKey
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords, mail_words
from siegelpost.mail.outgoing.server_settings import NotConfiguredError, current
from siegelpost.mail.push import outbox as push
from siegelpost.mail.push.models import PushKind
from siegelpost.mail.sign_in import certificates, tokens
from siegelpost.mail.sign_in.models import Credential
from siegelpost.mail.sign_in.troubles import SignInError
from siegelpost.office.agents import administrators
from siegelpost.office.current import the_office
from siegelpost.settings import load
from siegelpost.toolbox.sealing import UnsealableError

PAGE = "/settings/mail/sign-in/"
# A refresh token lives on by being used, and what is wrong shows only then.
USED_EVERY = timedelta(hours=12)


def keep() -> None:
    """Renew the sign-in to the mail account when it is due, and tell the administrators what only they can mend."""
    now = datetime.now(UTC)
    sign_in = MailSignIn.current()
    if sign_in is not None:
        _follow_certificate(sign_in, now)
        _use(sign_in, now)
    for each in alarms(now):
        tell(each)


def _follow_certificate(sign_in: MailSignIn, now: datetime) -> None:
    """Make the next key, so that its certificate can be uploaded while the old one still holds."""
    if sign_in.credential != Credential.CERTIFICATE or SignInKey.objects.filter(active=False).exists():
        return
    near = now + timedelta(days=DAYS_BEFORE[0])
    if SignInKey.objects.filter(active=True, ends_at__lt=near).exists():
        certificates.make_key(now, active=False)


def _use(sign_in: MailSignIn, now: datetime) -> None:
    if not sign_in.connected or (sign_in.renewed_at and now - sign_in.renewed_at < USED_EVERY):
        return
    if tokens.known_trouble(sign_in, now):
        return
    try:
        tokens.renew(at_once=True)
    except SignInError:
        return  # noted there


@transaction.atomic
def tell(alarm: AccountAlarm) -> bool:
    """Tell every administrator, unless they were told; whether they were now.

    By mail, too, unless it could not leave: the mail server may be the very one that does not let us in.
    """
    if AccountWarning.objects.filter(key=alarm.key).exists():
        return False
    AccountWarning.objects.create(key=alarm.key)
    if admin_notice.possible() and not (alarm.stops and _sends_by_token()):
        admin_notice.tell(lambda language: words(alarm, language))
    for agent in administrators():
        with translation.override(agent.language):
            title, body = translation.gettext("Das Mailkonto braucht Aufmerksamkeit"), str(alarm.text)
        push.tell(agent, PushKind.MAIL_ACCOUNT, title=title, body=body, url=PAGE, tag="mail-account")
    return True


def _sends_by_token() -> bool:
    try:
        return current().by_token
    except (NotConfiguredError, UnsealableError):
        return False


def words(alarm: AccountAlarm, language: str) -> MailWords:
    """The letter about it, in a language."""
    with translation.override(language):
        text, remedy = str(alarm.text), str(alarm.remedy)
    return mail_words(
        "mail/account",
        language,
        text=text,
        remedy=remedy,
        said=alarm.words,
        url=load().public_address + PAGE,
        office=the_office(),
    )
