"""Files held against each other: the seven exports, pupils of two schools, a LSU file, an extraction of ONDE, a sts_emp."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from bus.controler.lecture import ILLISIBLE, Lu
from bus.controler.rapport import Gravite, Rapport
from connectors.siecle.formats import KINDS
from processors.bilans_lsu import messages as bilans_messages
from processors.bilans_lsu.croisement import Bilans, Connu, Ligne, convertir, croiser, meme_annee
from processors.bilans_lsu.messages import exemples
from processors.bilans_lsu.reglages import Reglages as ReglagesBilans
from processors.lsu import messages as lot_messages
from processors.lsu.procedure import LOT
from processors.onde import extraction
from processors.onde import messages as onde_messages
from processors.presences import messages as presences_messages
from processors.presences.partages import partages
from processors.presences.reglages import Reglages as ReglagesPresences
from processors.presences.state import Presence
from schemas.records import onde, siecle, sts


def export_refuse(lu: Lu) -> str | None:
    """The kind of a SIECLE export of which nothing was taken: by its root, else by its usual name. None: not one."""
    if not lu.fautes:
        return None
    if lu.systeme == "siecle":
        return lu.kind.removeprefix("siecle.")
    named = {kind: re.match(rf"(?:ExportXML_)?{name}(?![a-z])", lu.nom, re.IGNORECASE) for kind, (_, name) in KINDS.items()}
    return next((kind for kind, found in named.items() if found), None) if lu.systeme == ILLISIBLE else None


def sept_fichiers(lus: Sequence[Lu], refuses: Mapping[str, str], rapport: Rapport) -> None:
    """The seven exports of synchro 2: all there, of one school, of one day (R-PRO-20 to 22).

    `refuses`: name → kind of those that are there, but of which nothing was taken; their own reports say why.
    """
    schools: dict[str, list[str]] = defaultdict(list)
    for each in lus:
        schools[each.debut.uai].append(each.nom)
    main = max(schools, key=lambda uai: len(schools[uai]))
    if len(schools) > 1:
        rapport.refus(lot_messages.autre_uai(main, sum(len(names) for uai, names in schools.items() if uai != main)))
        strangers = (f"{name} ({uai})" for uai, names in schools.items() if uai != main for name in names)
        rapport.dire(Gravite.INFORMATION, "AUTRE_ETABLISSEMENT", f"D'un autre établissement : {exemples(strangers)}.")
    kinds = {each.debut.type for each in lus if each.debut.uai == main}
    absent = [label for label, accepted in LOT.items() if not kinds & set(accepted)]
    missing = [label for label in absent if not set(LOT[label]) & set(refuses.values())]
    to_redo = [name for name, kind in refuses.items() if any(kind in LOT[label] for label in absent)]
    if to_redo:
        rapport.dire(
            Gravite.INFORMATION,
            "EXPORT_A_REFAIRE",
            f"Exports du lot qui ne peuvent pas être pris, jugés à part : {exemples(to_redo)}.",
        )
    if missing:
        rapport.refus(lot_messages.lot_incomplet(missing))
    days: set[date] = {each.debut.date_export for each in lus if each.debut.date_export is not None}
    if len(days) > 1:
        rapport.dire(Gravite.AVERTISSEMENT, "DATES_DIFFERENTES", lot_messages.dates_differentes(sorted(days)))
    years = {each.debut.millesime for each in lus if each.debut.millesime is not None}
    if len(years) > 1:
        told = ", ".join(str(year) for year in sorted(years))
        rapport.dire(
            Gravite.ANOMALIE, "ANNEES_DIFFERENTES", f"Les fichiers ne sont pas tous de la même année : {told}.", "Refaire les 7 exports."
        )
    rapport.chiffres["Exports du lot"] = len(LOT) - len(absent)


def ine_de_deux_etablissements(lus: Sequence[Lu], rapport: Rapport) -> None:
    """The same INE, active in two schools: the rule is that of the bus."""
    where: dict[str, dict[str, Presence]] = defaultdict(dict)
    for each in lus:
        for eleve in each.lignes(siecle.Eleve):
            if eleve.id_national and eleve.date_sortie is None:
                where[eleve.id_national.upper()][eleve.uai] = Presence(eleve.eleve_id, each.debut.millesime)
    shared = [(ecoles, pairs) for ecoles in where.values() if len(ecoles) > 1 and (pairs := partages(ReglagesPresences(), ecoles))]
    if shared:
        names = (f"{ecoles[uai].eleve_id} ({uai})" for ecoles, pairs in shared for uai, _ in pairs)
        rapport.dire(
            Gravite.ANOMALIE,
            presences_messages.CODE,
            f"INE actifs dans deux établissements : {len(shared)}. Identifiants SIECLE : {exemples(names)}.",
            presences_messages.REMEDE,
        )


def ine_en_double(lu: Lu, rapport: Rapport) -> None:
    """The same INE, of two pupils of one school."""
    pupils: dict[str, list[str]] = defaultdict(list)
    for eleve in lu.lignes(siecle.Eleve):
        if eleve.id_national and eleve.date_sortie is None:
            pupils[eleve.id_national.upper()].append(eleve.eleve_id)
    twice = [ids for ids in pupils.values() if len(ids) > 1]
    if twice:
        rapport.dire(
            Gravite.ANOMALIE,
            "INE_EN_DOUBLE",
            f"INE portés par plusieurs élèves de l'établissement : {len(twice)}. "
            f"Identifiants SIECLE : {exemples(name for ids in twice for name in ids)}.",
            "Rechercher dans SIECLE lequel de ces élèves a cet INE, et demander l'attribution de celui de l'autre.",
        )


def bilans_lsu(lu: Lu, autres: Sequence[Lu], rapport: Rapport) -> None:
    """A LSU file against the files of SIECLE and of STS-WEB of its school and year: the rule is that of the bus."""
    uai, millesime = lu.debut.uai, lu.debut.millesime
    same = [each for each in autres if each.debut is not None and each.debut.uai == uai and each.systeme in ("siecle", "sts")]
    decalee = ReglagesBilans().sts_decalee(uai)
    kept = [each for each in same if meme_annee(millesime, each.debut.millesime, decalee and each.systeme == "sts")]
    bilans = Bilans.de(_lignes(lu))
    rapport.chiffres |= {"Élèves": len(bilans.eleves), "Enseignants": len(bilans.enseignants)}
    found = croiser(bilans, Connu.de(ligne for each in kept for ligne in _lignes(each)))
    others = {each.nom: each.debut.millesime for each in same if each not in kept}
    if others:
        found = (*found, bilans_messages.autre_annee(millesime, others))
    for each in found:
        rapport.dire(Gravite[each.gravite], each.code, each.message, each.remede)


def _lignes(lu: Lu) -> Iterator[Ligne]:
    return (ligne for each in lu.records if (ligne := convertir(each.data)) is not None)


def extraction_onde(lu: Lu, rapport: Rapport) -> None:
    """Pupils without a class are lost in silence by what follows (R-ONDE-09)."""
    pupils = list(lu.lignes(onde.Eleve))
    without = sorted(extraction.ligne_de(each) for each in pupils if extraction.sans_classe(each))
    rapport.chiffres |= {"Élèves": len(pupils)} if pupils else {}
    if without:
        message = onde_messages.eleves_sans_classe(len(without), without[: extraction.MONTREES])
        rapport.dire(Gravite.ANOMALIE, "ELEVE_SANS_CLASSE", message, onde_messages.REMEDE_SANS_CLASSE)


def fichier_sts(lu: Lu, rapport: Rapport) -> None:
    """What every next step needs of a STS file: groups that no service goes with, services of unknown people (R-PRO-14)."""
    groups = {each.code_structure for each in lu.lignes(sts.Groupe)}
    services = list(lu.lignes(sts.Service))
    served = {each.code_structure for each in services if each.type_structure == "G"}
    people = {each.id for each in lu.lignes(sts.Individu)}
    rapport.chiffres |= {
        "Divisions": sum(1 for _ in lu.lignes(sts.Division)),
        "Groupes": len(groups),
        "Services": len(services),
        "Personnes": len(people),
    }
    if services and groups - served:
        rapport.dire(
            Gravite.AVERTISSEMENT,
            "GROUPE_SANS_SERVICE",
            f"Groupes sans aucun service : {exemples(groups - served)}.",
            "Pour tout groupe où il y a un service de notation associé sur PRONOTE il faut qu'il existe sur STSWEB un groupe avec un "
            "service de la discipline en question.",
        )
    strangers = {each.id for service in services for each in service.enseignants if each.id not in people}
    if lu.debut.type == "sts_emp" and strangers:
        rapport.dire(
            Gravite.ANOMALIE,
            "ENSEIGNANT_INCONNU",
            f"Services confiés à des personnes que le fichier ne connaît pas : {len(strangers)}.",
            "Refaire l'export « Emploi du temps » de STS-WEB.",
        )
