"""Matching of registrations (Apogée) and bursary dossiers (Aglaé) of one student, and what follows from it (R-AGL-08…38).

An event first becomes a fact of the student's state, or is counted as known or out of date; then every registration of its
year is looked at again. A decision therefore needs no order between the two systems.
"""

import hashlib
from datetime import datetime
from typing import Any

import msgspec

from processors.bourses import avis, calendrier, croisement, droits, ecarts, messages, procedure, statut_apogee, transmissions
from processors.bourses.decisions import publier
from processors.bourses.matching import Constat, constater
from processors.bourses.reglages import Reglages
from processors.bourses.state import Administratif, Dossier, Etudiant, Inscription, Retraitement, SuiteDossier, Voeu
from schemas import subjects
from schemas.identifiants import join_nne, normalise
from schemas.outcome import Emitted, Event, Outcome, Parked
from schemas.records import aglae, apogee, bourses, crous, nne, pve

DIGEST_BYTES = 16


def decide(reglages: Reglages, state: Etudiant | None, event: Event) -> Outcome:
    """Pure. The status of each registration of the event's year is published when it changes."""
    etudiant = state if state is not None else Etudiant()
    match event.data:
        case apogee.Inscription() as record:
            outcome = _inscription(reglages, etudiant, event, record)
        case aglae.Dossier() as record:
            outcome = _dossier(reglages, etudiant, event, record)
        case aglae.Retraitement() as record:
            outcome = _retraitement(reglages, etudiant, event, record)
        case crous.DecisionCrous() as record:
            outcome = _decision_crous(reglages, etudiant, event, record)
        case pve.Demande() as record:
            outcome = calendrier.enregistrer(reglages, etudiant, event.id, record)
        case nne.CorrectionNne() as record:
            outcome = _correction(reglages, etudiant, event, record)
        case bourses.FaitsTransmis() as record:
            outcome = _faits_transmis(reglages, etudiant, event, record)
        case bourses.InscriptionTransmise() as record:
            outcome = _inscription(reglages, etudiant, event, transmissions.inscription_de(record))
        case bourses.NumeroCite() as record:
            outcome = _numero_cite(reglages, etudiant, event, record)
        case _:
            outcome = Outcome(etudiant, refusal=messages.EVENEMENT_INCONNU)
    return msgspec.structs.replace(outcome, state=None) if state is None and outcome.state is etudiant else outcome


def provides(event: Event) -> str | None:
    """A registration seen or created is what its own changes wait for. A mark is provided by whatever event causes it."""
    record = transmissions.inscription_de(event.data) if isinstance(event.data, bourses.InscriptionTransmise) else event.data
    if isinstance(record, apogee.Inscription) and record.type not in procedure.SUPPOSE_CONNUE:
        return _awaited_registration(record)
    return None


# --- an event becomes a fact -----------------------------------------------------------------------------------------


def _inscription(reglages: Reglages, etudiant: Etudiant, event: Event, record: apogee.Inscription) -> Outcome:
    if not (len(record.cod_anu) == 4 and record.cod_anu.isascii() and record.cod_anu.isdigit()):
        return Outcome(etudiant, refusal=messages.ANNEE_INVALIDE)
    transfert = transmissions.transfert_de(etudiant, record.uai, record.cod_etu)
    if transfert is not None:
        return Outcome(etudiant, (transmissions.faire_suivre(transfert, record),), counted="transmise", because=messages.TRANSMISE)
    identite = (record.uai, record.cod_anu, record.cod_ind, record.cod_etp, record.cod_vrs_vet)
    known = etudiant.inscription(identite)
    if known is None and record.type in procedure.SUPPOSE_CONNUE:
        return Outcome(
            etudiant, parked=Parked(_awaited_registration(record), messages.LABEL_INSCRIPTION), because=messages.ATTEND_INSCRIPTION
        )
    new = _registration(reglages, event, record, known)
    if known is not None and new.empreinte == known.empreinte:
        if new.dat_mod_iae != known.dat_mod_iae:
            etudiant = _with_registration(etudiant, msgspec.structs.replace(known, dat_mod_iae=new.dat_mod_iae), known)
        return Outcome(etudiant, counted="doublon", because=messages.DOUBLON)
    if known is not None and _older(record.dat_mod_iae, known.dat_mod_iae):
        return Outcome(etudiant, counted="perime", because=messages.PERIME)
    etudiant, emitted, because = _reconsider(reglages, _with_registration(etudiant, new, known), new.annee, event.time)
    return Outcome(etudiant, emitted, counted=_counted(etudiant, new), because=because)


def _dossier(reglages: Reglages, etudiant: Etudiant, event: Event, record: aglae.Dossier) -> Outcome:
    known = next((d for d in etudiant.dossiers if d.annee == record.annee), None)
    new = _bursary_file(event, record, known)
    if known is not None and new.empreinte == known.empreinte:
        if new.dat_mod != known.dat_mod:
            etudiant = _with_dossier(etudiant, msgspec.structs.replace(known, dat_mod=new.dat_mod))
        return Outcome(etudiant, counted="doublon", because=messages.DOUBLON)
    if known is not None and _older(record.dat_mod, known.dat_mod):
        return Outcome(etudiant, counted="perime", because=messages.PERIME)
    etudiant, emitted, because = _reconsider(reglages, _with_dossier(etudiant, new), new.annee, event.time)
    return Outcome(etudiant, emitted, because=because)


def _retraitement(reglages: Reglages, etudiant: Etudiant, event: Event, record: aglae.Retraitement) -> Outcome:
    marked = any((m.numero, m.inscription[0], m.inscription[3]) == (record.numero, record.uai, record.cod_etp) for m in etudiant.marques)
    if not marked:
        waits_for = f"marque {record.annee}/{record.uai}/{record.cod_etp}"
        return Outcome(etudiant, parked=Parked(waits_for, messages.LABEL_MARQUE), because=messages.ATTEND_MARQUE)
    target = (record.numero, record.uai, record.cod_etp)
    known = next((r for r in etudiant.retraitements if (r.numero, r.uai, r.cod_etp) == target), None)
    if known is not None and (known.resultat, known.motif) == (record.resultat, record.motif):
        return Outcome(etudiant, counted="doublon", because=messages.DOUBLON)
    new = Retraitement(
        numero=record.numero,
        annee=record.annee,
        uai=record.uai,
        cod_etp=record.cod_etp,
        resultat=record.resultat,
        motif=record.motif,
        evenement=event.id,
    )
    others = tuple(r for r in etudiant.retraitements if r is not known)
    etudiant = msgspec.structs.replace(etudiant, retraitements=(*others, new))
    etudiant, emitted, because = _reconsider(reglages, etudiant, new.annee, event.time)
    return Outcome(etudiant, emitted, because=because)


def _decision_crous(reglages: Reglages, etudiant: Etudiant, event: Event, record: crous.DecisionCrous) -> Outcome:
    ligne = croisement.ligne_de(record)
    known = croisement.connue(etudiant, record.annee)
    if known is not None and known.empreinte == ligne.empreinte:
        return Outcome(etudiant, counted="doublon", because=messages.DOUBLON)
    if known is not None and _older(record.dat_mod, known.dat_mod):
        return Outcome(etudiant, counted="perime", because=messages.PERIME)
    etudiant, crossed, reported = croisement.croiser(etudiant, event, record, ligne)
    etudiant, emitted, changes = _reconsider(reglages, etudiant, record.annee, event.time)
    because = crossed if changes == messages.SANS_EFFET else f"{crossed}\n{changes}"
    return Outcome(etudiant, (*reported, *emitted), counted="sans_suite" if reported else None, because=because)


def _correction(reglages: Reglages, etudiant: Etudiant, event: Event, record: nne.CorrectionNne) -> Outcome:
    if not record.nouvelle_cle:
        return Outcome(etudiant, refusal=messages.CORRECTION_SANS_CLE)
    known = transmissions.transfert_de(etudiant, record.uai, record.cod_etu)
    if record.nouvelle_cle == event.key or (known is not None and known.vers == record.nouvelle_cle):
        return Outcome(etudiant, counted="doublon", because=messages.DOUBLON)
    etudiant, handed, number = transmissions.remettre(etudiant, event, record)
    etudiant, emitted, _ = _reconsider_all(reglages, etudiant, event.time)
    return Outcome(etudiant, (*handed, *emitted), because=messages.CORRIGE.format(nombre=number))


def _faits_transmis(reglages: Reglages, etudiant: Etudiant, event: Event, record: bourses.FaitsTransmis) -> Outcome:
    etudiant, sent_on = transmissions.recevoir(etudiant, event, record)
    if sent_on:
        return Outcome(etudiant, sent_on, counted="transmise", because=messages.TRANSMISE)
    etudiant, emitted, changes = _reconsider_all(reglages, etudiant, event.time)
    return Outcome(etudiant, emitted, because=f"{messages.RECUE}\n{changes}")


def _numero_cite(reglages: Reglages, etudiant: Etudiant, event: Event, record: bourses.NumeroCite) -> Outcome:
    identite = (record.uai, str(record.annee), record.cod_ind, record.cod_etp, record.cod_vrs_vet)
    known = next((c for c in etudiant.citations if c.identite == identite), None)
    cited = ecarts.citer(etudiant, record)
    if cited is etudiant:
        return Outcome(etudiant, counted="doublon", because=messages.DOUBLON)
    closed = () if record.cite else ecarts.oublier(known, event)
    cited, told = ecarts.signaler(cited)
    return Outcome(cited, (*closed, *told), because=messages.CITEE)


# --- what follows from the facts -------------------------------------------------------------------------------------


def _reconsider_all(reglages: Reglages, etudiant: Etudiant, maintenant: datetime) -> tuple[Etudiant, tuple[Emitted, ...], str]:
    """Every year again; the rights also of a key that has no year left."""
    emitted: tuple[Emitted, ...] = ()
    changes: list[str] = []
    for annee in sorted({i.annee for i in etudiant.inscriptions} | {d.annee for d in etudiant.dossiers}):
        etudiant, published, because = _reconsider(reglages, etudiant, annee, maintenant)
        emitted += published
        changes += [] if because == messages.SANS_EFFET else [because]
    etudiant, published = droits.publier(reglages, etudiant)
    return etudiant, (*emitted, *published), "\n".join(changes) or messages.SANS_EFFET


def _reconsider(reglages: Reglages, etudiant: Etudiant, annee: int, maintenant: datetime) -> tuple[Etudiant, tuple[Emitted, ...], str]:
    """Every registration of the year again, in the order in which Apogée made them known: the first entitled one is paid.
    Then what follows from each, from the dossier, and the student's rights."""
    emitted: list[Emitted] = []
    changes: list[str] = []
    cod_anu = str(annee)
    for place in range(len(etudiant.inscriptions)):
        inscription = etudiant.inscriptions[place]
        if inscription.cod_anu != cod_anu:
            continue
        constat = constater(reglages, etudiant, inscription)
        if constat is None:
            continue
        etudiant, published = publier(reglages, etudiant, inscription, constat)
        emitted += published
        etudiant, followed = _follow(etudiant, place, constat, maintenant)
        emitted += followed
        if published:
            changes.append(
                messages.CHANGE.format(cod_etp=inscription.cod_etp, uai=inscription.uai, statut=constat.statut, motif=constat.motif)
            )
    etudiant, published = avis.suivre(reglages, etudiant, annee)
    emitted += published
    etudiant, published = ecarts.signaler(etudiant)
    emitted += published
    etudiant, published = droits.publier(reglages, etudiant)
    emitted += published
    return etudiant, tuple(emitted), "\n".join(changes) or messages.SANS_EFFET


def _follow(etudiant: Etudiant, place: int, constat: Constat, maintenant: datetime) -> tuple[Etudiant, tuple[Emitted, ...]]:
    """What Apogée and the control lists are told of one registration."""
    before = etudiant.inscriptions[place]
    after, told = statut_apogee.suivre(before, constat, maintenant)
    after, checked = ecarts.controler(after)
    if after is before:
        return etudiant, ()
    inscriptions = (*etudiant.inscriptions[:place], after, *etudiant.inscriptions[place + 1 :])
    return msgspec.structs.replace(etudiant, inscriptions=inscriptions), (*told, *checked)


def _counted(etudiant: Etudiant, inscription: Inscription) -> str | None:
    if inscription.eta_iae in procedure.PAS_ENCORE:
        return "en_creation"
    now = etudiant.inscription(inscription.identite) or inscription
    before = inscription.acquis.statut if inscription.acquis is not None else None
    after = now.acquis.statut if now.acquis is not None else None
    return "sans_dossier" if after == "SANS_DOSSIER" and before != "SANS_DOSSIER" else None


# --- records to facts ------------------------------------------------------------------------------------------------


def _registration(reglages: Reglages, event: Event, record: apogee.Inscription, known: Inscription | None) -> Inscription:
    eta_iae = record.eta_iae if record.eta_iae in procedure.FINS else procedure.ETAT_DIT_PAR.get(record.type, record.eta_iae)
    premiere = record.tem_iae_prm is not False
    same = known is not None and (known.eta_iae, known.premiere) == (eta_iae, premiere)
    content = msgspec.structs.replace(record, event_id=None, type="IA_CONSTATEE", dat_mod_iae=None, eta_iae=eta_iae)
    return Inscription(
        uai=record.uai,
        cod_anu=record.cod_anu,
        cod_ind=record.cod_ind,
        cod_etp=record.cod_etp,
        cod_vrs_vet=record.cod_vrs_vet,
        cod_etu=record.cod_etu,
        eta_iae=eta_iae,
        premiere=premiere,
        dat_mod_iae=_latest(known.dat_mod_iae if known else None, record.dat_mod_iae),
        empreinte=_digest(content),
        origine=known.origine if known else event.id,
        evenement=known.evenement if known is not None and same else event.id,
        acquis=known.acquis if known else None,
        administratif=_administrative(reglages, record),
        suivi=known.suivi if known else None,
    )


def _administrative(reglages: Reglages, record: apogee.Inscription) -> Administratif:
    code = record.cod_brs if record.cod_brs not in reglages.codes_non_boursier else None
    return Administratif(
        nne=join_nne(record.nne, record.cle_nne) or "",
        numero_boursier=normalise(record.num_brs or ""),
        cle_boursier=record.cle_boursier,
        declaree=code is not None or record.num_brs is not None,
        composante=record.cod_cmp,
        payee=record.eta_pmt_iae == procedure.PAYEE,
    )


def _bursary_file(event: Event, record: aglae.Dossier, known: Dossier | None) -> Dossier:
    new = Dossier(
        numero=record.numero,
        annee=record.annee,
        etat=record.etat,
        echelon=record.echelon,
        montant_annuel=record.montant_annuel,
        voeux=tuple(Voeu(v.rang, v.uai, v.cod_etp) for v in record.voeux),
        dat_mod=_latest(known.dat_mod if known else None, record.dat_mod),
        empreinte=_digest(msgspec.structs.replace(record, dat_mod=None)),
        evenement=event.id,
        suite=_besides(record, known.suite if known is not None and known.numero == record.numero else SuiteDossier()),
    )
    if known is None:
        return new
    unseen = {"dat_mod": known.dat_mod, "empreinte": known.empreinte, "evenement": known.evenement, "suite": known.suite}
    same = msgspec.structs.replace(new, **unseen) == known
    return msgspec.structs.replace(new, evenement=known.evenement) if same else new


def _besides(record: aglae.Dossier, before: SuiteDossier) -> SuiteDossier:
    """What the dossier says besides what the matching looks at; what was told of it stays."""
    return msgspec.structs.replace(
        before,
        numero_boursier=record.numero_boursier,
        pieces=record.pieces_manquantes,
        bareme=record.bareme,
        annee_revenus=record.annee_revenus,
        charge_a=record.charge_a,
        charge_b=record.charge_b,
        charge_distance=record.charge_distance,
        date_decision=record.date_decision,
    )


def _with_registration(etudiant: Etudiant, new: Inscription, known: Inscription | None) -> Etudiant:
    """In the place of the known one, or last: the order is that in which they became known."""
    if known is None:
        return msgspec.structs.replace(etudiant, inscriptions=(*etudiant.inscriptions, new))
    return msgspec.structs.replace(etudiant, inscriptions=tuple(new if i is known else i for i in etudiant.inscriptions))


def _with_dossier(etudiant: Etudiant, new: Dossier) -> Etudiant:
    others = tuple(d for d in etudiant.dossiers if d.annee != new.annee)
    return msgspec.structs.replace(etudiant, dossiers=(*others, new))


def _awaited_registration(record: apogee.Inscription) -> str:
    registration = subjects.of_registration(record.uai, record.cod_anu, record.cod_ind, record.cod_etp, record.cod_vrs_vet)
    return f"inscription {registration}"


def _digest(content: Any) -> str:
    return hashlib.blake2b(msgspec.json.encode(content), digest_size=DIGEST_BYTES).hexdigest()


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)


def _older(said: datetime | None, known: datetime | None) -> bool:
    return said is not None and known is not None and said < known
