"""The key of a student's records: a keyed hash, because keys reach logs and identifiers must not (architecture §3)."""

import hmac

SMALLEST_SECRET = 16
KEY_LENGTH = 32


class StudentKeys:
    """Makes keys with one secret, which never rotates without a migration of the topics."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SMALLEST_SECRET:
            raise ValueError(f"le secret des clés d'étudiant a moins de {SMALLEST_SECRET} octets")
        self._seal = hmac.new(secret, digestmod="sha256")
        """Begun once: most of what a short text costs."""

    def of_nne(self, nne: str) -> str:
        """The key of an NNE without its key letter apart, or of a numéro de boursier; case and outer spaces do not count.

        32 lower-case hexadecimal digits. Raises ValueError for a blank one.
        """
        return self._key(nne)

    def without_nne(self, uai: str, cod_etu: str) -> str:
        """The key of a student whom only an establishment knows. Raises ValueError when either is blank."""
        if not uai.strip() or not cod_etu.strip():
            raise ValueError("une clé sans NNE demande l'établissement et le numéro d'étudiant")
        return self._key(f"{uai.strip()}|{cod_etu.strip()}")

    def _key(self, identifier: str) -> str:
        identifier = identifier.strip().upper()
        if not identifier:
            raise ValueError("une clé d'étudiant demande un identifiant")
        seal = self._seal.copy()
        seal.update(identifier.encode())
        return seal.hexdigest()[:KEY_LENGTH]

    def __repr__(self) -> str:
        return "StudentKeys(…)"
