"""What people follow: the timeline of each bordereau, and each error with its cause and remedy (R-LUC-42)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from processors.luciole.messages import DIFFERES, Texte
from processors.luciole.procedure import ETAPES, avancement, vues
from processors.luciole.reglages import Reglages
from processors.luciole.state import Etablissement
from schemas.luciole_keys import ETABLISSEMENT, bordereau_subject
from schemas.outcome import Emitted, Event, Outcome, Refusal
from schemas.records.luciole import Erreur, Etape, RefusDiffere, StatutEtape

TOPIC = "luciole.suivi.v1"


def publier(name: str, data: Any, key: str | None = None) -> Emitted:
    """A record of the follow-up."""
    return Emitted(TOPIC, name, data, key=key)


def erreur(
    texte: Texte,
    instructeur: str | None = None,
    etablissement: str | None = None,
    bordereau: str | None = None,
    place: int | None = None,
    attente: int | None = None,
) -> Emitted:
    """The error as people read it."""
    data = Erreur(
        code=texte.code,
        message=texte.message,
        cause=texte.cause,
        remede=texte.remede,
        contact=texte.contact,
        instructeur=instructeur,
        etablissement=etablissement,
        bordereau=bordereau,
        place=place,
        attente_estimee_minutes=attente,
    )
    return publier("erreur", data)


def refuser(state: Any, texte: Texte, *others: Emitted, **about: Any) -> Outcome:
    """Refuse the event at hand: nothing changes, the error says why and what to do."""
    return Outcome(
        state, emitted=(*others, erreur(texte, **about)), refusal=Refusal(texte.code, texte.message, texte.remede), because=texte.message
    )


def differer(
    texte: Texte, subject: str, instructeur: str | None = None, etablissement: str | None = None, bordereau: str | None = None
) -> Emitted:
    """A refusal whose own event must change the state: it is said by a record of its own, under the same key."""
    data = RefusDiffere(code=texte.code, instructeur=instructeur, etablissement=etablissement, bordereau=bordereau)
    return Emitted("luciole.ordres.v1", "refus_differe", data, subject=subject)


def refus_differe(_reglages: Reglages, state: Any, event: Event) -> Outcome:
    """Say it; nothing changes."""
    data: RefusDiffere = event.data
    return refuser(state, DIFFERES[data.code], instructeur=data.instructeur, etablissement=data.etablissement, bordereau=data.bordereau)


def uai_of(event: Event) -> str:
    return event.key.removeprefix(ETABLISSEMENT)


def etapes(before: Etablissement, after: Etablissement, ranks: Sequence[int], event: Event) -> tuple[Emitted, ...]:
    """The steps of these bordereaux that this event changed, since when, and what the next one waits for."""
    if not ranks:
        return ()
    emitted: list[Emitted] = []
    uai = uai_of(event)
    seen_before, seen_after = vues(before, ranks), vues(after, ranks)
    for rank in ranks:
        old = avancement(seen_before[rank]) if rank in seen_before else (None,) * len(ETAPES)
        new = avancement(seen_after[rank])
        nom = after.bordereaux[rank].nom
        for number, (etape, was, now) in enumerate(zip(ETAPES, old, new, strict=True), start=1):
            if was != now:
                data = Etape(
                    etablissement=uai,
                    bordereau=nom,
                    etape=etape.nom,
                    rang=number,
                    statut=now.statut,
                    depuis=event.time,
                    attend=now.attend,
                    motif=now.motif,
                )
                emitted.append(Emitted(TOPIC, "etape", data, subject=bordereau_subject(uai, nom)))
    return tuple(emitted)


def etape_generale(uai: str, rang: int, statut: StatutEtape, depuis: datetime, motif: str | None = None) -> Emitted:
    """A step of the whole établissement: a preparation or a send, done or refused."""
    data = Etape(etablissement=uai, bordereau="", etape=ETAPES[rang - 1].nom, rang=rang, statut=statut, depuis=depuis, motif=motif)
    return publier("etape", data)


RANG_PREPARATION, RANG_ENVOI = 5, 6
