"""Certificates as TLS hands them over to whoever judges them."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@cache
def certificate(
    common_name: str = "SERIAL-1", organisation: str = "OCPP Home", number: int = 77, days: tuple[int, int] = (-1, 1)
) -> bytes:
    """A certificate (DER); whoever signed it has been looked at by TLS. `days` is its validity around `NOW`."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    names += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)] if organisation else []
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(names))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "root")]))
        .public_key(key.public_key())
        .serial_number(number)
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.DER)
