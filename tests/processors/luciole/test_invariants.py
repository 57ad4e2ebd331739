"""Random interleavings of several instructors and établissements, over streams served in any order: what must always hold."""

from collections import Counter, deque
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from processors.luciole.state import Etablissement
from processors.verrou.state import Detenteur, Verrou
from schemas.luciole_keys import code_of
from schemas.outcome import Event
from tests.processors.luciole.driver import E1, E2, E3, START, Bus, Says, X, Y, Z, given_of

WHO = st.sampled_from((X, Y, Z))
UAI = st.sampled_from((E1, E2, E3))
NUMERO = st.sampled_from(("D1", "D2", "D3"))
BORDEREAU = st.sampled_from(("B1", "B2"))
FICHIER = st.sampled_from(("F1", "F2", "F3", "F4"))

SKIPPED = ("bordereau", "flux", "draaf", "prepare", "fin")
"""A step that somebody forgets on the way."""

OPERATION = st.one_of(
    st.tuples(st.just("dossier"), UAI, NUMERO, st.one_of(BORDEREAU, st.none()), st.sampled_from((100, 200)), st.booleans(), WHO),
    st.tuples(st.just("bordereau"), UAI, BORDEREAU, st.sampled_from(("VALIDE", "VALIDE", "EN_COURS"))),
    st.tuples(st.just("modification"), UAI, NUMERO),
    st.tuples(st.just("constat"), UAI, st.sampled_from((START.date(), (START - timedelta(days=3)).date()))),
    st.tuples(st.just("flux"), FICHIER, UAI, BORDEREAU),
    st.tuples(st.just("draaf"), FICHIER, st.sampled_from(("CONFIRMEE", "CONFIRMEE", "CONFIRMEE", "REJETEE", "REJET_REFUSE"))),
    st.tuples(st.just("chorus"), FICHIER, st.sampled_from(("INTEGRE", "INTEGRE", "REJETE"))),
    st.tuples(st.just("prepare"), WHO, UAI),
    st.tuples(st.just("envoie"), WHO, UAI),
    st.tuples(st.just("envoie"), WHO, st.none()),
    st.tuples(st.just("fin"), WHO, st.one_of(st.none(), st.integers(1, 6))),
    st.tuples(st.just("tard"), WHO, st.sampled_from((0.5, 5, 29, 31, 24 * 60))),
    st.tuples(st.just("interrompt"), WHO),
    st.tuples(st.just("compteur"), WHO),
    st.tuples(st.just("fenetre"), WHO, st.sampled_from(("OUVERTE", "FERMEE"))),
    st.tuples(st.just("debloque")),
    st.tuples(st.just("again"), st.integers(0, 200)),
    st.tuples(st.just("time"), st.sampled_from((1, 12, 31, 24 * 60))),
    st.tuples(st.just("mener"), UAI, BORDEREAU, FICHIER, WHO, st.sampled_from(SKIPPED)),
    st.tuples(st.just("mener"), UAI, BORDEREAU, FICHIER, WHO, st.none()),
    st.tuples(st.just("renvoyer"), UAI, WHO),
    st.tuples(st.just("coupure"), st.permutations((X, Y, Z)), st.sampled_from((1, 12, 29, 31))),
)


def play(bus: Bus, operations: list[tuple[Any, ...]], lag: bool) -> None:
    says = Says(bus)
    for name, *values in operations:
        match name:
            case "dossier":
                uai, numero, bordereau, montant, decided, who = values
                says.dossier(uai, numero, bordereau, montant=montant, date_decision=START.date() if decided else None, instructeur=who)
            case "flux":
                says.flux(values[0], (values[1], values[2]))
            case "envoie" | "prepare":
                getattr(says, name)(values[0], *(uai for uai in values[1:] if uai))
            case "coupure":
                _coupure(says, *values)
            case "tard":
                says.fin(values[0], at=bus.now - timedelta(minutes=values[1]))
            case "fenetre":
                says.fenetre(values[0], "PREPARATION", values[1])
            case "again":
                _again(bus, values[0])
            case "time":
                bus.pass_time(values[0])
            case "mener":
                _mener(says, *values)
            case "renvoyer":
                for step in (says.prepare, says.envoie, says.fin):
                    step(values[1], *((values[0],) if step != says.fin else ()))
                    bus.settle()
            case _:
                getattr(says, name)(*values)
        if not lag:
            bus.settle()
    bus.pass_time(3 * 24 * 60)


def _again(bus: Bus, rank: int) -> None:
    """A record that was already given comes again under another id, as it was."""
    past = list(given_of(bus))
    if past:
        one = past[rank % len(past)]
        bus.count += 1
        bus.publish(type(one)(f"given-{bus.count}", one.type, one.time, one.key, one.subject, one.source, one.topic, one.data))


def _mener(says: Says, uai: str, bordereau: str, fichier: str, who: str, skipped: str | None) -> None:
    """The whole way, as people do it, less one step."""
    bus = says.bus
    says.etablissement(uai, ogapi=uai != E3)
    for numero in ("D1", "D2", "D3"):
        says.dossier(uai, numero, bordereau, montant=300)
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("bordereau", lambda: says.bordereau(uai, bordereau)),
        ("flux", lambda: says.flux(fichier, (uai, bordereau))),
        ("draaf", lambda: says.draaf(fichier)),
        ("prepare", lambda: says.prepare(who, uai)),
        ("envoie", lambda: says.envoie(who, uai)),
        ("fin", lambda: says.fin(who)),
    )
    for name, step in steps:
        if name != skipped:
            step()
            bus.settle()
            bus.pass_time(1)


def _coupure(says: Says, whos: list[str], minutes: int) -> None:
    """One sends, another waits; the bus hears of the end, which came `minutes` after the beginning, when everybody has given up."""
    bus = says.bus
    _mener(says, E1, "B1", "F1", whos[0], "fin")
    began = bus.now
    _mener(says, E2, "B2", "F2", whos[1], "fin")
    bus.pass_time(45)
    says.fin(whos[0], at=began + timedelta(minutes=minutes))


class Watch:
    """A frozen bordereau never changes, tokens only grow, and the lock changes hands only when its holder lets it go."""

    def __call__(self, one: Event, before: Any, after: Any) -> None:
        old, new = getattr(before, "etablissement", None), getattr(after, "etablissement", None)
        if isinstance(old, Etablissement) and isinstance(new, Etablissement):
            self.compare(old, new)
        if isinstance(before, Verrou) and before.detenteur is not None and after.detenteur != before.detenteur:
            self.let_go(one, before.detenteur, after.detenteur)

    def let_go(self, one: Event, holder: Detenteur, now: Detenteur | None) -> None:
        if now is not None and now.jeton == holder.jeton:
            assert (now.instructeur, now.depuis) == (holder.instructeur, holder.depuis)
        elif one.type == "deblocage":
            assert holder.appele
        else:
            assert one.type in ("verrou_fin", "verrou_incident")
            assert one.data.jeton == holder.jeton or (one.data.jeton is None and code_of(one.data.instructeur) == holder.code)

    def compare(self, old: Etablissement, new: Etablissement) -> None:
        assert new.jeton >= old.jeton
        for rank, bordereau in enumerate(old.bordereaux):
            if bordereau.fige:
                now = new.bordereaux[rank]
                same = ("nom", "etat", "fichier", "statut", "nombre", "total", "fige_le")
                assert [getattr(now, name) for name in same] == [getattr(bordereau, name) for name in same]
                assert self.content(new, rank).items() <= self.content(old, rank).items()

    def content(self, state: Etablissement, rank: int) -> dict[str, tuple[Any, ...]]:
        return {n: (d.decide_le, d.montant, d.theorique) for n, d in state.dossiers.items() if d.bordereau == rank}


def check(bus: Bus) -> None:
    _once(bus)
    _gates(bus)
    _one_sender(bus)
    for record in bus.on("luciole.suivi.v1", "erreur"):
        assert record.message
        assert record.cause
        assert record.remede
    assert all(refusal.remede for refusal in bus.refusals())


def _once(bus: Bus) -> None:
    """OGAPI and FREGATA once per dossier and send; every dossier sent is in FREGATA after its day, in OGAPI where it bills."""
    decisions = Counter((d.etablissement, d.bordereau, d.dossier) for d in bus.on("fregata.decisions.v1"))
    amounts = Counter((m.etablissement, m.bordereau, m.dossier) for m in bus.on("ogapi.montants.v1"))
    assert set(decisions.values()) <= {1}
    assert set(amounts.values()) <= {1}
    lines = bus.on("luciole.suivi.v1", "ligne_envoi")
    assert sum(line.nombre_dossiers for line in lines) == len(decisions)
    assert sum(line.nombre_montants for line in lines) == len(amounts)
    assert amounts.keys() <= decisions.keys()
    for decision in bus.on("fregata.decisions.v1"):
        assert decision.visible_le > decision.envoye_le.date()


def _gates(bus: Bus) -> None:
    """Before a line says OK: validated, sent to Chorus, confirmed for that very file, prepared; nothing else opens a send."""
    done: set[tuple[str, ...]] = set()
    for one in bus.published:
        data = one.data
        match one.type:
            case "bordereau" if data.etat == "VALIDE":
                done.add(("valide", data.etablissement, data.bordereau))
            case "fichier_paiement":
                done.update(("flux", ligne.etablissement, ligne.bordereau, data.fichier) for ligne in data.lignes)
            case "validation" if data.statut == "CONFIRMEE":
                done.add(("draaf", data.fichier))
            case "preparation_faite":
                done.add(("prepare", data.etablissement))
            case "ligne_envoi":
                assert ("prepare", data.etablissement) in done
                for bordereau in data.bordereaux:
                    assert ("valide", data.etablissement, bordereau) in done
                    files = [each[3] for each in done if each[:3] == ("flux", data.etablissement, bordereau)]
                    assert any(("draaf", fichier) in done for fichier in files)


def _one_sender(bus: Bus) -> None:
    """A token is given once, to one instructor, and only after the one before was given back, set aside or stopped."""
    holder: tuple[int, str] | None = None
    for said in bus.said:
        if said.processor != "luciole.verrou":
            continue
        grants = [emitted.data for emitted in said.outcome.emitted if emitted.name == "accord"]
        state = said.outcome.state
        assert len(grants) <= 1
        for grant in grants:
            assert holder is None or grant.jeton == holder[0] + 1
            holder = (grant.jeton, grant.instructeur)
            assert state.detenteur.jeton == grant.jeton
            assert state.detenteur.instructeur == grant.instructeur
    owners = {said.outcome.state.detenteur.jeton: said.outcome.state.detenteur.instructeur for said in _held(bus)}
    for line in bus.on("luciole.suivi.v1", "ligne_envoi"):
        assert owners[line.jeton] == line.instructeur
    called = bus.on("support.appels.v1", "appel")
    calls = Counter((call.motif, call.depuis) for call in called)
    assert max(calls.values(), default=0) <= _most_blockings_at_once(bus)
    stuck = {call.jeton: call.depuis for call in called if call.motif == "DETENTEUR_BLOQUE"}
    taken_back = bus.on("support.appels.v1", "appel_sans_objet")
    assert len({void.jeton for void in taken_back}) == len(taken_back)
    assert all(void.depuis == stuck[void.jeton] for void in taken_back)
    event(f"calls taken back: {min(len(taken_back), 2)}")


def _most_blockings_at_once(bus: Bus) -> int:
    """One call a blocking. Blocked, freed and blocked again at the same instant is two blockings."""
    begun: Counter[Any] = Counter()
    before = None
    for said in bus.said:
        if said.processor != "luciole.verrou" or said.outcome.state is None:
            continue
        blocage = said.outcome.state.blocage
        if blocage is not None and before is None:
            begun[blocage.depuis] += 1
        before = blocage
    return max(1, *begun.values()) if begun else 1


def _held(bus: Bus) -> list[Any]:
    return [said for said in bus.said if said.processor == "luciole.verrou" and said.outcome.state and said.outcome.state.detenteur]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(operations=st.lists(OPERATION, min_size=5, max_size=45), lag=st.booleans(), order=st.randoms(use_true_random=False))
def test_whatever_comes_in_whatever_order_the_promises_hold(operations: list[tuple[Any, ...]], lag: bool, order: Any) -> None:
    choices: list[int] = []

    def choose(count: int) -> int:
        choices.append(order.randrange(count))
        return choices[-1]

    bus = Bus(choose=choose, watch=Watch())
    play(bus, operations, lag)
    check(bus)
    event(f"lines: {min(len(bus.on('luciole.suivi.v1', 'ligne_envoi')), 3)}")

    left = iter(choices)
    again = Bus(choose=lambda _count: next(left))
    play(again, operations, lag)
    assert again.states() == bus.states()
    assert [e.id for e in again.published] == [e.id for e in bus.published]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(operations=st.lists(OPERATION, min_size=5, max_size=30))
def test_every_record_delivered_a_second_time_changes_nothing(operations: list[tuple[Any, ...]]) -> None:
    bus = Bus()
    play(bus, operations, lag=False)
    states, count = bus.states(), len(bus.published)
    for one in list(bus.published):
        bus.streams.setdefault((one.topic, one.key), deque()).append(one)
    bus.settle()
    assert bus.states() == states
    assert len(bus.published) == count
