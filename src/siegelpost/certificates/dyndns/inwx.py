"""INWX's DomRobot by JSON-RPC (inwx.de, "API DomRobot"): one session for each change."""

import json
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from siegelpost.certificates.dyndns.api import NEW_TTL, Endpoint, is_the, only
from siegelpost.certificates.dyndns.record import Change, DnsWriteError, Fault, Written

BASE = "https://api.domrobot.com/jsonrpc/"
# Its codes are those of EPP (RFC 5730 § 3); 1xxx means done.
_DONE = range(1000, 2000)
_FAULTS: Mapping[int, Fault] = MappingProxyType(
    {
        2200: Fault.BAD_LOGIN,
        2201: Fault.BAD_LOGIN,
        2303: Fault.NO_HOST,
        2400: Fault.OUTAGE,
        2500: Fault.OUTAGE,
        2501: Fault.BAD_LOGIN,
        2502: Fault.TOO_OFTEN,
    }
)
_COOKIE = "domrobot"


def write(at: Endpoint, change: Change, *, probe: bool = False) -> Written:
    """Set the one record; its time to live stays. A probe only reads, which needs the same login."""
    login, cookie = _call(at, "account.login", {"user": at.access.options["user"], "pass": at.access.options["pass"]})
    try:
        if login.get("tfa", "0") not in ("0", 0, None, False):
            raise DnsWriteError(Fault.SECOND_FACTOR)
        return _write(at, change, cookie, probe)
    finally:
        with suppress(DnsWriteError):
            _call(at, "account.logout", {}, cookie)


def _write(at: Endpoint, change: Change, cookie: str, probe: bool) -> Written:
    asked = {"domain": change.zone, "name": change.name, "type": change.kind}
    info, _ = _call(at, "nameserver.info", asked, cookie)
    records = [each for each in info.get("record", []) if (each["name"], each["type"]) == (change.name, change.kind)]
    there = only(records)
    if probe or (there and is_the(change.address, there["content"])):
        return Written.SAME
    if there:
        _call(at, "nameserver.updateRecord", {"id": there["id"], "content": str(change.address)}, cookie)
    else:
        _call(at, "nameserver.createRecord", asked | {"content": str(change.address), "ttl": NEW_TTL}, cookie)
    return Written.CHANGED


def _call(at: Endpoint, method: str, params: dict[str, Any], cookie: str = "") -> tuple[dict[str, Any], str]:
    """What one method answers, and the session's cookie if it began one."""
    body = json.dumps({"method": method, "params": params}).encode()
    headers = {"Content-Type": "application/json"} | ({"Cookie": f"{_COOKIE}={cookie}"} if cookie else {})
    reply = at.send("POST", at.base, headers, body)
    at.must_be_good(reply)
    said = at.read(reply)
    if not isinstance(said["code"], int):
        raise DnsWriteError(Fault.NOT_UNDERSTOOD, at.access.scrubbed(str(said["code"])))
    if said["code"] not in _DONE:
        fault = _FAULTS.get(said["code"], Fault.REFUSED)
        raise DnsWriteError(fault, at.access.scrubbed(f"{said['code']} {said.get('msg', '')}"))
    return said.get("resData") or {}, _cookie(reply.headers.get("set-cookie", ""))


def _cookie(header: str) -> str:
    name, _, value = header.partition(";")[0].partition("=")
    return value.strip() if name.strip() == _COOKIE else ""
