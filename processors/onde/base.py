"""The school's base: classes, sheets, what is wrong with them. Pure questions and rewritings of the state."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from processors.onde import messages
from processors.onde.state import SANS_CLASSE, Classe, Ecole, Eleve


class Fiche(Protocol):
    """A pupil's sheet as Charlemagne gives it."""

    @property
    def eleve(self) -> str: ...
    @property
    def classe(self) -> str | None: ...
    @property
    def formation(self) -> str | None: ...
    @property
    def anomalies(self) -> Sequence[str]: ...


# --- classes ---------------------------------------------------------------------------------------------------------


def classe_de(ecole: Ecole, nom: str) -> Classe | None:
    return next((each for each in ecole.classes if each.nom == nom), None)


def sans_code(ecole: Ecole) -> tuple[str, ...]:
    """Classes without a code Rectorat, by name (R-ONDE-06)."""
    return tuple(each.nom for each in ecole.classes if not each.code_rectorat)


def codes_en_double(ecole: Ecole) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Codes that several classes have."""
    par_code: dict[str, list[str]] = {}
    for each in ecole.classes:
        par_code.setdefault(each.code_rectorat, []).append(each.nom)
    return tuple((code, tuple(noms)) for code, noms in par_code.items() if len(noms) > 1)


def incompletes(ecole: Ecole) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Classes with what they lack: type of contract, type of class, a formation, or one that was not imported (R-ONDE-07)."""
    return tuple((each.nom, manque) for each in ecole.classes if (manque := _manques(ecole, each)))


def _manques(ecole: Ecole, classe: Classe) -> tuple[str, ...]:
    etrangeres = [each for each in classe.formations if ecole.formations and each not in ecole.formations]
    manques = (
        ("« Type de contrat »", not classe.type_contrat),
        ("« Type de classe »", not classe.type_classe),
        ("une formation", not classe.formations),
        (f"l'import de la formation {', '.join(etrangeres)}", bool(etrangeres)),
    )
    return tuple(libelle for libelle, manque in manques if manque)


# --- sheets ----------------------------------------------------------------------------------------------------------


def avec_fiches(ecole: Ecole, fiches: Iterable[Fiche], limite: int) -> Ecole:
    """The school whose pupils are exactly these. `limite`: different anomalies it may name."""
    noms, libelles = _Rangs(()), _Rangs((), limite)
    eleves = tuple(_eleve(fiche, noms, libelles) for fiche in fiches)
    return msgspec.structs.replace(ecole, eleves=eleves, noms=noms.valeurs, libelles=libelles.valeurs)


def avec_fiche(ecole: Ecole, fiche: Fiche, limite: int) -> Ecole:
    """The school with this pupil's sheet, created or rewritten; what the last control said of him is forgotten."""
    noms, libelles = _Rangs(ecole.noms), _Rangs(ecole.libelles, limite)
    nouveau = _eleve(fiche, noms, libelles)
    connu = any(each.eleve == fiche.eleve for each in ecole.eleves)
    eleves = tuple(nouveau if each.eleve == fiche.eleve else each for each in ecole.eleves)
    return msgspec.structs.replace(ecole, eleves=eleves if connu else (*eleves, nouveau), noms=noms.valeurs, libelles=libelles.valeurs)


def meme_fiche(ecole: Ecole, fiche: Fiche) -> bool:
    """Whether this sheet says what is already known."""
    eleve = next((each for each in ecole.eleves if each.eleve == fiche.eleve), None)
    return eleve is not None and (
        (classe(ecole, eleve), eleve.formation, tuple(ecole.libelles[rang] for rang in eleve.anomalies))
        == (fiche.classe or None, fiche.formation or "", tuple(fiche.anomalies))
    )


def avec_compte_rendu(ecole: Ecole, lignes: Mapping[str, Sequence[str]], limite: int) -> tuple[Ecole, tuple[str, ...]]:
    """The school with what Charlemagne's control says of each pupil, instead of what the one before said; and the pupils that
    it names and no sheet does."""
    libelles = _Rangs(ecole.libelles, limite)
    eleves = tuple(
        msgspec.structs.replace(each, reproches=tuple(libelles.rang(texte) for texte in lignes.get(each.eleve, ())))
        for each in ecole.eleves
    )
    connus = {each.eleve for each in ecole.eleves}
    inconnus = tuple(sorted(eleve for eleve in lignes if eleve not in connus))
    return msgspec.structs.replace(ecole, eleves=eleves, libelles=libelles.valeurs), inconnus


class _Rangs:
    """Texts that repeat, each once; beyond `limite` a further one is `AUTRE_ANOMALIE`."""

    def __init__(self, valeurs: tuple[str, ...], limite: int | None = None) -> None:
        self._rangs = {valeur: rang for rang, valeur in enumerate(valeurs)}
        self._limite = limite

    @property
    def valeurs(self) -> tuple[str, ...]:
        return tuple(self._rangs)

    def rang(self, valeur: str) -> int:
        plein = self._limite is not None and len(self._rangs) >= self._limite
        return self._rangs.setdefault(messages.AUTRE_ANOMALIE if plein and valeur not in self._rangs else valeur, len(self._rangs))


def _eleve(fiche: Fiche, noms: _Rangs, libelles: _Rangs) -> Eleve:
    rang = noms.rang(fiche.classe) if fiche.classe else SANS_CLASSE
    return Eleve(fiche.eleve, rang, fiche.formation or "", tuple(libelles.rang(texte) for texte in fiche.anomalies))


# --- what the control sees -------------------------------------------------------------------------------------------


def classe(ecole: Ecole, eleve: Eleve) -> str | None:
    """The name of a pupil's class."""
    return None if eleve.classe == SANS_CLASSE else ecole.noms[eleve.classe]


def formation(ecole: Ecole, eleve: Eleve) -> str:
    """A pupil's formation: his sheet's, else that of a class of one level (R-ONDE-08)."""
    sienne = classe_de(ecole, classe(ecole, eleve) or "")
    if eleve.formation or sienne is None or len(sienne.formations) != 1:
        return eleve.formation
    return sienne.formations[0]


def controles(ecole: Ecole) -> tuple[Eleve, ...]:
    """The pupils that a control sees and an export takes."""
    return tuple(each for each in ecole.eleves if each.classe != SANS_CLASSE)


def sans_classe(ecole: Ecole) -> tuple[str, ...]:
    """Those whom neither sees (R-ONDE-09)."""
    return tuple(each.eleve for each in ecole.eleves if each.classe == SANS_CLASSE)


def anomalies(ecole: Ecole, eleve: Eleve) -> tuple[str, ...]:
    """All that is wrong with the sheet of a pupil who has a class."""
    dites = [ecole.libelles[rang] for rang in (*eleve.anomalies, *eleve.reproches)]
    return tuple(dict.fromkeys((*dites, *_trouvees(ecole, eleve))))


def _trouvees(ecole: Ecole, eleve: Eleve) -> Iterable[str]:
    sienne = classe_de(ecole, classe(ecole, eleve) or "")
    if sienne is None:
        yield messages.CLASSE_INCONNUE
    elif not eleve.formation:
        if len(sienne.formations) > 1:
            yield messages.SANS_FORMATION
    elif eleve.formation not in sienne.formations:
        yield messages.FORMATION_ETRANGERE
