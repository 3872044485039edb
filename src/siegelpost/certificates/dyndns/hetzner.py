"""Hetzner's DNS in the Cloud API (docs.hetzner.cloud, "Zone RRSets"); the DNS console's own interface is no more."""

from siegelpost.certificates.dyndns.api import NEW_TTL, Endpoint, is_the, only
from siegelpost.certificates.dyndns.record import Change, DnsWriteError, Fault, Written

BASE = "https://api.hetzner.cloud/v1"


def write(at: Endpoint, change: Change, *, probe: bool = False) -> Written:
    """Set the one record; its time to live stays. A probe only reads, which needs the same login."""
    headers = {"Authorization": f"Bearer {at.access.options['token']}"}
    zone = at.call("GET", f"/zones/{change.zone}", headers)["zone"]
    rrsets = f"/zones/{zone['id']}/rrsets"
    one = f"{rrsets}/{change.label or '@'}/{change.kind}"
    said = at.call("GET", one, headers, missing=None)
    there = only([] if said is None else said["rrset"]["records"])
    if probe or (there and is_the(change.address, there["value"])):
        return Written.SAME
    records = [{"value": str(change.address)}]
    if said is not None:
        answer = at.call("POST", f"{one}/actions/set_records", headers, {"records": records})
    else:
        record = {"name": change.label or "@", "type": change.kind, "ttl": NEW_TTL, "records": records}
        answer = at.call("POST", rrsets, headers, record)
    if answer["action"]["status"] == "error":  # "running" is seen to have arrived at the name servers
        raise DnsWriteError(Fault.OUTAGE, at.access.scrubbed(str(answer["action"].get("error", ""))))
    return Written.CHANGED
