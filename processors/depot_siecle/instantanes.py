"""Whole files as they arrive, row by row, into collections (architecture §3): SIECLE's exports, STS Web's, and ELEGROUPE."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from processors.depot_siecle import messages, tranches
from processors.depot_siecle.connaissance import Calendrier, Division, EleveFichier, EleveSiecle, Groupe, Lien
from processors.depot_siecle.state import Annee, Ecole, EnCours, Tete, annee_dite
from schemas.outcome import Emitted, Event, Refusal
from schemas.records import pronote, siecle, sts

COLLECTIONS: Mapping[str, str] = {
    "eleves_avec_adresses": "ELEVES",
    "eleves_sans_adresses": "ELEVES",
    "structures": "STRUCTURES",
    "sts_emp": "STS",
    "emp_sts": "EDT",
    "elegroupe": "FICHIER",
}
"""Kind of file → the collection that its rows become."""

COMMUNS = "communs"


def debut(ecole: Ecole, event: Event) -> Ecole:
    """A new file: an unfinished one of the same stream is dropped."""
    data: siecle.InstantaneDebut | sts.InstantaneDebut | pronote.InstantaneDebut = event.data
    arriving = EnCours(
        recu=data.recu,
        type=data.type,
        collection=COLLECTIONS.get(data.type),
        version=ecole.versions + 1,
        fichier=data.fichier,
        date_export=data.date_export,
        millesime=data.millesime,
    )
    return replace(ecole, versions=ecole.versions + 1, en_cours={**ecole.en_cours, event.topic: arriving})


def ligne(ecole: Ecole, event: Event) -> tuple[Ecole, tuple[Emitted, ...]]:
    """One row: kept in the buffer, which goes to a slice when it is full."""
    arriving = ecole.en_cours.get(event.topic)
    if arriving is None:
        return ecole, ()
    arriving, emitted = _garder(event.key, replace(arriving, lignes=arriving.lignes + 1), event.data)
    return replace(ecole, en_cours={**ecole.en_cours, event.topic: arriving}), emitted


def _garder(uai: str, arriving: EnCours, data: Any) -> tuple[EnCours, tuple[Emitted, ...]]:
    if isinstance(data, siecle.AnneeScolaire):
        if arriving.type == COMMUNS and not data.avenir:
            return replace(arriving, rentree=data.date_debut_eleve, sortie=data.date_fin_eleve), ()
        return arriving, ()
    row = convertir(data) if arriving.collection is not None else None
    if row is None:
        return arriving, ()
    arriving = replace(arriving, nombre=arriving.nombre + 1, tampon=arriving.tampon + tranches.ligne(row))
    return _vider(uai, arriving) if len(arriving.tampon) >= tranches.TAMPON else (arriving, ())


def _vider(uai: str, arriving: EnCours) -> tuple[EnCours, tuple[Emitted, ...]]:
    if not arriving.tampon or arriving.collection is None:
        return arriving, ()
    contenu = tranches.part(arriving.tampon)
    fresh = arriving.tranches == 0 or arriving.rempli + len(contenu) > tranches.TRANCHE
    count = arriving.tranches + 1 if fresh else arriving.tranches
    order = tranches.ranger(uai, tranches.cle(uai, arriving.collection, arriving.version, count - 1), contenu)
    rempli = len(contenu) if fresh else arriving.rempli + len(contenu)
    return replace(arriving, tampon=b"", tranches=count, rempli=rempli), (order,)


def fin(ecole: Ecole, event: Event) -> tuple[Ecole, tuple[Emitted, ...], str | None] | Refusal:
    """The file is whole: its collection replaces the one before; what it is of. Refused when its number of rows is not the right one."""
    data: siecle.InstantaneFin | sts.InstantaneFin | pronote.InstantaneFin = event.data
    arriving = ecole.en_cours.get(event.topic)
    if arriving is None or arriving.recu != data.recu or arriving.lignes != data.nombre:
        return messages.INSTANTANE_INCOMPLET
    rest = {topic: each for topic, each in ecole.en_cours.items() if topic != event.topic}
    arriving, emitted = _vider(event.key, arriving)
    after = replace(ecole, en_cours=rest)
    if arriving.type == COMMUNS:
        return _calendrier(after, arriving, event), emitted, COMMUNS
    if arriving.collection is None:
        return after, emitted, None
    tete = Tete(
        collection=arriving.collection,
        version=arriving.version,
        tranches=arriving.tranches,
        nombre=arriving.nombre,
        fichier=arriving.fichier,
        date_export=arriving.date_export,
        millesime=arriving.millesime,
        recu_le=event.time,
    )
    return _remplacer(after, tete), emitted, arriving.collection


def _calendrier(ecole: Ecole, arriving: EnCours, event: Event) -> Ecole:
    """Without both dates in order, what was known stays."""
    if arriving.rentree is None or arriving.sortie is None or arriving.rentree > arriving.sortie:
        return ecole
    calendrier = Calendrier(arriving.rentree, arriving.sortie)
    annee = Annee(calendrier, arriving.fichier, arriving.date_export, event.time, arriving.millesime)
    return _annee_suivante(ecole, replace(ecole, annee=annee))


def _remplacer(ecole: Ecole, tete: Tete) -> Ecole:
    """An export of élèves holds the links entered by hand before it."""
    after = replace(ecole, tetes={**ecole.tetes, tete.collection: tete})
    return after if tete.collection != "ELEVES" else _annee_suivante(ecole, replace(after, liens_saisis=()))


def _annee_suivante(before: Ecole, after: Ecole) -> Ecole:
    """A new school year in SIECLE starts again at synchro 3."""
    known, told = annee_dite(before), annee_dite(after)
    if known is None or told is None or told <= known:
        return after
    return replace(after, synchro_3=None, synchro_4a=None, transfert=None, edt_importe=None)


# --- rows ------------------------------------------------------------------------------------------------------------


def _eleve_siecle(row: siecle.Eleve) -> EleveSiecle:
    divisions = [each.code_structure for each in row.structures if each.type_structure == "D"]
    return EleveSiecle(
        eleve_id=row.eleve_id,
        ines=tuple(dict.fromkeys(ine for ine in (row.id_national, row.ine_bea, row.ine_rnie) if ine)),
        id_prv_ele=row.id_prv_ele,
        nom=row.nom_de_famille,
        nom_usage=row.nom_usage,
        prenom=row.prenom,
        prenom2=row.prenom2,
        prenom3=row.prenom3,
        naissance=row.date_naiss,
        mef=row.code_mef,
        entree=row.date_entree,
        sortie=row.date_sortie,
        division=divisions[0] if divisions else None,
        liens=tuple(Lien(each.code_structure) for each in row.structures if each.type_structure == "G"),
    )


def _eleve_fichier(row: pronote.Eleve) -> EleveFichier:
    return EleveFichier(
        eleve_id=row.eleve_id,
        id_national=row.id_national,
        id_prv_ele=row.id_prv_ele,
        nom=row.nom_de_famille,
        nom_usage=row.nom_usage,
        prenom=row.prenom,
        prenom2=row.prenom2,
        prenom3=row.prenom3,
        naissance=row.date_naiss,
        liens=tuple(Lien(each.code_groupe, each.date_debut_groupe, each.date_fin_groupe) for each in row.groupes),
    )


def _groupe(row: siecle.Groupe | sts.Groupe) -> Groupe:
    return Groupe(row.code_structure, row.mefs, row.divisions)


def _division(row: siecle.Division | sts.Division) -> Division:
    return Division(row.code_structure, row.mefs)


_LIGNES: Mapping[type, Callable[[Any], Any]] = {
    siecle.Eleve: _eleve_siecle,
    siecle.Groupe: _groupe,
    siecle.Division: _division,
    sts.Groupe: _groupe,
    sts.Division: _division,
    pronote.Eleve: _eleve_fichier,
}
"""Record → what is kept of it; the others are not needed."""


def convertir(record: Any) -> EleveSiecle | EleveFichier | Groupe | Division | None:
    """What a treatment needs of a connector's record; None when it needs nothing of it."""
    reader = _LIGNES.get(type(record))
    found: EleveSiecle | EleveFichier | Groupe | Division | None = None if reader is None else reader(record)
    return found
