"""What the registration desks ask of the synchronous answer, before anything was heard and after, and whether it is what had to come."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

import httpx

from bus.demo.university import Asked
from bus.told import Told

POSITIVE, ATTENTE = "POSITIVE", "ATTENTE"


@dataclass(frozen=True, slots=True)
class Heard:
    """The answers to a list of questions, in its order."""

    answers: tuple[str, ...]
    waiting_bodies: frozenset[bytes]
    """Different bodies of the waiting answers: one, whatever the doubt."""
    milliseconds: tuple[float, ...]

    def by_case(self, questions: Sequence[Asked]) -> dict[str, int]:
        """Case → how many positive answers."""
        counts: dict[str, int] = {}
        for question, answer in zip(questions, self.answers, strict=True):
            counts[question.case] = counts.get(question.case, 0) + (answer == POSITIVE)
        return counts

    def slowest(self) -> tuple[float, float]:
        """Median and 99th percentile, in milliseconds, as the caller sees them."""
        cut = quantiles(self.milliseconds, n=100, method="inclusive")
        return cut[49], cut[98]


def ask(address: str, token: str, questions: Iterable[Asked]) -> Heard:
    """One after the other, each as a desk does. Raises Told when the service refuses one."""
    answers, bodies, durations = [], set(), []
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=10, trust_env=False) as client:
        for each in questions:
            asked = {"nne": each.nne, "annee": each.annee, "uai": each.uai, "cod_etp": each.cod_etp}
            began = time.perf_counter()
            answer = client.post("/v1/bourses", json=asked)
            durations.append((time.perf_counter() - began) * 1000)
            if answer.status_code != httpx.codes.OK:
                raise Told(f"La réponse synchrone refuse une question de la démonstration : {answer.status_code}.")
            answers.append(answer.json()["reponse"])
            if answers[-1] == ATTENTE:
                bodies.add(answer.content)
    return Heard(tuple(answers), frozenset(bodies), tuple(durations))


def differences(before: Heard, after: Heard, questions: Sequence[Asked]) -> list[str]:
    """What is not as it had to be, in French; nothing when all is well."""
    wrong = []
    if POSITIVE in before.answers:
        wrong.append("une réponse POSITIVE avant que rien ne soit connu")
    missed = [q.case for q, answer in zip(questions, after.answers, strict=True) if (answer == POSITIVE) != q.certain]
    wrong += [f"{missed.count(case)} réponse(s) fausse(s) : {case}" for case in dict.fromkeys(missed)]
    if len(before.waiting_bodies | after.waiting_bodies) > 1:
        wrong.append("des réponses d'attente qui ne sont pas les mêmes octets")
    return wrong


def rows(before: Heard, after: Heard, questions: Sequence[Asked]) -> Mapping[str, tuple[int, int, int]]:
    """Case → questions, positive before, positive after."""
    totals: dict[str, int] = {}
    for question in questions:
        totals[question.case] = totals.get(question.case, 0) + 1
    first, then = before.by_case(questions), after.by_case(questions)
    return {case: (total, first[case], then[case]) for case, total in totals.items()}
