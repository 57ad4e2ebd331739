"""The key of an e-mail address: a keyed hash, because keys reach logs and addresses must not (architecture §3)."""

import hmac

KEY_LENGTH = 32


class AddressKeys:
    """Makes keys with the installation's secret, apart from those of students."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def of(self, address: str) -> str:
        """32 lower-case hexadecimal digits; case and outer spaces do not count."""
        return hmac.digest(self._secret, f"adresse|{address.strip().lower()}".encode(), "sha256").hex()[:KEY_LENGTH]

    def __repr__(self) -> str:
        return "AddressKeys(…)"
