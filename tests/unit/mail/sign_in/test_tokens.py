"""Tokens: gotten, renewed ahead of time by one at a time, kept before they are used, and never asked for in vain."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from tests.support.sign_in_service import SignInService
from tests.support.signed_in import register, sign_in, stored

from siegelpost.mail.accounts import registration
from siegelpost.mail.models import MailSignIn, SignInKey
from siegelpost.mail.sign_in import certificates, tokens
from siegelpost.mail.sign_in.troubles import SignInError, Trouble
from siegelpost.settings import FIELDS

pytestmark = pytest.mark.django_db


def trouble_of(service: SignInService) -> Trouble:
    """What stands in the way of a token just now."""
    with pytest.raises(SignInError) as caught:
        tokens.access_token()
    return caught.value.trouble


@pytest.mark.parametrize("secret", ["", "geheim"])
def test_a_person_signs_in_and_tokens_are_kept_sealed(service: SignInService, secret: str) -> None:
    """There was no way to sign in to a mail account but by a password, which Microsoft and Google no longer take."""
    leaving = registration.leave(register(service, secret=secret))
    assert f"client_id={stored().client_id}" in leaving.url
    service.codes["code"] = leaving.url.partition("code_challenge=")[2].partition("&")[0]
    assert registration.come_back({"code": "code", "state": leaving.state}, leaving)
    token = tokens.access_token()
    assert service.tokens == {token: service.user}
    assert len(service.asked) == 1  # the one that was gotten at sign-in holds
    kept = stored()
    assert token not in str(vars(kept))
    assert FIELDS.unseal_text(kept.access_sealed) == token
    assert service.refreshes == {FIELDS.unseal_text(kept.refresh_sealed)}


def test_nobody_is_signed_in_with_somebody_elses_answer(service: SignInService) -> None:
    leaving = registration.leave(register(service))
    for state in ("", "another"):
        with pytest.raises(SignInError) as caught:
            registration.come_back({"code": "code", "state": state}, leaving)
        assert caught.value.trouble is Trouble.CODE_GONE
    with pytest.raises(SignInError):
        registration.come_back({"code": "code", "state": ""}, None)
    assert not service.asked
    assert not stored().connected


def test_each_renewal_keeps_the_new_refresh_token(service: SignInService) -> None:
    sign_in(service)
    first = tokens.access_token()
    MailSignIn.objects.update(access_ends_at=datetime.now(UTC) + timedelta(minutes=4))
    second = tokens.access_token()
    assert first != second
    assert len(service.asked) == 2
    assert service.refreshes == {FIELDS.unseal_text(stored().refresh_sealed)}


def test_what_came_survives_a_database_that_is_away(service: SignInService, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service has taken the old refresh token back: lost in this moment, somebody would have to sign in anew."""
    sign_in(service)

    def away() -> None:
        raise OSError("the database is away")

    adopt = tokens._adopt
    calls = iter((adopt, away, adopt))
    monkeypatch.setattr(tokens, "_adopt", lambda: next(calls, adopt)())
    with pytest.raises(OSError, match="away"):
        tokens.access_token()
    token = tokens.access_token()
    assert len(service.asked) == 1
    assert service.tokens == {token: service.user}
    assert service.refreshes == {FIELDS.unseal_text(stored().refresh_sealed)}


@pytest.mark.django_db(transaction=True)
def test_many_ask_at_once_and_the_service_is_asked_once(service: SignInService) -> None:
    sign_in(service)

    def ask(_number: int) -> str:
        try:
            return tokens.access_token()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(ask, range(6)))
    assert len(found) == 1
    assert len(service.asked) == 1


@pytest.mark.parametrize("number", [50173, 700082, 65001, 700016])
def test_what_only_a_person_mends_is_not_asked_again(service: SignInService, number: int) -> None:
    sign_in(service)
    service.fault = number
    first = trouble_of(service)
    assert trouble_of(service) is first
    assert len(service.asked) == 1
    assert stored().trouble == first
    assert f"AADSTS{number}" in stored().trouble_words
    assert "Trace ID" not in stored().trouble_words
    service.fault = None
    tokens.renew(at_once=True)
    assert stored().trouble == ""


def test_consent_taken_away(service: SignInService) -> None:
    sign_in(service)
    tokens.access_token()
    service.revoke()
    assert tokens.access_token()  # what is at hand still holds
    MailSignIn.objects.update(access_ends_at=datetime.now(UTC))
    assert trouble_of(service) is Trouble.REVOKED


def test_what_mends_itself_is_asked_again_after_a_pause(service: SignInService) -> None:
    sign_in(service)
    service.fault = 90033
    assert trouble_of(service) is Trouble.UNAVAILABLE
    service.fault = None
    assert trouble_of(service) is Trouble.UNAVAILABLE
    assert len(service.asked) == 1
    MailSignIn.objects.update(next_try_at=datetime.now(UTC))
    assert tokens.access_token()


@pytest.mark.parametrize("off", [timedelta(hours=1), -timedelta(hours=1)])
def test_a_clock_that_is_wrong_is_named_with_by_how_much(service: SignInService, off: timedelta) -> None:
    sign_in(service)
    service.clock = off
    assert trouble_of(service) is Trouble.CLOCK
    assert f"({-off.total_seconds() / 60:+.0f} min)" in stored().trouble_words


def test_a_clock_that_is_a_minute_fast_does_not_matter(service: SignInService) -> None:
    sign_in(service)
    service.clock = -timedelta(seconds=90)
    assert tokens.access_token()


def test_the_next_certificate_is_used_once_the_service_knows_it(service: SignInService) -> None:
    sign_in(service)
    following = certificates.make_key(datetime.now(UTC), active=False)
    tokens.renew(at_once=True)
    assert SignInKey.objects.filter(active=False).count() == 1
    service.certificates = [following.certificate]
    tokens.renew(at_once=True)
    assert list(SignInKey.objects.values_list("pk", "active")) == [(following.pk, True)]


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ('{"error":"invalid_grant","error_description":"Token has been expired or revoked."}', Trouble.GOOGLE_REVOKED),
        ('{"error":"invalid_grant","error_subtype":"invalid_rapt"}', Trouble.GOOGLE_SESSION),
        ('{"error":"invalid_client","error_description":"The OAuth client was not found."}', Trouble.GOOGLE_CLIENT),
        ('{"error":["x"]}', Trouble.REFUSED),
        ("{}", Trouble.NOT_ANSWERED),
        ("[]", Trouble.NOT_ANSWERED),
    ],
)
def test_other_answers_are_named(service: SignInService, answer: str, trouble: Trouble) -> None:
    sign_in(service)
    service.fault = answer
    assert trouble_of(service) is trouble


def test_rights_that_were_not_given_are_named(service: SignInService) -> None:
    """At Google a person may leave a box unticked: it looked like a good sign-in whose every mail is refused."""
    sign_in(service)
    service.scope = "IMAP.AccessAsUser.All"
    assert trouble_of(service) is Trouble.SCOPE
    assert stored().trouble_words == "https://mail.test/SMTP.Send"


def test_a_service_that_is_away_or_inside_the_house(service: SignInService, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(service)
    MailSignIn.objects.update(token_url="https://192.168.77.1/token")
    assert trouble_of(service) is Trouble.NOT_ANSWERED
    MailSignIn.objects.update(token_url="https://localhost:1/token", trouble="")
    assert trouble_of(service) is Trouble.UNAVAILABLE


def test_tokens_that_another_key_sealed_are_named(service: SignInService) -> None:
    sign_in(service)
    tokens.access_token()
    MailSignIn.objects.update(access_sealed="gAAAA", refresh_sealed="gAAAA")
    assert trouble_of(service) is Trouble.KEY_UNREADABLE
    assert stored().trouble == Trouble.KEY_UNREADABLE


def test_another_registration_ends_the_old_sign_in(service: SignInService) -> None:
    entered = sign_in(service)
    entered.client_id = "99991111-aaaa-2222-bbbb-3333cccc4444"
    registration.save(entered, secret=None)
    assert not stored().connected
    assert trouble_of(service) is Trouble.NOT_SIGNED_IN
