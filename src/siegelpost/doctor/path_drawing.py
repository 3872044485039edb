"""The path that was judged, link by link, for the drawing on the page and in the terminal."""

from collections.abc import Sequence

from siegelpost.doctor.browsers import hostname
from siegelpost.doctor.case import Case
from siegelpost.doctor.der import DerError
from siegelpost.doctor.judgement import ChainLink
from siegelpost.doctor.x509 import certificate as parts
from siegelpost.doctor.x509 import keys, names
from siegelpost.doctor.x509.certificate import Certificate


def draw(case: Case, path: Sequence[Certificate]) -> tuple[ChainLink, ...]:
    """One link for each certificate, the server's own first."""
    return tuple(_link(case, certificate) for certificate in path)


def _link(case: Case, certificate: Certificate) -> ChainLink:
    first, last = certificate.dates or (None, None)
    try:
        key = keys.public_key(certificate.key_info).name
    except DerError:
        key = "?"
    return ChainLink(
        subject=certificate.subject_text,
        issuer=certificate.issuer_text,
        serial=certificate.serial.hex(),
        not_before=first,
        not_after=last,
        key=key,
        fingerprint=certificate.fingerprint.hex(),
        trusted=case.trust.holds(certificate),
        public=case.trust.is_public(certificate),
        sent=certificate in (case.leaf, *case.others),
        names=_listed(certificate),
    )


def _listed(certificate: Certificate) -> tuple[str, ...]:
    extension = certificate.extension(parts.SUBJECT_ALT_NAME)
    if extension is None:
        return ()
    try:
        return hostname.listed(tuple(names.general_names(extension)))
    except DerError:
        return ()
