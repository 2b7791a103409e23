"""What the declared contrasts say of each pair of systems: shown better, shown equivalent, both, or nothing.

Pairs that were not declared are judged here too, where two declared contrasts settle them. Which system
that makes the choice is the business of `eval.decision.race`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

from eval.comparison import Contrast
from eval.stats.corrections import holm

ALPHA: Final = 0.05  # over all declared contrasts together, for differences and for equivalences each
_EQUIVALENCE_CONFIDENCE: Final = 0.90  # of the interval that belongs to two one-sided tests at 5 %


@dataclass(frozen=True)
class Link:
    """What is known of one system against another; all figures are the first's minus the second's, as shares."""

    better: bool  # the first is shown to score higher
    worse: bool
    equivalent: bool  # the difference is shown to be smaller than the margin
    gap: float
    wide: tuple[float, float]  # interval at the declared confidence
    narrow: tuple[float, float]  # 90 % interval, of the equivalence test
    through: str = ""  # the system that ties the two together; empty for a declared contrast

    @property
    def beats(self) -> bool:
        """Tell whether the first is better by what may matter: a difference shown to be too small beats nobody."""
        return self.better and not self.equivalent

    def turned(self) -> Link:
        """Return the same pair seen from the other side."""
        return Link(self.worse, self.better, self.equivalent, -self.gap, _turn(self.wide), _turn(self.narrow), self.through)


Links = Mapping[tuple[str, str], Link]


def links(contrasts: Sequence[Contrast], systems: Iterable[str], *, margin: float, declared: float) -> dict[tuple[str, str], Link]:
    """Return what is known of each pair among `systems`, in both directions; a pair of which nothing is known is absent.

    Args:
        contrasts: all contrasts of the run, since Holm's correction is over all of them.
        systems: the names to judge.
        margin: the margin to judge at, as a share.
        declared: the margin of the run, at which the tests stand in `contrasts`.
    """
    wanted = set(systems)
    shown = [c.equivalence.shown for c in contrasts] if margin == declared else equivalent_at(contrasts, margin)
    found: dict[tuple[str, str], Link] = {}
    whole: set[tuple[str, str]] = set()  # pairs of which no question was dropped: their differences add up
    for contrast, same in zip(contrasts, shown, strict=True):
        if not {contrast.a, contrast.b} <= wanted:
            continue
        gap, test = contrast.difference, contrast.equivalence
        link = Link(contrast.verdict == "better", contrast.verdict == "worse", same, gap.value, (gap.low, gap.high), (test.low, test.high))
        found |= {(contrast.a, contrast.b): link, (contrast.b, contrast.a): link.turned()}
        if not contrast.dropped:
            whole |= {(contrast.a, contrast.b), (contrast.b, contrast.a)}
    return found | _implied(found, whole, sorted(wanted), margin)


def equivalent_at(contrasts: Sequence[Contrast], margin: float) -> list[bool]:
    """Tell for each contrast whether it would be shown equivalent at another margin (a share), with Holm's correction.

    Two one-sided t tests from centre and half-width of the 90 % interval that the run's own test left, with one degree
    of freedom less than facts: the same test as at the declared margin, unless that interval was cut at the bounds.

    Source: Schuirmann 1987, J. Pharmacokinetics and Biopharmaceutics 15:657.
    """
    return [p < ALPHA for p in holm([_beyond_p(contrast, margin) for contrast in contrasts])]


def _beyond_p(contrast: Contrast, margin: float) -> float:
    """Return the p-value of "the difference lies beyond the margin"."""
    from scipy.special import stdtr, stdtrit

    test, freedom = contrast.equivalence, contrast.difference.clusters - 1
    if freedom < 1:
        return 1.0
    centre = (test.low + test.high) / 2
    error = (test.high - test.low) / 2 / float(stdtrit(freedom, (1 + _EQUIVALENCE_CONFIDENCE) / 2))
    if error == 0:
        return 0.0 if abs(centre) < margin else 1.0
    return max(float(stdtr(freedom, (side - margin) / error)) for side in (centre, -centre))


def _implied(direct: Links, whole: set[tuple[str, str]], systems: Sequence[str], margin: float) -> dict[tuple[str, str], Link]:
    """Return the links of undeclared pairs that two declared contrasts on the same questions settle.

    Differences add up, and the standard error of a sum is at most the sum of the standard errors, whatever their
    correlation: so the sums of the bounds are bounds. On top, a pair is shown better only where Holm's correction let one of
    the two contrasts pass, and equivalent only where it let both: without any difference nothing is implied more often.
    """
    implied: dict[tuple[str, str], Link] = {}
    for a, through, b in permutations(systems, 3):
        if (a, b) in direct or not {(a, through), (through, b)} <= whole:
            continue
        first, second = direct[a, through], direct[through, b]
        wide, narrow = _sum(first.wide, second.wide), _sum(first.narrow, second.narrow)
        better = (first.better or second.better) and wide[0] > 0
        worse = (first.worse or second.worse) and wide[1] < 0
        same = first.equivalent and second.equivalent and -margin < narrow[0] and narrow[1] < margin
        known = implied.get((a, b))
        if (better or worse or same) and (known is None or same > known.equivalent):
            implied[a, b] = Link(better, worse, same, first.gap + second.gap, wide, narrow, through)
    return implied


def _sum(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    return first[0] + second[0], first[1] + second[1]


def _turn(bounds: tuple[float, float]) -> tuple[float, float]:
    return -bounds[1], -bounds[0]
