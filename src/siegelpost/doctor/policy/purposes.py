"""What a certificate may be for: extended key usages (RFC 5280 §4.2.1.12) as browsers weigh them."""

from siegelpost.doctor.der import oid_bytes

SERVER = oid_bytes("1.3.6.1.5.5.7.3.1")
OCSP_SIGNING = oid_bytes("1.3.6.1.5.5.7.3.9")
ANY = oid_bytes("2.5.29.37.0")
