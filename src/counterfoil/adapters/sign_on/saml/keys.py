"""Makes the key of a connection: its provider encrypts assertions for it, and only we open them."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

BITS = 3072
VALID = timedelta(days=20 * 365)  # nobody trusts it for its dates: it stands in our metadata


def made_key(*, at: datetime) -> dict[str, str]:
    """A new private key, and the certificate that providers want a public one in; both as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Counterfoil")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))  # the clock there may be behind ours
        .not_valid_after(at + VALID)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    return {"private_key": private.decode(), "certificate": public.decode()}
