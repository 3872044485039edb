"""What TLS-ALPN-01 (RFC 8737) says in ACME's messages: for the order, not for those who only show the certificate."""

from acme import challenges


class Response(challenges.KeyAuthorizationChallengeResponse):
    """The answer "look now"."""

    typ = "tls-alpn-01"


class TlsAlpn01(challenges.KeyAuthorizationChallenge):
    """The challenge, which acme no longer knows by itself."""

    typ = "tls-alpn-01"
    response_cls = Response

    def validation(self, account_key: object, **_: object) -> str:
        """The key authorization."""
        return str(self.key_authorization(account_key))


def register() -> None:
    """Have acme know it where it reads messages; again changes nothing."""
    challenges.ChallengeResponse.register(Response)
    challenges.Challenge.register(TlsAlpn01)
