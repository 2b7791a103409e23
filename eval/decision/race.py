"""Which systems nothing beats, and whether that settles the choice. The rule is written in docs/decision.md.

Sentences are not its business, nor are the cases in which no choice can be made at all (`eval.decision.gates`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from eval.comparison import Comparison, Role, SystemResult, Verdict
from eval.decision.relations import Link, Links, links
from eval.model import Estimate

# Simplest to run first: the model alone; an index that must follow the documents, at once and without training;
# training again whenever the documents change; both.
ROLES: Final[tuple[Verdict, ...]] = ("base", "rag", "finetuned", "both")
_CONTEXTS: Final = ("none", "few-shot")


@dataclass(frozen=True)
class Candidate:
    """A system that may be chosen, with its mean of the primary metric."""

    system: str
    verdict: Verdict
    adapter: str | None
    estimate: Estimate
    effort: tuple[int, int]  # to run it: role, then context, from the simplest; candidates are listed by it, then as the run has them

    @property
    def mean(self) -> float:
        """The mean of the primary metric."""
        return self.estimate.value


@dataclass(frozen=True)
class Standing:
    """How the candidates stand to each other at one margin."""

    verdict: Verdict
    system: str | None
    reason: str
    among: tuple[str, ...]  # beaten by none, simplest first
    beaten: tuple[str, ...]
    untested: tuple[str, ...]  # candidates in no declared contrast with another one
    undecided: tuple[tuple[str, str], ...]  # pairs of `among` that are not shown equivalent
    links: Mapping[tuple[str, str], Link]


def may_be_chosen(role: Role) -> bool:
    """Tell whether a system of this role may be the decision: perfect retrieval and imported answers may not.

    >>> may_be_chosen("rag"), may_be_chosen("bound"), may_be_chosen("imported")
    (True, False, False)
    """
    return role in ROLES


def candidates(comparison: Comparison) -> tuple[Candidate, ...]:
    """Return the systems that may be chosen and have a score, simplest first."""
    primary = str(comparison.plan["primary"])
    found = [result for result in comparison.systems if may_be_chosen(result.role) and primary in result.metrics]
    made = [Candidate(one.system, _verdict(one.role), one.adapter, one.metrics[primary], _effort(one)) for one in found]
    return tuple(sorted(made, key=lambda one: one.effort))


def as_simple(field: Iterable[Candidate], among: Sequence[str]) -> bool:
    """Tell whether another system of `among` is as simple to run as the first, which then is only listed first."""
    effort = {one.system: one.effort for one in field}
    return any(effort[name] == effort[among[0]] for name in among[1:])


def race(comparison: Comparison, field: Sequence[Candidate], margin: float) -> Standing:
    """Return how the candidates of `field` (simplest first) stand at `margin` (a share): the rule itself."""
    known = links(comparison, [one.system for one in field], margin=margin)
    tested = [one for one in field if any(one.system in pair for pair in known)]
    beaten = {b for (_, b), link in known.items() if link.beats}
    first = [one for one in tested if one.system not in beaten]
    among = tuple(one.system for one in first)
    undecided = tuple(pair for pair in combinations(among, 2) if pair not in known or not known[pair].equivalent)
    untested = tuple(one for one in field if one not in tested)
    rival = any(other.mean >= max(one.mean for one in first) for other in untested) if first else False
    reason = _reason(among, [one.system for one in tested], undecided, known, rival=rival)
    settled = reason in ("winner", "equivalent")
    verdict: Verdict = "equivalent" if reason == "equivalent" else first[0].verdict if settled else "not enough evidence"
    return Standing(
        verdict=verdict,
        system=among[0] if settled else None,
        reason=reason,
        among=among,
        beaten=tuple(one.system for one in tested if one.system in beaten),
        untested=tuple(one.system for one in untested),
        undecided=undecided,
        links=known,
    )


def _reason(among: Sequence[str], tested: Sequence[str], undecided: Sequence[tuple[str, str]], known: Links, *, rival: bool) -> str:
    """Return the code of the rule that decides."""
    if not among or (len(among) == 1 and not _above(among[0], known) >= set(tested) - {among[0]}):
        return "circle"
    if undecided:
        return "not compared" if all(pair not in known for pair in undecided) else "undecided"
    if rival:
        return "untested rival"
    return "winner" if len(among) == 1 else "equivalent"


def _above(winner: str, known: Links) -> set[str]:
    """Return all systems that `winner` stands above: those it beats, those that they beat, and so on."""
    reached: set[str] = set()
    frontier = {winner}
    while frontier:
        frontier = {b for (a, b), link in known.items() if a in frontier and link.beats} - reached
        reached |= frontier
    return reached


def _effort(result: SystemResult) -> tuple[int, int]:
    context = _CONTEXTS.index(result.context) if result.context in _CONTEXTS else len(_CONTEXTS)
    return ROLES.index(_verdict(result.role)), context


def _verdict(role: Role) -> Verdict:
    return next(verdict for verdict in ROLES if verdict == role)


def ranked(field: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates by score, the highest first."""
    return sorted(field, key=lambda one: -one.mean)
