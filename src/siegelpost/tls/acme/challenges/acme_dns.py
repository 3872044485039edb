"""acme-dns (github.com/acme-dns/acme-dns): a small name server for nothing but these records.

The office points ``_acme-challenge.NAME`` there once, by a CNAME. What is kept here may then change that one record and
nothing else of the domain. The server keeps the last two values, so there is nothing to take away.
"""

from collections.abc import Mapping

import requests

from siegelpost.tls.acme.problems import AcmeError, Code

PROVIDER = "acmedns"
_TIMEOUT = 20


def publish(options: Mapping[str, str], value: str) -> None:
    """Have this value given from now on.

    Args:
        options: ``url`` of the server; ``username``, ``password`` and ``fulldomain``, as its ``/register`` gave them.

    Raises:
        AcmeError: ``dns_provider``: it refuses. requests.RequestException: it does not answer.
    """
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(
            f"{options['url'].rstrip('/')}/update",
            json={"subdomain": options["fulldomain"].partition(".")[0], "txt": value},
            headers={"X-Api-User": options["username"], "X-Api-Key": options["password"]},
            timeout=_TIMEOUT,
            allow_redirects=False,
            stream=True,  # what it says beside the status is not waited for: it may have no end
        )
        answer.close()
    if answer.status_code != requests.codes.ok:
        raise AcmeError(Code.DNS_PROVIDER, provider=PROVIDER, detail=f"HTTP {answer.status_code}")
