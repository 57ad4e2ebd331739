"""The hand-over of a corrected identifier (R-AGL-21, architecture §3).

The key of the wrong NNE hands the registrations of one individual, with what was paid and marked for them, to the key of the
right one; it keeps only where they went, and forwards what still arrives. Dossiers stay: a numéro de boursier is Aglaé's own,
and a mistyped NNE may be that of somebody else.
"""

import msgspec

from processors.bourses.ecarts import TRANSMISSIONS, effacer
from processors.bourses.state import Etudiant, Inscription, Marque, Paiement, Transfert
from schemas import subjects
from schemas.outcome import Emitted, Event
from schemas.records.apogee import Inscription as InscriptionApogee
from schemas.records.bourses import FaitsTransmis, InscriptionTransmise
from schemas.records.nne import CorrectionNne

VERSION = 1
"""Of `Faits`: raised with the state's."""


class Faits(msgspec.Struct, frozen=True, gc=False):
    """What goes from one key to another."""

    inscriptions: tuple[Inscription, ...] = ()
    paiements: tuple[Paiement, ...] = ()
    marques: tuple[Marque, ...] = ()

    def sans(self, other: "Faits") -> "Faits":
        return Faits(
            tuple(i for i in self.inscriptions if i not in other.inscriptions),
            tuple(p for p in self.paiements if p not in other.paiements),
            tuple(m for m in self.marques if m not in other.marques),
        )


def transfert_de(etudiant: Etudiant, uai: str, cod_etu: str) -> Transfert | None:
    """Where the registrations of this individual went."""
    for transfert in etudiant.transferts:
        if (transfert.uai, transfert.cod_etu) == (uai, cod_etu):
            return transfert
    return None


def remettre(etudiant: Etudiant, event: Event, correction: CorrectionNne) -> tuple[Etudiant, tuple[Emitted, ...], int]:
    """The state without the individual's facts, the records that carry them, and how many registrations they are."""
    transfert = Transfert(correction.uai, correction.cod_etu, correction.nouvelle_cle, correction.nouveau_nne)
    etudiant, faits = _detacher(etudiant, correction.uai, correction.cod_etu)
    others = tuple(t for t in etudiant.transferts if (t.uai, t.cod_etu) != (transfert.uai, transfert.cod_etu))
    closed = tuple(each for inscription in faits.inscriptions for each in effacer(inscription))
    etudiant = msgspec.structs.replace(etudiant, transferts=(*others, transfert))
    return etudiant, (*closed, _porter(transfert, faits, event.key)), len(faits.inscriptions)


def recevoir(etudiant: Etudiant, event: Event, record: FaitsTransmis) -> tuple[Etudiant, tuple[Emitted, ...]]:
    """The state with the facts, or the same facts sent on when the individual has moved on from here meanwhile."""
    faits = msgspec.json.decode(record.faits, type=Faits)
    known = transfert_de(etudiant, record.uai, record.cod_etu)
    if known is not None and known.vers != record.ancienne_cle:
        return etudiant, (_porter(known, faits, record.ancienne_cle),)
    transferts = tuple(t for t in etudiant.transferts if t is not known)
    here = {i.identite: i for i in etudiant.inscriptions}
    inscriptions = list(etudiant.inscriptions)
    for arrived in faits.inscriptions:
        settled = _accueillie(arrived, record.nne)
        present = here.get(arrived.identite)
        if present is None:
            inscriptions.append(settled)
        elif _plus_recente(settled, present):
            inscriptions[inscriptions.index(present)] = settled
    paiements = (*etudiant.paiements, *(p for p in faits.paiements if p not in etudiant.paiements))
    marques = (*etudiant.marques, *(m for m in faits.marques if m not in etudiant.marques))
    return (
        msgspec.structs.replace(etudiant, inscriptions=tuple(inscriptions), paiements=paiements, marques=marques, transferts=transferts),
        (),
    )


def faire_suivre(transfert: Transfert, record: InscriptionApogee) -> Emitted:
    """A registration that still arrives under the wrong NNE, under the right one."""
    corrected = msgspec.structs.replace(record, nne=transfert.nne, cle_nne=None)
    if corrected.cle_boursier == transfert.vers:
        corrected = msgspec.structs.replace(corrected, cle_boursier=None)
    data = InscriptionTransmise(inscription=msgspec.json.encode(corrected).decode())
    return Emitted(TRANSMISSIONS, "inscription_transmise", data, key=transfert.vers)


def inscription_de(record: InscriptionTransmise) -> InscriptionApogee:
    return msgspec.json.decode(record.inscription, type=InscriptionApogee)


def _detacher(etudiant: Etudiant, uai: str, cod_etu: str) -> tuple[Etudiant, Faits]:
    inscriptions = tuple(i for i in etudiant.inscriptions if (i.uai, i.cod_etu) == (uai, cod_etu))
    moved = {i.identite for i in inscriptions}
    faits = Faits(
        inscriptions,
        tuple(p for p in etudiant.paiements if p.inscription in moved),
        tuple(m for m in etudiant.marques if m.inscription in moved),
    )
    left = Faits(etudiant.inscriptions, etudiant.paiements, etudiant.marques).sans(faits)
    return (
        msgspec.structs.replace(etudiant, inscriptions=left.inscriptions, paiements=left.paiements, marques=left.marques),
        faits,
    )


def _porter(transfert: Transfert, faits: Faits, depuis: str) -> Emitted:
    data = FaitsTransmis(
        uai=transfert.uai,
        cod_etu=transfert.cod_etu,
        nne=transfert.nne,
        ancienne_cle=depuis,
        version=VERSION,
        faits=msgspec.json.encode(faits).decode(),
    )
    return Emitted(TRANSMISSIONS, "faits_transmis", data, key=transfert.vers, subject=subjects.TRANSMISSION)


def _accueillie(inscription: Inscription, nne: str) -> Inscription:
    """Under its right NNE, its defects to be looked at anew: the key it left closed them."""
    administratif = inscription.administratif
    same = administratif.numero_boursier == nne
    administratif = msgspec.structs.replace(administratif, nne=nne, cle_boursier=None if same else administratif.cle_boursier)
    suivi = inscription.suivi
    if suivi is not None:
        suivi = msgspec.structs.replace(suivi, ecart=None, cite=None)
    return msgspec.structs.replace(inscription, administratif=administratif, suivi=suivi)


def _plus_recente(one: Inscription, other: Inscription) -> bool:
    return one.dat_mod_iae is not None and (other.dat_mod_iae is None or one.dat_mod_iae > other.dat_mod_iae)
