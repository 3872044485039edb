"""What Microsoft and Google say when there is no token, as they said it: each is named rightly, with a remedy."""

import pytest
from django.utils.translation import override

from siegelpost.mail.sign_in.troubles import AADSTS, ROWS, WORDS, Mends, SignInError, Trouble, named

# As their token endpoints and pages say it; ids and names are of the tests.
SAID = [
    (
        "invalid_grant: AADSTS700082: The refresh token has expired due to inactivity. The token was issued on "
        "2026-08-01T06:12:43.4712311Z and was inactive for 90.00:00:00.",
        Trouble.UNUSED,
    ),
    (
        "invalid_grant: AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is "
        "needed. The user might have changed or reset their password. The grant was issued on '2026-10-01'.",
        Trouble.REVOKED,
    ),
    (
        "invalid_grant: AADSTS70043: The refresh token has expired or is invalid due to sign-in frequency checks by "
        "conditional access. The maximum allowed lifetime for this request is 43200.",
        Trouble.FREQUENCY,
    ),
    (
        "invalid_grant: AADSTS700084: The refresh token was issued to a single page app (SPA), and therefore has a "
        "fixed, limited lifetime of 1.00:00:00, which cannot be extended.",
        Trouble.SPA,
    ),
    (
        "invalid_grant: AADSTS65001: The user or administrator has not consented to use the application with ID "
        "'0000' named 'Siegelpost'. Send an interactive authorization request for this user and resource.",
        Trouble.CONSENT,
    ),
    ("AADSTS90094: The grant requires admin permission.", Trouble.CONSENT),
    ("access_denied: AADSTS65004: User declined to consent to access the app.", Trouble.DECLINED),
    (
        "AADSTS650052: The app is trying to access a service 'Office 365 Exchange Online' that your organization "
        "'office.test' lacks a service principal for.",
        Trouble.LICENCE,
    ),
    (
        "invalid_client: AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is "
        "the client secret value, not the client secret ID, for a secret added to app '0000'.",
        Trouble.SECRET_WRONG,
    ),
    (
        "invalid_client: AADSTS7000222: The provided client secret keys for app '0000' are expired.",
        Trouble.SECRET_ENDED,
    ),
    (
        "invalid_client: AADSTS700027: The certificate with identifier used to sign the client assertion is not "
        "registered on application. [Reason - The key was not found.]",
        Trouble.CERTIFICATE_UNKNOWN,
    ),
    (
        "invalid_client: AADSTS700024: Client assertion is not within its valid time range. Current time: "
        "2026-11-29T18:00:00Z, assertion valid from 2026-11-29T19:00:00Z, expiry time 2026-11-29T19:10:00Z.",
        Trouble.CLOCK,
    ),
    (
        "invalid_grant: AADSTS50076: Due to a configuration change made by your administrator, or because you moved to "
        "a new location, you must use multi-factor authentication to access '00000002-0000-0ff1-ce00-000000000000'.",
        Trouble.MFA,
    ),
    ("interaction_required: AADSTS50079: the user must enroll in multi-factor authentication.", Trouble.MFA),
    (
        "invalid_grant: AADSTS53003: Access has been blocked by Conditional Access policies. The access policy does "
        "not allow token issuance.",
        Trouble.CONDITIONAL_ACCESS,
    ),
    (
        "invalid_grant: AADSTS53003: Access has been blocked by Conditional Access policies: device code flow is not "
        "allowed for this authentication flow.",
        Trouble.DEVICE_CODE,
    ),
    (
        "unauthorized_client: AADSTS700016: Application with identifier '0000' was not found in the directory "
        "'Office'. You may have sent your authentication request to the wrong tenant.",
        Trouble.APP_UNKNOWN,
    ),
    ("invalid_client: AADSTS7000112: Application '0000' (Siegelpost) is disabled.", Trouble.APP_DISABLED),
    (
        "invalid_request: AADSTS90002: Tenant 'ofice.test' not found. Check to make sure you have the correct tenant "
        "ID.",
        Trouble.TENANT_UNKNOWN,
    ),
    ("AADSTS900023: Specified tenant identifier 'x' is neither a valid DNS name nor a GUID.", Trouble.TENANT_UNKNOWN),
    (
        "AADSTS50020: User account 'anna@other.test' from identity provider 'https://sts.windows.net/0/' does not "
        "exist in tenant 'Office' and cannot access the application '0000'(Siegelpost) in that tenant.",
        Trouble.OTHER_TENANT,
    ),
    ("AADSTS50105: Your administrator has configured the application Siegelpost to block users.", Trouble.NOT_ASSIGNED),
    ("AADSTS50126: Error validating credentials due to invalid username or password.", Trouble.PASSWORD),
    ("AADSTS50053: The account is locked, you've tried to sign in too many times.", Trouble.ACCOUNT_BLOCKED),
    ("AADSTS50057: The user account is disabled.", Trouble.ACCOUNT_BLOCKED),
    ("AADSTS50034: The user account does not exist in the Office directory.", Trouble.ACCOUNT_UNKNOWN),
    (
        "AADSTS50011: The redirect URI 'https://x/settings/mail/sign-in/back/' specified in the request does not match "
        "the redirect URIs configured for the application '0000'.",
        Trouble.REDIRECT,
    ),
    ("AADSTS70011: The provided value for the input parameter 'scope' is not valid.", Trouble.SCOPE),
    ("AADSTS54005: OAuth2 Authorization code was already redeemed.", Trouble.CODE_GONE),
    ("AADSTS90033: A transient error has occurred. Please try again.", Trouble.UNAVAILABLE),
    ("invalid_grant: AADSTS999999: Something new.", Trouble.REFUSED),
    ("invalid_grant: Token has been expired or revoked.", Trouble.GOOGLE_REVOKED),
    ("invalid_grant: invalid_rapt: reauth related error (invalid_rapt)", Trouble.GOOGLE_SESSION),
    ("invalid_grant: Account has been deleted", Trouble.ACCOUNT_UNKNOWN),
    ("invalid_client: The OAuth client was not found.", Trouble.GOOGLE_CLIENT),
    ("Error 403: org_internal Siegelpost can only be used within its organization.", Trouble.ORG_INTERNAL),
    ("Fehler 400: admin_policy_enforced", Trouble.ADMIN_POLICY),
    ("Fehler 400: redirect_uri_mismatch", Trouble.REDIRECT),
    ("Siegelpost has not completed the Google verification process.", Trouble.UNVERIFIED),
    (
        "invalid_grant: Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
        "Check your iat and exp values in the JWT claim.",
        Trouble.CLOCK,
    ),
    ("access_denied", Trouble.DECLINED),
    ("invalid_grant", Trouble.REVOKED),
    ("", Trouble.REFUSED),
]


@pytest.mark.parametrize(("said", "trouble"), SAID, ids=[said[:40] for said, _ in SAID])
def test_named(said: str, trouble: Trouble) -> None:
    assert named(said) is trouble
    assert named(said.upper()) is trouble or "AADSTS" in said


def test_each_has_words_in_both_languages_and_a_remedy() -> None:
    """A test of the table as a whole: no row says what is not so, that it is tried again where it is not."""
    assert set(ROWS) == set(Trouble)
    assert {*AADSTS.values(), *(row for _words, row in WORDS)} <= set(ROWS)
    for trouble, row in ROWS.items():
        for language, again in (("de", "von selbst"), ("en", "by itself")):
            with override(language):
                text, remedy = str(row.text), str(row.remedy)
            assert text, trouble
            assert remedy, trouble
            if trouble is not Trouble.UNUSED:  # which says what happens while the server runs
                assert (again in remedy) == (row.mends is Mends.ITSELF), trouble
        with override("en"):
            english = str(row.text)
        with override("de"):
            assert str(row.text) != english
        assert SignInError(trouble).lasts == (row.mends is not Mends.ITSELF)


def test_a_strangers_words_cost_no_more_than_their_length() -> None:
    assert named("AADSTS" * 200_000) is Trouble.REFUSED
    assert named("AADSTS" + "9" * 100_000) is Trouble.REFUSED
