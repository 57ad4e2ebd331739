"""The import of pupils into PRONOTE: its options, its method, what its report must say (R-PRO-23 to 25)."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from processors.lsu import lot, messages
from processors.lsu.procedure import COCHEES, OPTIONS
from processors.lsu.reglages import Reglages
from processors.lsu.state import Etat, Import
from schemas.outcome import Emitted, Event, Outcome, Refusal
from schemas.records import synchros as records


def controler(reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    """What was chosen before « Importer »: impossible choices are refused, unexpected ones are told to a person."""
    data: records.ImportEleves = event.data
    jour = data.sortis_au or reglages.jour_des_sorties(data.uai)
    latest, incomplete = lot.choisis(etat, set(etat.exports))
    refusal = _jour(data, jour) or (incomplete if data.methode == "EXPORT_SIECLE" else _annee(reglages, data))
    if refusal is not None:
        return Outcome(etat, refusal=refusal, because=refusal.message)
    limit = jour if data.ignorer_sortis else None
    ignored = _ignores(etat, latest[lot.ELEVES], limit) if data.methode == "EXPORT_SIECLE" else None
    differences = tuple(_differences(reglages, data))
    checked = records.ImportControle(
        uai=data.uai,
        methode=data.methode,
        annee=data.annee if data.methode == "NETSYNCHRO" else None,
        sortis_au=limit,
        ignores_attendus=ignored,
        differences=differences,
    )
    emitted = [Emitted(lot.ETATS, "import_controle", checked)]
    if differences:
        emitted.append(_controle(data.uai, "OPTIONS_IMPORT", messages.options_import(differences)))
    return Outcome(replace(etat, importe=Import(data.nouveaux_eleves, ignored)), tuple(emitted), because="choix de l'import connus")


def bilan(_reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    """The report's counts against what was expected; it must be read by a person (R-PRO-25)."""
    data: records.BilanAffiche = event.data
    known = etat.importe or Import()
    found = tuple(_ecarts(known, data))
    told = records.BilanImport(
        uai=data.uai,
        affiche_le=event.time,
        crees=data.crees,
        mis_a_jour=data.mis_a_jour,
        ignores=data.ignores,
        ignores_attendus=known.ignores,
        consulte=data.consulte,
        ecarts=found,
    )
    emitted = [Emitted(lot.ETATS, "bilan_import", told)]
    if found:
        emitted.append(_controle(data.uai, "ECART_BILAN", " ".join(found)))
    if not data.consulte:
        emitted.append(_controle(data.uai, "BILAN_IMPORT", messages.BILAN))
    return Outcome(replace(etat, importe=replace(known, consulte=data.consulte)), tuple(emitted), because="bilan de l'import")


def _jour(data: records.ImportEleves, jour: date | None) -> Refusal | None:
    return messages.SANS_JOUR_DES_SORTIES if data.ignorer_sortis and jour is None else None


def _annee(reglages: Reglages, data: records.ImportEleves) -> Refusal | None:
    """NetSynchro is asked for one year, which must be the one that SIECLE uses (R-PRO-07, R-PRO-24)."""
    expected = reglages.annee_siecle(data.uai)
    if data.annee is None or (expected is not None and data.annee != expected):
        return messages.annee_netsynchro(data.annee, expected)
    return None


def _ignores(etat: Etat, kind: str, jour: date | None) -> int:
    """Pupils who left on that day or before."""
    leaving = etat.exports[kind].sorties
    return sum(count for day, count in leaving.items() if jour is not None and day <= jour.isoformat())


def _differences(reglages: Reglages, data: records.ImportEleves) -> Iterator[str]:
    """Labels of the options that are not as expected, and the day that is not the configured one."""
    expected = reglages.options_attendues(data.uai)
    ticked = COCHEES if expected is None else expected
    for name, label in OPTIONS.items():
        if getattr(data, name) != (name in ticked):
            yield messages.option(label, cochee=name not in ticked)
    configured = reglages.jour_des_sorties(data.uai)
    if data.ignorer_sortis and data.sortis_au is not None and configured is not None and data.sortis_au != configured:
        yield messages.autre_jour_des_sorties(data.sortis_au, configured)


def _ecarts(known: Import, data: records.BilanAffiche) -> Iterator[str]:
    if known.ignores is not None and data.ignores != known.ignores:
        yield messages.ecart_ignores(data.ignores, known.ignores)
    if not known.nouveaux and data.crees:
        yield messages.ecart_crees(data.crees)


def _controle(uai: str, code: str, message: str) -> Emitted:
    return Emitted(lot.ETATS, "controle_demande", records.ControleDemande(uai=uai, synchro="S2", code=code, message=message))
