"""Which rule decides which event of a school; slices that nothing refers to any more are forgotten."""

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from processors.depot_siecle import calcul, depot, instantanes, messages, tranches
from processors.depot_siecle.comparaison import LigneComparee
from processors.depot_siecle.reglages import Reglages
from processors.depot_siecle.state import Constat, Ecole, Tete, Transfert
from schemas.outcome import ECHEANCE, Emitted, Event, Outcome, Refusal
from schemas.records import siecle as records
from schemas.records.synchros import SynchroFaite

EXPORTS = frozenset({"siecle.exports.v1", "sts.echanges.v1", "pronote.liens_eleve_groupe.v1"})
"""Topics of whole files."""
QUI_PREDIT = frozenset({"ELEVES", "STRUCTURES", "STS", instantanes.COMMUNS})
"""What may make possible a prediction that was not."""

Regle = Callable[[Reglages, Ecole, Event], Outcome]


def decide(reglages: Reglages, state: Ecole | None, event: Event) -> Outcome:
    """Decide one event of a school. Raises KeyError for a record that is none of its inputs'."""
    before = state or Ecole()
    if event.topic in EXPORTS:
        outcome = _export(reglages, before, event)
    else:
        outcome = REGLES[event.type](reglages, before, event)
    return _oublier(event.key, state, before, outcome)


# --- whole files -----------------------------------------------------------------------------------------------------


def _export(reglages: Reglages, ecole: Ecole, event: Event) -> Outcome:
    match event.type:
        case "instantane_debut":
            return Outcome(instantanes.debut(ecole, event))
        case "instantane_fin":
            found = instantanes.fin(ecole, event)
            if isinstance(found, Refusal):
                return Outcome(ecole, refusal=found, because=found.message)
            after, emitted, collection = found
            return _suite(reglages, after, emitted, collection, event)
        case _:
            after, emitted = instantanes.ligne(ecole, event)
            return Outcome(after, emitted)


def _suite(reglages: Reglages, ecole: Ecole, emitted: tuple[Emitted, ...], collection: str | None, event: Event) -> Outcome:
    """What the end of a file starts: a prediction for links, and again where it was impossible without this file."""
    if collection == "FICHIER":
        return _fichier(reglages, ecole, emitted, event)
    if collection in QUI_PREDIT and ecole.a_predire and "ELEVES" in ecole.tetes:
        ecole, orders = depot.predire(replace(ecole, a_predire=False), event.key)
        emitted = (*emitted, *orders)
    return Outcome(ecole, emitted, because="fichier entier" if collection else "rien n'en est gardé")


def _fichier(reglages: Reglages, ecole: Ecole, emitted: tuple[Emitted, ...], event: Event) -> Outcome:
    """A file of links: too big or of another year, it stops here, before any deposit (R-PRO-43); else its report is predicted."""
    tete = ecole.tetes["FICHIER"]
    annee = calcul.annee_utilisee(reglages, ecole, event.key)
    if tete.nombre > reglages.eleves_max or (annee is not None and tete.millesime != annee):
        after, order = depot.collecter(ecole, event.key, "MILLESIME", ())
    else:
        after, (order,) = depot.predire(ecole, event.key)
    return Outcome(after, (*emitted, order), because=f"{tete.nombre} élèves")


def _collecte_faite(reglages: Reglages, ecole: Ecole, event: Event) -> Outcome:
    """A file that must be made again is refused once it is kept: deposited all the same, it gets SIECLE's own message (R-PRO-53)."""
    data: records.CollecteFaite = event.data
    tete = ecole.tetes.get("FICHIER")
    if data.motif != "MILLESIME" or tete is None:
        return calcul.collecte_faite(reglages, ecole, event)
    annee = calcul.annee_utilisee(reglages, ecole, event.key)
    if tete.nombre > reglages.eleves_max:
        refusal = messages.trop_grand(reglages.eleves_max)
    elif annee is not None and tete.millesime != annee:
        refusal = messages.millesime(tete.millesime, annee)
    else:
        return calcul.collecte_faite(reglages, ecole, event)
    return Outcome(ecole, refusal=refusal, because=refusal.message)


# --- synchros and SIECLE's report ------------------------------------------------------------------------------------


def _synchro_faite(_reglages: Reglages, ecole: Ecole, event: Event) -> Outcome:
    """3: STS Web has the timetable's structure. 4a: SIECLE has STS Web's (R-PRO-03)."""
    data: SynchroFaite = event.data
    if data.synchro == "S3":
        return Outcome(replace(ecole, synchro_3=data.faite_le, edt_importe=ecole.tetes.get("EDT", ecole.edt_importe)))
    if data.synchro == "S4A":
        sent = Transfert(data.faite_le, calcul.tetes_sts(ecole))
        return Outcome(replace(ecole, synchro_4a=data.faite_le, transfert=sent))
    return Outcome(ecole, counted="sans_effet")


def _compte_rendu_lu(_reglages: Reglages, ecole: Ecole, event: Event) -> Outcome:
    """SIECLE's real report: compared with the last one computed for the same file."""
    data: records.CompteRenduLu = event.data
    version = ecole.versions + 1
    rows = (LigneComparee(each.section, each.identifiants, each.eleve, each.anomalie, each.regle) for each in data.lignes)
    count, nombre, orders = tranches.decouper(event.key, "CONSTATE", version, rows)
    tete = Tete(collection="CONSTATE", version=version, tranches=count, nombre=nombre, fichier=data.fichier, recu_le=event.time)
    constat = Constat(
        tete=tete,
        fichier=data.fichier,
        date_import=data.date_import,
        eleves=data.eleves,
        absents=data.absents,
        rejetes=data.rejetes,
        anomalies=data.avec_anomalies,
        detaille=data.detaille,
    )
    computed = ecole.calcul
    tetes = (tete,) if computed is None or computed.fichier != data.fichier else (tete, computed.tete)
    after, order = depot.collecter(replace(ecole, versions=version, constat=constat), event.key, "COMPARAISON", tetes)
    return Outcome(after, (*orders, order), because=f"{nombre} ligne(s) lue(s)")


# --- slices that are of no use any more ------------------------------------------------------------------------------


def _oublier(uai: str, state: Ecole | None, before: Ecole, outcome: Outcome) -> Outcome:
    if outcome.refusal is not None:
        return Outcome(state, outcome.emitted, outcome.refusal, because=outcome.because)
    after: Ecole = outcome.state
    if after is before:
        return Outcome(state, outcome.emitted, deadlines=outcome.deadlines, counted=outcome.counted, because=outcome.because)
    gone = sorted({*_gardees(uai, before)} - {*_gardees(uai, after)}) if _change(before, after) else ()
    emitted = (*outcome.emitted, *(tranches.oublier(uai, each) for each in gone))
    return Outcome(after, emitted, deadlines=outcome.deadlines, counted=outcome.counted, because=outcome.because)


def _change(before: Ecole, after: Ecole) -> bool:
    """Rows only fill buffers: slices can only become useless where a head moved."""
    return any(getattr(before, name) is not getattr(after, name) for name in _PORTEURS) or any(
        before.en_cours[topic].version != getattr(after.en_cours.get(topic), "version", None) for topic in before.en_cours
    )


_PORTEURS = ("tetes", "edt_importe", "transfert", "depot", "collectes", "calcul", "constat")


def _gardees(uai: str, ecole: Ecole) -> Iterator[str]:
    """The keys of every slice that something refers to."""
    for tete in _tetes(ecole):
        yield from tranches.cles(uai, tete)
    for arriving in ecole.en_cours.values():
        if arriving.collection is not None:
            yield from (tranches.cle(uai, arriving.collection, arriving.version, rang) for rang in range(arriving.tranches))


def _tetes(ecole: Ecole) -> Iterator[Tete]:
    yield from ecole.tetes.values()
    for collecte in ecole.collectes.values():
        yield from collecte.tetes
    if ecole.edt_importe is not None:
        yield ecole.edt_importe
    yield from (holder.tete for holder in (ecole.depot, ecole.calcul, ecole.constat) if holder is not None)
    yield from (ecole.transfert.tetes if ecole.transfert is not None else ())


REGLES: Mapping[str, Regle] = {
    "depot_demande": depot.demande,
    "depot_reponse": depot.reponse,
    "prediction_demande": depot.prediction_demande,
    "lien_saisi": depot.lien_saisi,
    "collecte_faite": _collecte_faite,
    "compte_rendu_lu": _compte_rendu_lu,
    "synchro_faite": _synchro_faite,
    "synchro_en_cours": lambda _reglages, ecole, _event: Outcome(ecole, counted="sans_effet"),
    "synchro_complete": lambda _reglages, ecole, _event: Outcome(ecole, counted="sans_effet"),
    "version_refusee": lambda _reglages, ecole, _event: Outcome(ecole, counted="sans_effet"),
    "controle_demande": lambda _reglages, ecole, _event: Outcome(ecole, counted="sans_effet"),
    "lot_complet": lambda _reglages, ecole, _event: Outcome(ecole, counted="sans_effet"),
    "import_controle": lambda _reglages, ecole, _event: Outcome(ecole, counted="sans_effet"),
    "bilan_import": lambda _reglages, ecole, _event: Outcome(ecole, counted="sans_effet"),
    ECHEANCE: depot.nuit,
}
