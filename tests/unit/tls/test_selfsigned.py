"""The certificate of the first start."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from siegelpost.tls.selfsigned import VALIDITY, self_signed

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def made(*names: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(self_signed(names, at=AT)[1].encode())


def test_names_and_addresses_stand_where_browsers_look() -> None:
    names = made("Office.test", "*.office.test", "büro.test", "192.0.2.7", "2001:db8::7", "Office.test").extensions
    found = names.get_extension_for_class(x509.SubjectAlternativeName).value
    assert found.get_values_for_type(x509.DNSName) == ["office.test", "*.office.test", "xn--bro-hoa.test"]
    assert found.get_values_for_type(x509.IPAddress) == [ip_address("192.0.2.7"), ip_address("2001:db8::7")]


def test_it_is_a_server_certificate_that_is_no_authority() -> None:
    certificate = made("office.test")
    assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    get = certificate.extensions.get_extension_for_class
    assert list(get(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert get(x509.BasicConstraints).value.ca is False
    certificate.verify_directly_issued_by(certificate)


def test_its_validity() -> None:
    certificate = made("office.test")
    assert certificate.not_valid_after_utc == AT + VALIDITY
    assert certificate.not_valid_before_utc < AT
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc < timedelta(days=398)


def test_a_long_name_still_gives_a_certificate() -> None:
    name = ".".join(["a" * 60] * 3) + ".test"
    assert name in made(name).extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
        x509.DNSName
    )


@pytest.mark.parametrize("names", [[], ["a b"], ["a..b"], ["-"], ["x" * 64 + ".test"]])
def test_what_is_no_name_is_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match=r"name"):
        self_signed(names)
