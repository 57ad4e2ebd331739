"""SIECLE's night treatment of one file of links, as a pure function over whole files (R-PRO-51, 56 to 66, 71, 75, 76).

`controler` runs it on files, the procedure on what it keeps of a school: one function, one answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from processors.depot_siecle import messages
from processors.depot_siecle.appariement import AMBIGU, Index, norme
from processors.depot_siecle.connaissance import Connaissance, EleveFichier, EleveSiecle, Lien
from processors.depot_siecle.dates import borner
from processors.depot_siecle.messages import Anomalie

Section = Literal["REJET", "ANOMALIE"]
Motif = Literal["ABSENT_DU_FICHIER", "LIENS_REJETES"]
Branche = Literal["INCONNUE", "TRANSFERT_4A", "STRUCTURES_STS"]


@dataclass(frozen=True, slots=True)
class Ligne:
    """A pupil of section 1 (REJET) or 2 (ANOMALIE)."""

    section: Section
    eleve: str
    identifiants: str
    anomalies: tuple[Anomalie, ...]

    @property
    def anomalie(self) -> str:
        """Column « Anomalie » (R-PRO-76)."""
        return messages.PARTIELS if len(self.anomalies) > 1 else self.anomalies[0].libelle

    @property
    def regle(self) -> str:
        """Column « Règle »: of the first anomaly."""
        return self.anomalies[0].regle


@dataclass(frozen=True, slots=True)
class Perdant:
    """A pupil of SIECLE who has no link after the treatment."""

    eleve: EleveSiecle
    motif: Motif


@dataclass(frozen=True, slots=True)
class Remede:
    """What to do about one group that was refused (R-PRO-60, 65)."""

    groupe: str
    code: str
    branche: Branche
    eleves: int

    @property
    def cause(self) -> str:
        return messages.CAUSE_GROUPE if self.code == "GROUPE_A_01" else messages.CAUSE_MEF

    @property
    def correction(self) -> str:
        match self.branche:
            case "TRANSFERT_4A":
                return messages.CORRECTION_4A
            case "STRUCTURES_STS":
                return messages.CORRECTION_STS
            case "INCONNUE":
                return messages.CORRECTION_GROUPE


@dataclass(frozen=True, slots=True)
class Bilan:
    """What a treatment gives: the report, and the links that SIECLE then has."""

    lus: int
    """Entries of the file: column « Élèves » (R-PRO-57)."""
    absents: tuple[EleveSiecle, ...]
    """Pupils of SIECLE that no entry of the file is: column « Absents » counts them."""
    lignes: tuple[Ligne, ...]
    """Section 1, then section 2, each by « Élève » ascending."""
    liens: Mapping[str, tuple[Lien, ...]]
    """ELEVE_ID → imported links, dates corrected."""
    perdants: tuple[Perdant, ...]
    remedes: tuple[Remede, ...]
    liens_rejetes: int
    liens_effaces: int

    @property
    def rejets(self) -> tuple[Ligne, ...]:
        return tuple(each for each in self.lignes if each.section == "REJET")

    @property
    def anomalies(self) -> tuple[Ligne, ...]:
        return tuple(each for each in self.lignes if each.section == "ANOMALIE")

    @property
    def liens_importes(self) -> int:
        return sum(map(len, self.liens.values()))


@dataclass(slots=True)
class _Suivi:
    """What a treatment notes as it goes through the file."""

    lignes: list[Ligne] = field(default_factory=list)
    liens: dict[int, tuple[Lien, ...]] = field(default_factory=dict)
    """Rank of the pupil → his imported links: the rank is there once he was treated."""
    refuses: dict[tuple[str, str], int] = field(default_factory=dict)
    """(group, code) → pupils."""
    liens_rejetes: int = 0


def traiter(fichier: Iterable[EleveFichier], connu: Connaissance, jour: date) -> Bilan:
    """Delete every link of the school, then import those of the file, in its order. `jour`: the school's day of the treatment."""
    index, suivi, lus = Index(connu.eleves), _Suivi(), 0
    for entree in fichier:
        lus += 1
        _traiter_eleve(entree, index, connu, suivi)
    return _bilan(lus, index, connu, suivi, jour)


def _traiter_eleve(entree: EleveFichier, index: Index, connu: Connaissance, suivi: _Suivi) -> None:
    rang = index.trouver(entree)
    if not isinstance(rang, int):
        anomalie = messages.deja_traite(entree) if rang == AMBIGU else messages.inconnu(entree)
        suivi.lignes.append(Ligne("REJET", messages.nom(entree), _identifiants(entree.eleve_id, entree.id_prv_ele), (anomalie,)))
        suivi.liens_rejetes += len(entree.liens)
        return
    eleve = index.eleves[rang]
    identifiants = _identifiants(eleve.eleve_id, eleve.id_prv_ele)
    if rang in suivi.liens:
        suivi.lignes.append(Ligne("REJET", messages.nom(entree), identifiants, (messages.deja_traite(entree),)))
        suivi.liens_rejetes += len(entree.liens)
        return
    liens, anomalies = _inscrire(entree, eleve, connu)
    suivi.liens[rang] = liens
    suivi.liens_rejetes += len(entree.liens) - len(liens)
    for groupe, code in dict.fromkeys((each.groupe, each.code) for each in anomalies if each.regle == "GROUPE"):
        if groupe is not None:
            suivi.refuses[groupe, code] = suivi.refuses.get((groupe, code), 0) + 1
    if anomalies:
        suivi.lignes.append(Ligne("ANOMALIE", messages.nom(eleve), identifiants, anomalies))


def _inscrire(entree: EleveFichier, eleve: EleveSiecle, connu: Connaissance) -> tuple[tuple[Lien, ...], tuple[Anomalie, ...]]:
    """The links of one pupil that are imported, and what was found, in the order of the file."""
    if not eleve.mef:
        return (), (messages.sans_mef(),)
    kept: list[Lien] = []
    found: list[Anomalie] = []
    for lien in entree.liens:
        refus = _refus_du_groupe(lien.groupe, eleve.mef, connu.groupes)
        if refus is not None:
            found.append(refus)
            continue
        borne, changes = (lien, ()) if connu.calendrier is None else borner(lien, eleve, connu.calendrier)
        kept.append(borne)
        found.extend(changes)
    return tuple(kept), tuple(found)


def _refus_du_groupe(groupe: str, mef: str, groupes: Mapping[str, frozenset[str]] | None) -> Anomalie | None:
    """Identity of a group is its exact name, spaces included (R-PRO-64)."""
    if groupes is None:
        return None
    mefs = groupes.get(groupe)
    if mefs is None:
        return messages.groupe_inconnu(groupe)
    return messages.groupe_hors_mef(groupe, mef) if mefs and mef not in mefs else None


def _bilan(lus: int, index: Index, connu: Connaissance, suivi: _Suivi, jour: date) -> Bilan:
    ordre: dict[Section, int] = {"REJET": 0, "ANOMALIE": 1}
    presents = [(rang, eleve) for rang, eleve in enumerate(index.eleves) if eleve.present(jour)]
    absents = tuple(eleve for rang, eleve in presents if rang not in suivi.liens)
    liens = {index.eleves[rang].eleve_id: each for rang, each in suivi.liens.items()}
    return Bilan(
        lus=lus,
        absents=tuple(sorted(absents, key=lambda each: norme(messages.nom(each)))),
        lignes=tuple(sorted(suivi.lignes, key=lambda each: (ordre[each.section], norme(each.eleve)))),
        liens=liens,
        perdants=_perdants(presents, suivi),
        remedes=_remedes(suivi.refuses, connu.groupes_sts),
        liens_rejetes=suivi.liens_rejetes,
        liens_effaces=sum(_effaces(eleve, liens.get(eleve.eleve_id, ())) for eleve in index.eleves),
    )


def _perdants(presents: list[tuple[int, EleveSiecle]], suivi: _Suivi) -> tuple[Perdant, ...]:
    """Those who have links today and none tomorrow; where no pupil's links are known, all who will have none."""
    known = any(eleve.liens for _, eleve in presents)
    found = [
        Perdant(eleve, "LIENS_REJETES" if rang in suivi.liens else "ABSENT_DU_FICHIER")
        for rang, eleve in presents
        if not suivi.liens.get(rang) and (eleve.liens or not known)
    ]
    return tuple(sorted(found, key=lambda each: norme(messages.nom(each.eleve))))


def _effaces(eleve: EleveSiecle, apres: tuple[Lien, ...]) -> int:
    kept = {lien.groupe for lien in apres}
    return sum(lien.groupe not in kept for lien in eleve.liens)


def _remedes(refuses: Mapping[tuple[str, str], int], groupes_sts: frozenset[str] | None) -> tuple[Remede, ...]:
    return tuple(Remede(groupe, code, _branche(groupe, code, groupes_sts), nombre) for (groupe, code), nombre in sorted(refuses.items()))


def _branche(groupe: str, code: str, groupes_sts: frozenset[str] | None) -> Branche:
    if code == "GROUPE_B_02":
        return "STRUCTURES_STS"
    if groupes_sts is None:
        return "INCONNUE"
    return "TRANSFERT_4A" if groupe in groupes_sts else "STRUCTURES_STS"


def _identifiants(eleve_id: str | None, id_prv_ele: str | None) -> str:
    return f"{eleve_id or 0} / {id_prv_ele or 0}"
