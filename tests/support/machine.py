"""The office's machine of one test, in a network namespace: one order, with the product's own times.

``python -m tests.support.machine FOLDER`` reads how to order as JSON from standard input, and prints what came of it.
"""

import json
import sys
import time
from pathlib import Path

from tests.support.acme_office import office
from tests.support.networks import Came
from tests.support.world import AUTHORITY, NAME, PORT, ZONE

from siegelpost.certificates.surroundings.facts import look
from siegelpost.certificates.surroundings.obstacles import assess
from siegelpost.doctor.x509.chain import from_pem
from siegelpost.settings import Settings
from siegelpost.tls.acme.acquisition import obtain
from siegelpost.tls.acme.plan import Authority, Challenge, DnsProvider, Plan
from siegelpost.tls.acme.problems import AcmeError
from siegelpost.tls.acme.words import problem_text


def main() -> None:
    asked = json.loads(sys.stdin.read())
    challenge = Challenge(asked["challenge"])
    authority = Authority(f"https://{AUTHORITY}:{PORT}/dir", ca_bundle=asked["ca_bundle"])
    dns = DnsProvider("rfc2136", {"server": asked["server"], "zone": ZONE}) if challenge is Challenge.DNS_01 else None
    plan = Plan((NAME,), (authority,), (challenge,), dns)
    with office(Path(sys.argv[1]), address="::", ports=(80, 443)) as served:
        began = time.monotonic()
        came = Came(0.0)
        try:
            came.ids = list(obtain(served.store, plan, roots=from_pem(asked["root"])))
        except AcmeError as error:
            came.problem, came.text = error.problem.as_json(), problem_text(error.problem, "en")
        settings = Settings(public_url=f"https://{NAME}", data=Path(sys.argv[1]))
        came.findings = [*assess(look(settings)).obstacles]
        came.seconds = time.monotonic() - began
    print(json.dumps(vars(came)), flush=True)


if __name__ == "__main__":
    main()
