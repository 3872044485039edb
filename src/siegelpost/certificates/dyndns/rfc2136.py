"""Dynamic updates of the DNS itself (RFC 2136), signed by TSIG (RFC 8945): for name servers of one's own."""

import binascii
from collections.abc import Mapping
from types import MappingProxyType

import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.tsig
import dns.tsigkeyring
import dns.update

from siegelpost.certificates.dyndns.api import NEW_TTL, Endpoint, is_the, only
from siegelpost.certificates.dyndns.record import Change, DnsWriteError, Fault, Written
from siegelpost.tls.acme.challenges.name_servers import host_and_port
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.outgoing import of_the_system

_SECONDS = 10.0
# No base64, no such algorithm, or the server refuses the signature.
_OF_THE_KEY = (binascii.Error, KeyError, NotImplementedError, dns.tsig.PeerError, dns.tsig.BadSignature)
_FAULTS: Mapping[dns.rcode.Rcode, Fault] = MappingProxyType(
    {
        dns.rcode.NOTAUTH: Fault.BAD_LOGIN,
        dns.rcode.BADSIG: Fault.BAD_LOGIN,
        dns.rcode.BADKEY: Fault.BAD_LOGIN,
        dns.rcode.NOTZONE: Fault.NO_HOST,
        dns.rcode.NXDOMAIN: Fault.NO_HOST,
        dns.rcode.SERVFAIL: Fault.OUTAGE,
    }
)


def write(at: Endpoint, change: Change, *, probe: bool = False) -> Written:
    """Replace the one record, at once and with its time to live. A probe is a signed update that changes nothing."""
    options = at.access.options
    try:
        keyring = dns.tsigkeyring.from_text({options["key_name"]: options["key_secret"]})
        algorithm = dns.name.from_text(options.get("key_algorithm") or "hmac-sha256")
        update = dns.update.UpdateMessage(change.zone, keyring=keyring, keyalgorithm=algorithm)
        if not probe:
            standing = _standing(options["server"], change)
            there = only(list(standing) if standing else [])
            if there and is_the(change.address, there):
                return Written.SAME
            ttl = standing.ttl if standing else NEW_TTL
            update.replace(change.label or "@", ttl, change.kind.value, str(change.address))
        answer = _asked(options["server"], update)
    except _OF_THE_KEY as error:
        raise DnsWriteError(Fault.BAD_LOGIN, type(error).__name__) from None
    except (dns.exception.Timeout, OSError, EOFError) as error:
        raise DnsWriteError(Fault.UNREACHABLE, at.access.scrubbed(str(error))) from None
    except dns.exception.DNSException as error:
        # Whoever does not know our key does not sign its refusal either; whatever it says, it proves nothing done.
        fault = Fault.BAD_LOGIN if "requires a TSIG" in str(error) else Fault.NOT_UNDERSTOOD
        raise DnsWriteError(fault, at.access.scrubbed(str(error))) from None
    if answer.rcode() != dns.rcode.NOERROR:
        raise DnsWriteError(_FAULTS.get(answer.rcode(), Fault.REFUSED), dns.rcode.to_text(answer.rcode()))
    if not answer.had_tsig:
        raise DnsWriteError(Fault.NOT_UNDERSTOOD, "TSIG")
    return Written.SAME if probe else Written.CHANGED


def _standing(server: str, change: Change) -> dns.rrset.RRset | None:
    """What this server says at the name itself; None where it has no such record."""
    said = _asked(server, dns.message.make_query(change.name, change.kind.value))
    if said.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        raise DnsWriteError(_FAULTS.get(said.rcode(), Fault.REFUSED), dns.rcode.to_text(said.rcode()))
    kind = dns.rdatatype.from_text(change.kind.value)
    at = dns.name.from_text(change.name)
    return next((each for each in said.answer if each.rdtype == kind and each.name == at), None)


def _asked(server: str, message: dns.message.Message) -> dns.message.Message:
    host, port = host_and_port(server)
    address = of_the_system(host, Deadline(_SECONDS))[0]
    return dns.query.tcp(message, str(address), timeout=_SECONDS, port=port)
