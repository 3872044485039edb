"""What dns-persist-01 says in ACME's messages, which ``acme`` does not know."""

from typing import Any

from acme import challenges
from josepy.json_util import field


class Response(challenges.ChallengeResponse):
    """The answer "look now"; there is nothing else to say."""

    typ = "dns-persist-01"


class DnsPersist01(challenges.Challenge):
    """The challenge as it was sent, whatever that is: what is wrong with it must not spoil the others beside it."""

    typ = "dns-persist-01"
    issuers: Any = field("issuer-domain-names", default=(), omitempty=True)
    account: Any = field("accounturi", default="", omitempty=True)

    def response(self, _account_key: object) -> Response:
        """As other challenges give it."""
        return Response()


def register() -> None:
    """Have acme know it where it reads messages; again changes nothing."""
    challenges.ChallengeResponse.register(Response)
    challenges.Challenge.register(DnsPersist01)
