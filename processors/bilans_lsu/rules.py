"""LSU files of a school, held against the last exports of SIECLE and sts_emp, whichever comes first."""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from processors.bilans_lsu import messages
from processors.bilans_lsu.croisement import Bilans, Connu, convertir, croiser, meme_annee
from processors.bilans_lsu.reglages import Reglages
from processors.bilans_lsu.state import Dit, EnCours, Etat, Fichier, garder
from schemas import subjects
from schemas.outcome import Emitted, Event, Outcome
from schemas.records import lsu as records
from schemas.records import siecle, sts

TOPIC = "lsu.controles.v1"
BILANS, STS = "BILANS", "STS"
COLLECTIONS: Mapping[str, str] = {
    "eleves_avec_adresses": "ELEVES",
    "eleves_sans_adresses": "ELEVES",
    "structures": "STRUCTURES",
    "nomenclature": "NOMENCLATURE",
    "sts_emp": STS,
    "lsun_bilans": BILANS,
}
"""Kind of file → what it is here; nothing is kept of the others."""


def decide(reglages: Reglages, state: Etat | None, event: Event) -> Outcome:
    """Decide one event of a school."""
    before = state or Etat()
    match event.type:
        case "instantane_debut":
            outcome = _debut(before, event)
        case "instantane_fin":
            outcome = _fin(reglages, before, event)
        case _:
            outcome = _ligne(before, event)
    if outcome.state is before:
        return Outcome(state, outcome.emitted, outcome.refusal, counted=outcome.counted, because=outcome.because)
    return outcome


def _debut(etat: Etat, event: Event) -> Outcome:
    """A new file: an unfinished one of the same stream is dropped."""
    data: siecle.InstantaneDebut | sts.InstantaneDebut | records.InstantaneDebut = event.data
    collection = COLLECTIONS.get(data.type)
    rest = {topic: each for topic, each in etat.en_cours.items() if topic != event.topic}
    if collection is None:
        return Outcome(etat if len(rest) == len(etat.en_cours) else replace(etat, en_cours=rest), counted="autre_fichier")
    fichier = Fichier(nom=data.fichier, recu=data.recu, millesime=data.millesime, date_export=data.date_export)
    return Outcome(replace(etat, en_cours={**rest, event.topic: EnCours(collection=collection, fichier=fichier)}))


def _ligne(etat: Etat, event: Event) -> Outcome:
    arriving = etat.en_cours.get(event.topic)
    if arriving is None:
        return Outcome(etat, counted="autre_fichier")
    return Outcome(replace(etat, en_cours={**etat.en_cours, event.topic: arriving.avec(convertir(event.data))}))


def _fin(reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    """The file is whole: a LSU file is checked, any other makes those that are known be checked again."""
    data: siecle.InstantaneFin | sts.InstantaneFin | records.InstantaneFin = event.data
    arriving = etat.en_cours.get(event.topic)
    if arriving is None:
        return Outcome(etat, counted="autre_fichier")
    if arriving.fichier.recu != data.recu or arriving.lignes != data.nombre:
        return Outcome(etat, refusal=messages.INSTANTANE_INCOMPLET, because=messages.INSTANTANE_INCOMPLET.message)
    arriving = arriving.vide()
    if arriving.trop_grand:
        refusal = messages.trop_grand(arriving.fichier.nom)
        return Outcome(etat, refusal=refusal, because=refusal.message)
    etat = replace(etat, en_cours={topic: each for topic, each in etat.en_cours.items() if topic != event.topic})
    if arriving.collection == BILANS:
        changed = all(each.recu != arriving.fichier.recu for each in etat.bilans if each.nom == arriving.fichier.nom)
        etat = replace(etat, bilans=garder(etat.bilans, arriving.fichier))
        names = {each.nom for each in etat.bilans} - ({arriving.fichier.nom} if changed else set())
        dits = {name: said for name, said in etat.dits.items() if name in names}
        return _controler(reglages, replace(etat, dits=dits), event.key, (arriving.fichier,))
    etat = replace(etat, connus={**etat.connus, arriving.collection: arriving.fichier})
    again = (each for each in etat.bilans if each.nom not in etat.dits or not etat.dits[each.nom].tient(arriving.collection))
    return _controler(reglages, etat, event.key, tuple(again))


def _controler(reglages: Reglages, etat: Etat, uai: str, bilans: Sequence[Fichier]) -> Outcome:
    """What is said of each file, unless it was said already."""
    emitted: list[Emitted] = []
    dits = dict(etat.dits)
    for each in bilans:
        kept, others = _de_l_annee(reglages, etat, uai, each)
        told = _dire(uai, each, kept, others)
        digest = hashlib.sha256(msgspec.msgpack.encode(told)).hexdigest()
        if each.nom not in dits or dits[each.nom].empreinte != digest:
            emitted.append(Emitted(TOPIC, "bilans_controles", told, subject=subjects.of_bilans(each.nom)))
        dits[each.nom] = Dit(digest, told.anomalies, tuple(sorted(kept)))
    return Outcome(replace(etat, dits=dits), tuple(emitted), because=f"bilans du LSU contrôlés : {len(emitted)}" if bilans else "")


def _de_l_annee(reglages: Reglages, etat: Etat, uai: str, bilans: Fichier) -> tuple[Mapping[str, Fichier], Mapping[str, int]]:
    """The files of the year of a LSU file by collection; the years of the others by name."""
    decalee = reglages.sts_decalee(uai)
    kept: dict[str, Fichier] = {}
    others: dict[str, int] = {}
    for collection, each in etat.connus.items():
        if meme_annee(bilans.millesime, each.millesime, decalee and collection == STS):
            kept[collection] = each
        elif each.millesime is not None:
            others[each.nom] = each.millesime
    return kept, others


def _dire(uai: str, fichier: Fichier, connus: Mapping[str, Fichier], others: Mapping[str, int]) -> records.BilansControles:
    bilans = Bilans.de(fichier.lignes())
    found = list(croiser(bilans, Connu.de(ligne for each in connus.values() for ligne in each.lignes())))
    if others and fichier.millesime is not None:
        found.append(messages.autre_annee(fichier.millesime, others))
    return records.BilansControles(
        uai=uai,
        fichier=fichier.nom,
        millesime=fichier.millesime,
        eleves=len(bilans.eleves),
        enseignants=len(bilans.enseignants),
        anomalies=sum(each.gravite == "ANOMALIE" for each in found),
        compares=tuple(sorted(each.nom for each in connus.values())),
        constats=tuple(
            records.ConstatBilans(gravite=each.gravite, code=each.code, message=each.message, remede=each.remede) for each in found
        ),
    )
