"""Identifiers of schools, students and bursary dossiers: their form, their kind, their key.

A wrong key is a warning, never a refusal: identifiers in use exist whose key is wrong. Texts given back never quote the
identifier. Sources: R-AGL-29, requirements §0 (check letter); the public rules of the INE family.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import msgspec

KEY_ALPHABET = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""The 23 letters a key may be: no I, O, Q."""

INES_LETTERS = frozenset("ABCDEFGHJK")
"""The letters of an INES key; the rule that computes it is not public."""

INE_LENGTH = 11


class Nature(StrEnum):
    """The members of the INE family; each is 11 characters."""

    INES = "INES"
    """RNIE, since 2018: 9 digits and 2 letters. Its key cannot be checked."""
    BEA = "BEA"
    """10 digits and a letter: base élèves académique."""
    NNE36 = "NNE36"
    """10 characters in base 36 and a digit: given by an establishment of higher education, often provisional."""
    SIFA = "SIFA"
    """Apprentices: 4 digits, A, 5 digits and a letter. Its key cannot be checked."""


@dataclass(frozen=True, slots=True)
class Avertissement:
    """Something to look at in an identifier that is taken all the same."""

    code: str
    """From a bounded set."""
    message: str
    """French, without the identifier."""


INE_FORME = Avertissement("INE_FORME", "L'identifiant n'a la forme d'aucun INE (11 caractères : INES, BEA, NNE ou apprenti).")
INE_CLE = Avertissement("INE_CLE", "La clé de l'INE ne correspond pas à ses dix premiers caractères : il est peut-être mal saisi.")
INES_LETTRES = Avertissement("INES_LETTRES", "Les deux lettres de l'INE sortent de l'alphabet connu (A à H, J, K).")
UAI_FORME = Avertissement("UAI_FORME", "L'UAI n'a pas la forme attendue : 7 chiffres et une lettre.")
UAI_CLE = Avertissement("UAI_CLE", "La lettre de l'UAI ne correspond pas à ses 7 chiffres : il est peut-être mal saisi.")
DOSSIER_FORME = Avertissement(
    "DOSSIER_FORME", "Le numéro de dossier n'a pas la forme attendue : année, 3 lettres d'académie, 11 caractères."
)

_BLANKS = re.compile(r"\s+")
_UAI = re.compile(r"[0-9]{7}[A-Z]")
_INE = re.compile(r"(?P<INES>[0-9]{9}[A-Z]{2})|(?P<BEA>[0-9]{10}[A-Z])|(?P<SIFA>[0-9]{4}A[0-9]{5}[A-Z])|(?P<NNE36>[0-9A-Z]{10}[0-9])")
_DOSSIER = re.compile(r"([0-9]{4})([A-Z]{3})([0-9A-Z]{11})")


def normalise(text: str) -> str:
    """Upper case, without any blank (a no-break space from a spreadsheet included)."""
    return text.upper() if text.isalnum() else _BLANKS.sub("", text).upper()


def check_letter(number: int) -> str:
    """The key letter of a UAI (of its 7 digits) and of a BEA number (of its 10 digits)."""
    return KEY_ALPHABET[number % len(KEY_ALPHABET)]


def nne36_key(first_ten: str) -> str:
    """The key digit of an NNE in base 36. Raises ValueError when a character is outside 0-9 and A-Z."""
    return str(int(first_ten, 36) % 10)


def uai_warnings(uai: str) -> tuple[Avertissement, ...]:
    """What is doubtful in a UAI (RNE); nothing for a good one. Blanks and case do not count."""
    text = normalise(uai)
    if not _UAI.fullmatch(text):
        return (UAI_FORME,)
    return () if check_letter(int(text[:7])) == text[7] else (UAI_CLE,)


class Ine(msgspec.Struct, frozen=True, gc=False):
    """An identifier of the INE family as read."""

    valeur: str
    """Normalised; 11 characters when `nature` is known."""
    nature: Nature | None
    """None: it has the form of none."""
    cle_bonne: bool | None
    """None: the key's rule is not public, or the form is unknown."""

    @property
    def avertissements(self) -> tuple[Avertissement, ...]:
        """What is doubtful in it; nothing for a good one."""
        if self.nature is None:
            return (INE_FORME,)
        if self.cle_bonne is False:
            return (INE_CLE,)
        if self.nature is Nature.INES and not INES_LETTERS.issuperset(self.valeur[9:]):
            return (INES_LETTRES,)
        return ()


def read_ine(text: str) -> Ine:
    """Normalise, recognise the kind (in the order INES, BEA, SIFA, NNE36) and check the key where its rule is public."""
    valeur = normalise(text)
    found = _INE.fullmatch(valeur)
    match found and found.lastgroup:
        case "INES":
            return Ine(valeur, Nature.INES, None)
        case "BEA":
            return Ine(valeur, Nature.BEA, check_letter(int(valeur[:10])) == valeur[10])
        case "SIFA":
            return Ine(valeur, Nature.SIFA, None)
        case "NNE36":
            return Ine(valeur, Nature.NNE36, nne36_key(valeur[:10]) == valeur[10])
        case _:
            return Ine(valeur, None, None)


def join_nne(nne: str | None, cle: str | None) -> str | None:
    """The whole NNE of Apogée's two columns (10 + 1, or 9 + 2 for an INES), normalised; None when there is none.

    A first column that already holds the 11 characters is kept as it is when it ends with the key.
    """
    body, key = normalise(nne or ""), normalise(cle or "")
    if not body:
        return None
    if len(body) == INE_LENGTH and body.endswith(key):
        return body
    return body + key


@dataclass(frozen=True, slots=True)
class NumeroDossier:
    """A dossier number's three parts (R-AGL-29)."""

    annee: int
    """The year in which the school year starts."""
    academie: str
    """The academy's code, 3 letters."""
    numero_boursier: str
    """11 characters of the INE family."""

    def __str__(self) -> str:
        return f"{self.annee:04d}{self.academie}{self.numero_boursier}"


def parse_dossier(numero: str) -> NumeroDossier | None:
    """`2014MON1111037734L` → (2014, MON, 1111037734L); None when it has not that form."""
    found = _DOSSIER.fullmatch(normalise(numero))
    return None if found is None else NumeroDossier(int(found[1]), found[2], found[3])


def dossier_warnings(numero: str) -> tuple[Avertissement, ...]:
    """What is doubtful in a dossier number: its form, then its numéro de boursier."""
    parts = parse_dossier(numero)
    return (DOSSIER_FORME,) if parts is None else read_ine(parts.numero_boursier).avertissements
