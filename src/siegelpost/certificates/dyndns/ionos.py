"""IONOS's DNS interface (developer.hosting.ionos.de/docs/dns)."""

from siegelpost.certificates.dyndns.api import NEW_TTL, Endpoint, is_the, only
from siegelpost.certificates.dyndns.record import Change, DnsWriteError, Fault, Written

BASE = "https://api.hosting.ionos.com/dns/v1"


def write(at: Endpoint, change: Change, *, probe: bool = False) -> Written:
    """Set the one record; its time to live and whatever else it says stays. A probe only reads."""
    headers = {"X-API-Key": at.access.options["api_key"]}
    zones = at.call("GET", "/zones", headers)
    zone = next((each["id"] for each in zones if each["name"] == change.zone), None)
    if zone is None:
        raise DnsWriteError(Fault.NO_HOST, change.zone)
    asked = f"/zones/{zone}?recordName={change.name}&recordType={change.kind}"
    found = at.call("GET", asked, headers)["records"]
    there = only([each for each in found if each["name"] == change.name and each["type"] == change.kind])
    if probe or (there and is_the(change.address, there["content"]) and not there.get("disabled")):
        return Written.SAME
    if there:
        kept = {"ttl": there["ttl"], "prio": there.get("prio") or 0}
        content = {"disabled": False, "content": str(change.address), **kept}
        at.call("PUT", f"/zones/{zone}/records/{there['id']}", headers, content)
    else:
        record = {"name": change.name, "type": change.kind, "content": str(change.address)}
        at.call("POST", f"/zones/{zone}/records", headers, [record | {"ttl": NEW_TTL, "prio": 0, "disabled": False}])
    return Written.CHANGED
