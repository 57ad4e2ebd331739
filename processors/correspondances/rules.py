"""Correspondences between EDT and STS-WEB: exact ones hold, the others are proposed to a person whose choice is kept (R-PRO-12 to 14)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from processors.correspondances import messages
from processors.correspondances.rapprochement import exact, norme, proposer
from processors.correspondances.state import Element, Etat, Sts
from schemas.outcome import Emitted, Event, Outcome, Refusal
from schemas.records import lsu as records
from schemas.records import sts as sts_records

TOPIC = "lsu.correspondances.v1"
SUJET_SERVICES = "services_notation"
AVANT: Mapping[str, tuple[str, ...]] = {
    "MATIERE": (),
    "PROFESSEUR": ("MATIERE",),
    "CLASSE": ("MATIERE",),
    "GROUPE": ("MATIERE", "PROFESSEUR", "CLASSE"),
}
"""Nature → those that must be matched before it (R-PRO-12)."""


def decide(_reglages: None, state: Etat | None, event: Event) -> Outcome:
    """Decide one event of a school. Raises KeyError for a record of another contract."""
    before = state or Etat()
    rule = REGLES.get(event.type, _ligne) if event.topic == "sts.echanges.v1" else REGLES[event.type]
    outcome = rule(before, event)
    if outcome.state is before:
        return Outcome(state, outcome.emitted, outcome.refusal, counted=outcome.counted, because=outcome.because)
    return outcome


def _refuser(etat: Etat, refusal: Refusal) -> Outcome:
    return Outcome(etat, refusal=refusal, because=refusal.message)


# --- STS-WEB's side --------------------------------------------------------------------------------------------------


def _debut(etat: Etat, event: Event) -> Outcome:
    """A new sts_emp takes the place of the one before at once: both would not fit in a state. What people chose stays."""
    data: sts_records.InstantaneDebut = event.data
    if data.type != "sts_emp":
        return Outcome(etat, counted="autre_fichier")
    return Outcome(replace(etat, sts=Sts(recu=data.recu, fichier=data.fichier, date_export=data.date_export)))


def _ligne(etat: Etat, event: Event) -> Outcome:
    sts = etat.sts
    if sts is None or sts.entier:
        return Outcome(etat, counted="ligne_sans_effet")
    return Outcome(replace(etat, sts=_prendre(replace(sts, lignes=sts.lignes + 1), event.data)))


def _prendre(sts: Sts, row: Any) -> Sts:
    match row:
        case sts_records.Matiere():
            return _ajouter(sts, "MATIERE", Element(row.code_matiere, row.libelle_long or row.libelle_court or row.code_matiere))
        case sts_records.Individu() if not row.suppleant:
            name = row.nom_usage or row.nom_patronymique
            return sts if not name else _ajouter(sts, "PROFESSEUR", Element(f"{row.type or ''}/{row.id}", name, row.prenom or None))
        case sts_records.Division():
            return _ajouter(sts, "CLASSE", Element(row.code_structure, row.code_structure))
        case sts_records.Groupe():
            return _ajouter(sts, "GROUPE", Element(row.code_structure, row.code_structure))
        case sts_records.Service() if row.type_structure == "G":
            known = sts.services.get(row.code_structure, ())
            codes = tuple(dict.fromkeys((*known, row.code_matiere)))
            return replace(sts, services={**sts.services, row.code_structure: codes})
    return sts


def _ajouter(sts: Sts, nature: str, element: Element) -> Sts:
    return replace(sts, elements={**sts.elements, nature: (*sts.elements.get(nature, ()), element)})


def _fin(etat: Etat, event: Event) -> Outcome:
    """The whole file is there: what was asked before is matched again, with what people chose."""
    data: sts_records.InstantaneFin = event.data
    if data.type != "sts_emp":
        return Outcome(etat, counted="autre_fichier")
    sts = etat.sts
    if sts is None or sts.recu != data.recu or sts.lignes != data.nombre:
        return _refuser(etat, messages.INSTANTANE_INCOMPLET)
    after = replace(etat, sts=replace(sts, entier=True))
    return Outcome(after, tuple(each for nature in after.demandes for each in _etablir(after, event.key, nature)))


# --- EDT's side ------------------------------------------------------------------------------------------------------


def _elements(etat: Etat, event: Event) -> Outcome:
    data: records.ElementsEdt = event.data
    if etat.sts is None or not etat.sts.entier:
        return _refuser(etat, messages.SANS_STS)
    missing = tuple(each for each in AVANT[data.nature] if each not in etat.demandes)
    if missing:
        return _refuser(etat, messages.ordre(data.nature, missing))
    after = replace(etat, demandes={**etat.demandes, data.nature: tuple(dict.fromkeys(data.elements))})
    return Outcome(after, tuple(_etablir(after, event.key, data.nature)), because=f"{len(data.elements)} éléments")


def _choix(etat: Etat, event: Event) -> Outcome:
    """A person's choice: it holds for this synchro and the next ones, as long as STS-WEB has that element."""
    data: records.ChoixCorrespondance = event.data
    if etat.sts is None or not etat.sts.entier:
        return _refuser(etat, messages.SANS_STS)
    chosen = dict(etat.choix.get(data.nature, {}))
    if data.sts is None:
        chosen.pop(data.edt, None)
    elif all(each.sts != data.sts for each in etat.sts.elements.get(data.nature, ())):
        return _refuser(etat, messages.CHOIX_INCONNU)
    else:
        chosen[data.edt] = data.sts
    after = replace(etat, choix={**etat.choix, data.nature: chosen})
    known = data.edt in after.demandes.get(data.nature, ())
    return Outcome(after, tuple(_etablir(after, event.key, data.nature)) if known else (), because="choix gardé")


def _etablir(etat: Etat, uai: str, nature: Any) -> Iterator[Emitted]:
    assert etat.sts is not None, "its callers have seen it"
    found = [_une(etat, etat.sts, uai, nature, edt) for edt in etat.demandes[nature]]
    count = {statut: sum(each.statut == statut for each in found) for statut in ("EXACTE", "CHOISIE", "PROPOSEE", "SANS")}
    head = records.Correspondances(
        uai=uai,
        nature=nature,
        exactes=count["EXACTE"],
        choisies=count["CHOISIE"],
        proposees=count["PROPOSEE"],
        sans=count["SANS"],
        export_sts=etat.sts.date_export,
        fichier_sts=etat.sts.fichier,
    )
    yield Emitted(TOPIC, "correspondances", head, subject=f"correspondances/{nature}")
    for each in found:
        yield Emitted(TOPIC, "correspondance", each, subject=f"correspondances/{nature}")


def _une(etat: Etat, sts: Sts, uai: str, nature: Any, edt: str) -> records.Correspondance:
    elements, people = sts.elements.get(nature, ()), nature == "PROFESSEUR"
    chosen = etat.choix.get(nature, {}).get(edt)
    if chosen is not None and any(each.sts == chosen for each in elements):
        return records.Correspondance(uai=uai, nature=nature, edt=edt, statut="CHOISIE", sts=chosen)
    same = exact(edt, elements, people)
    if same is not None:
        return records.Correspondance(uai=uai, nature=nature, edt=edt, statut="EXACTE", sts=same.sts)
    near = tuple(records.Proposition(sts=each.sts, libelle=each.complet) for each in proposer(edt, elements, people))
    return records.Correspondance(uai=uai, nature=nature, edt=edt, statut="PROPOSEE" if near else "SANS", propositions=near)


# --- marks -----------------------------------------------------------------------------------------------------------


def _notation(etat: Etat, event: Event) -> Outcome:
    """Each group of PRONOTE with a marks service needs a group of STS-WEB with a service of that discipline (R-PRO-14)."""
    data: records.ServicesNotation = event.data
    sts = etat.sts
    if sts is None or not sts.entier:
        return _refuser(etat, messages.SANS_STS)
    groups = {each.sts for each in sts.elements.get("GROUPE", ())}
    emitted = []
    for service in data.services:
        if service.groupe not in groups:
            emitted.append(_manque(data.uai, service, "GROUPE_ABSENT"))
        elif not _disciplines(sts, service.discipline) & set(sts.services.get(service.groupe, ())):
            emitted.append(_manque(data.uai, service, "SERVICE_ABSENT"))
    head = records.ServicesVerifies(uai=data.uai, services=len(data.services), manquants=len(emitted), fichier_sts=sts.fichier)
    checked = Emitted(TOPIC, "services_verifies", head, subject=SUJET_SERVICES)
    return Outcome(etat, (checked, *emitted), because=f"{len(emitted)} service(s) manquant(s)")


def _disciplines(sts: Sts, said: str) -> set[str]:
    """Codes of the subjects that have this code or this label."""
    wanted = norme(said)
    return {each.sts for each in sts.elements.get("MATIERE", ()) if wanted in (norme(each.sts), norme(each.libelle))} | {said}


def _manque(uai: str, service: records.ServiceNotation, raison: records.RaisonService) -> Emitted:
    missing = records.ServiceManquant(
        uai=uai, groupe=service.groupe, discipline=service.discipline, raison=raison, message=messages.NOTATION
    )
    return Emitted(TOPIC, "service_manquant", missing, subject=SUJET_SERVICES)


REGLES: Mapping[str, Callable[[Etat, Event], Outcome]] = {
    "instantane_debut": _debut,
    "instantane_fin": _fin,
    "elements_edt": _elements,
    "choix_correspondance": _choix,
    "services_notation": _notation,
}
