"""Files held against each other: the seven exports, pupils of two schools, a LSU file, an extraction of ONDE, a sts_emp."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from bus.controler.lecture import Lu
from bus.controler.rapport import Gravite, Rapport
from processors.lsu import messages as lot_messages
from processors.lsu.procedure import LOT
from schemas.records import lsu, onde, siecle, sts

MONTRES = 10
"""Examples that a message gives."""


def _exemples(values: Iterable[str]) -> str:
    found = sorted(set(values))
    return ", ".join(found[:MONTRES]) + (f"… ({len(found)} en tout)" if len(found) > MONTRES else "")


def sept_fichiers(lus: Sequence[Lu], rapport: Rapport) -> None:
    """The seven exports of synchro 2: all there, of one school, of one day (R-PRO-20 to 22)."""
    schools: dict[str, list[str]] = defaultdict(list)
    for each in lus:
        schools[each.debut.uai].append(each.nom)
    main = max(schools, key=lambda uai: len(schools[uai]))
    if len(schools) > 1:
        rapport.refus(lot_messages.autre_uai(main, sum(len(names) for uai, names in schools.items() if uai != main)))
        strangers = (f"{name} ({uai})" for uai, names in schools.items() if uai != main for name in names)
        rapport.dire(Gravite.INFORMATION, "AUTRE_ETABLISSEMENT", f"D'un autre établissement : {_exemples(strangers)}.")
    kinds = {each.debut.type for each in lus if each.debut.uai == main}
    missing = [label for label, accepted in LOT.items() if not kinds & set(accepted)]
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
    rapport.chiffres["Exports du lot"] = len(LOT) - len(missing)


def ine_de_deux_etablissements(lus: Sequence[Lu], rapport: Rapport) -> None:
    """The same INE, active in two schools."""
    where: dict[str, set[str]] = defaultdict(set)
    which: dict[str, set[str]] = defaultdict(set)
    for each in lus:
        for eleve in each.lignes(siecle.Eleve):
            if eleve.id_national and eleve.date_sortie is None:
                where[eleve.id_national.upper()].add(eleve.uai)
                which[eleve.id_national.upper()].add(f"{eleve.eleve_id} ({eleve.uai})")
    twice = [ine for ine, schools in where.items() if len(schools) > 1]
    if twice:
        examples = _exemples(name for ine in twice for name in which[ine])
        rapport.dire(
            Gravite.ANOMALIE,
            "INE_DANS_DEUX_ETABLISSEMENTS",
            f"INE actifs dans deux établissements : {len(twice)}. Identifiants SIECLE : {examples}.",
            "Vérifier avec l'autre établissement lequel garde l'élève, puis saisir sa sortie dans l'autre base.",
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
            f"Identifiants SIECLE : {_exemples(name for ids in twice for name in ids)}.",
            "Rechercher dans SIECLE lequel de ces élèves a cet INE, et demander l'attribution de celui de l'autre.",
        )


def bilans_lsu(lu: Lu, autres: Sequence[Lu], rapport: Rapport) -> None:
    """`id-be`, `id-sts`, disciplines and divisions of a LSU file against SIECLE and STS."""
    uai = lu.debut.uai
    same = [each for each in autres if each.debut is not None and each.debut.uai == uai]
    pupils = {each.eleve_id: each for other in same for each in other.lignes(siecle.Eleve)}
    divisions = {each.code_structure for other in same for each in other.lignes(siecle.Division)}
    divisions |= {each.code_structure for other in same for each in other.lignes(sts.Division)}
    subjects = {each.code_matiere for other in same for type_ in (siecle.Matiere, sts.Matiere) for each in other.lignes(type_)}
    people = {(each.type, each.id) for other in same for each in other.lignes(sts.Individu)}
    mine = list(lu.lignes(lsu.Eleve))
    rapport.chiffres |= {"Élèves": len(mine), "Enseignants": len(list(lu.lignes(lsu.Enseignant)))}
    if pupils:
        _absents(rapport, "ID_BE_INCONNU", "Élèves dont l'id-be n'est pas dans SIECLE", (e.id_be for e in mine if e.id_be not in pupils))
        moved = [
            e.id_be
            for e in mine
            if e.id_be in pupils
            and e.code_division
            and e.code_division not in {s.code_structure for s in pupils[e.id_be].structures if s.type_structure == "D"}
        ]
        _absents(rapport, "DIVISION_DIFFERENTE", "Élèves dont la division n'est pas celle de SIECLE (id-be)", moved)
    if divisions:
        codes = (e.code_division for e in mine if e.code_division and e.code_division not in divisions)
        _absents(rapport, "DIVISION_INCONNUE", "Divisions inconnues de SIECLE et de STS-WEB", codes)
    if subjects:
        unknown = (d.code for d in lu.lignes(lsu.Discipline) if d.code not in subjects)
        _absents(rapport, "DISCIPLINE_INCONNUE", "Disciplines inconnues de la nomenclature", unknown)
    if people:
        strangers = (
            f"{t.type} {t.id_sts}" for t in lu.lignes(lsu.Enseignant) if t.type in ("epp", "local") and (t.type, t.id_sts) not in people
        )
        _absents(rapport, "ID_STS_INCONNU", "Enseignants dont l'id-sts n'est pas dans STS-WEB", strangers)
    if not (pupils or divisions or subjects or people):
        rapport.dire(
            Gravite.INFORMATION,
            "RIEN_A_CROISER",
            "Aucun export de SIECLE ni de STS-WEB de cet établissement n'est donné : seul le fichier lui-même est contrôlé.",
            "Ajouter --avec pour l'export Élèves, Structures, Nomenclature et le fichier sts_emp.",
        )


def _absents(rapport: Rapport, code: str, label: str, values: Iterable[str | None]) -> None:
    found = [value or "(vide)" for value in values]
    if found:
        rapport.dire(
            Gravite.ANOMALIE,
            code,
            f"{label} : {_exemples(found)}.",
            "Actualiser la base du logiciel (synchros 1 et 2), puis refaire le fichier.",
        )


def extraction_onde(lu: Lu, rapport: Rapport) -> None:
    """Pupils without a class are lost in silence by what follows (R-ONDE-09)."""
    pupils = list(lu.lignes(onde.Eleve))
    without = [each for each in pupils if not (each.classe or "").strip()]
    rapport.chiffres |= {"Élèves": len(pupils)} if pupils else {}
    if without:
        rapport.dire(
            Gravite.ANOMALIE,
            "ELEVE_SANS_CLASSE",
            f"Élèves sans classe : {len(without)}, aux lignes {_exemples_lignes(each.rang + 1 for each in without)}. Ils ne seraient pas "
            "exportés.",
            "Affecter ces élèves à une classe dans ONDE, puis refaire l'extraction.",
        )


def _exemples_lignes(lines: Iterable[int]) -> str:
    found = sorted(lines)
    return ", ".join(map(str, found[:MONTRES])) + ("…" if len(found) > MONTRES else "")


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
            f"Groupes sans aucun service : {_exemples(groups - served)}.",
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
