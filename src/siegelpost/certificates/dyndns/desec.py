"""deSEC's REST interface (desec.readthedocs.io, "Retrieving and Manipulating DNS Information")."""

from siegelpost.certificates.dyndns.api import NEW_TTL, Endpoint, is_the, only
from siegelpost.certificates.dyndns.record import Change, Written

BASE = "https://desec.io/api/v1"


def write(at: Endpoint, change: Change, *, probe: bool = False) -> Written:
    """Set the one record; its time to live stays. A probe only reads, which needs the same login."""
    headers = {"Authorization": f"Token {at.access.options['token']}"}
    rrsets = f"/domains/{change.zone}/rrsets/"
    one = f"{rrsets}{change.label or '@'}/{change.kind}/"
    there = at.call("GET", one, headers, missing=None)
    if there is not None and is_the(change.address, only(there["records"])):
        return Written.SAME
    domain = None if there is not None else at.call("GET", f"/domains/{change.zone}/", headers)
    if probe:
        return Written.SAME
    records = [str(change.address)]
    if domain is None:
        at.call("PATCH", one, headers, {"records": records})
    else:
        ttl = max(NEW_TTL, int(domain["minimum_ttl"]))
        record = {"subname": change.label, "type": change.kind, "ttl": ttl, "records": records}
        at.call("POST", rrsets, headers, record)
    return Written.CHANGED
