"""The defects of an NNE (R-AGL-16…18): recognised, listed, never a reason to say that somebody is not boursier.

A numéro de boursier that is not the NNE belongs to another student key: that key is told of it, and says whether Aglaé holds
a dossier under it.
"""

import msgspec

from processors.bourses import messages, procedure
from processors.bourses.state import Administratif, Citation, Ecart, Etudiant, Identite, Inscription, Suivi
from processors.bourses.statut_apogee import TOPIC, Communs, communs
from schemas import subjects
from schemas.identifiants import read_ine
from schemas.outcome import Emitted, Event
from schemas.records.bourses import EcartIdentifiant, NumeroCite

TRANSMISSIONS = "bourses.transmissions.v1"


def ecart_de(administratif: Administratif) -> Ecart | None:
    """The defect that one registration shows by itself; None also for a student who has no number at all (R-AGL-17)."""
    nne, numero = administratif.nne, administratif.numero_boursier
    if not nne:
        return Ecart("NNE_ABSENT", True, nne, numero) if numero else None
    doubtful = bool(avertissements(nne, numero))
    if numero and numero != nne:
        return Ecart("MAL_SAISI" if doubtful else "NUMEROS_DIFFERENTS", True, nne, numero)
    return Ecart("MAL_SAISI", False, nne, numero) if doubtful else None


def avertissements(nne: str, numero: str) -> tuple[str, ...]:
    """Codes of what is doubtful in the two numbers."""
    codes = [each.code for text in dict.fromkeys((nne, numero)) if text for each in read_ine(text).avertissements]
    return tuple(dict.fromkeys(codes))


def controler(inscription: Inscription) -> tuple[Inscription, tuple[Emitted, ...]]:
    """The registration with its defect as told now, and what changes in the control list."""
    vaut = inscription.eta_iae not in procedure.FINS and inscription.eta_iae not in procedure.PAS_ENCORE
    before = inscription.suivi or Suivi()
    ecart = ecart_de(inscription.administratif) if vaut else None
    cite = inscription.administratif.cle_boursier if vaut else None
    if inscription.suivi is not None and (ecart, cite) == (before.ecart, before.cite):
        return inscription, ()
    emitted: list[Emitted] = []
    if before.ecart is not None and (ecart is None or ecart.nature != before.ecart.nature):
        emitted.append(_ecart(inscription, before.ecart, ouvert=False))
    if ecart is not None and ecart != before.ecart:
        emitted.append(_ecart(inscription, ecart, ouvert=True))
    if before.cite is not None and cite != before.cite:
        emitted.append(_cite(inscription, before.cite, cite=False))
    if cite is not None and (cite != before.cite or ecart != before.ecart):
        emitted.append(_cite(inscription, cite, cite=True))
    after = msgspec.structs.replace(before, ecart=ecart, cite=cite)
    changed = after != inscription.suivi and (inscription.suivi is not None or after != Suivi())
    return (msgspec.structs.replace(inscription, suivi=after) if changed else inscription), tuple(emitted)


def effacer(inscription: Inscription) -> tuple[Emitted, ...]:
    """What closes when the registration leaves this key."""
    suivi = inscription.suivi
    if suivi is None:
        return ()
    closed = () if suivi.ecart is None else (_ecart(inscription, suivi.ecart, ouvert=False),)
    return closed if suivi.cite is None else (*closed, _cite(inscription, suivi.cite, cite=False))


# --- the key of the cited number -------------------------------------------------------------------------------------


def citer(etudiant: Etudiant, record: NumeroCite) -> Etudiant:
    """A registration of another key cites, or no longer cites, the number of this one."""
    identite: Identite = (record.uai, str(record.annee), record.cod_ind, record.cod_etp, record.cod_vrs_vet)
    known = next((c for c in etudiant.citations if c.identite == identite), None)
    others = tuple(c for c in etudiant.citations if c.identite != identite)
    if not record.cite:
        return msgspec.structs.replace(etudiant, citations=others) if known is not None else etudiant
    signalee = known is not None and known.signalee and (known.nne, known.numero_boursier) == (record.nne, record.numero_boursier)
    new = Citation(identite, record.cod_etu, record.nne, record.numero_boursier, record.composante, signalee)
    return etudiant if new == known else msgspec.structs.replace(etudiant, citations=(*others, new))


def oublier(citation: Citation | None, event: Event) -> tuple[Emitted, ...]:
    """What closes when a citation that was told is taken back."""
    return () if citation is None or not citation.signalee else (_aglae(citation, (event.id,), ouvert=False),)


def signaler(etudiant: Etudiant) -> tuple[Etudiant, tuple[Emitted, ...]]:
    """Citations of years in which Aglaé holds a dossier under this number: each is told once."""
    if not etudiant.citations:
        return etudiant, ()
    held = {str(dossier.annee): dossier for dossier in etudiant.dossiers}
    citations: list[Citation] = []
    emitted: list[Emitted] = []
    for citation in etudiant.citations:
        dossier = held.get(citation.identite[1])
        if dossier is not None and not citation.signalee:
            emitted.append(_aglae(citation, (dossier.evenement,), ouvert=True))
            citation = msgspec.structs.replace(citation, signalee=True)
        citations.append(citation)
    if not emitted:
        return etudiant, ()
    return msgspec.structs.replace(etudiant, citations=tuple(citations)), tuple(emitted)


def _aglae(citation: Citation, evenements: tuple[str, ...], ouvert: bool) -> Emitted:
    uai, cod_anu, cod_ind, cod_etp, cod_vrs_vet = citation.identite
    data = EcartIdentifiant(
        annee=int(cod_anu),
        uai=uai,
        cod_ind=cod_ind,
        cod_etu=citation.cod_etu,
        cod_etp=cod_etp,
        cod_vrs_vet=cod_vrs_vet,
        composante=citation.composante,
        nature="NUMERO_AGLAE_DIFFERENT",
        ouvert=ouvert,
        differents=False,
        nne=citation.nne or None,
        numero_boursier=citation.numero_boursier,
        avertissements=avertissements(citation.nne, citation.numero_boursier),
        motif=messages.ECARTS["NUMERO_AGLAE_DIFFERENT"] if ouvert else messages.ECART_CLOS,
        evenements=evenements,
    )
    return Emitted(TOPIC, "ecart_identifiant", data, subject=subjects.of_registration(*citation.identite))


def _ecart(inscription: Inscription, ecart: Ecart, ouvert: bool) -> Emitted:
    shared: Communs = communs(inscription, (inscription.evenement,))
    data = EcartIdentifiant(
        nature=ecart.nature,
        ouvert=ouvert,
        differents=ecart.differents,
        nne=ecart.nne or None,
        numero_boursier=ecart.numero_boursier or None,
        avertissements=avertissements(ecart.nne, ecart.numero_boursier),
        motif=messages.ECARTS[ecart.nature] if ouvert else messages.ECART_CLOS,
        **shared,
    )
    return Emitted(TOPIC, "ecart_identifiant", data, subject=subjects.of_registration(*inscription.identite))


def _cite(inscription: Inscription, vers: str, cite: bool) -> Emitted:
    shared = communs(inscription, ())
    data = NumeroCite(
        annee=shared["annee"],
        uai=shared["uai"],
        cod_ind=shared["cod_ind"],
        cod_etu=shared["cod_etu"],
        cod_etp=shared["cod_etp"],
        cod_vrs_vet=shared["cod_vrs_vet"],
        composante=shared["composante"],
        nne=inscription.administratif.nne,
        numero_boursier=inscription.administratif.numero_boursier,
        cite=cite,
    )
    return Emitted(TRANSMISSIONS, "numero_cite", data, key=vers, subject=subjects.of_registration(*inscription.identite))
