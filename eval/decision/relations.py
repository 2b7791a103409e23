"""What the declared contrasts say of each pair of systems: shown better, shown equivalent, both, or nothing.

Pairs that were not declared are judged here too, where two declared contrasts settle them. Which system
that makes the choice is the business of `eval.decision.race`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

from eval.comparison import Comparison, Contrast
from eval.stats.corrections import holm
from eval.stats.equivalence import Evidence, equivalent_p
from eval.stats.intervals import t_quantile

ALPHA: Final = 0.05  # over all declared contrasts together, for differences and for equivalences each
_CONFIDENCE: Final = 0.95  # of the bounds that are added up, whatever confidence is displayed: it decides nothing


@dataclass(frozen=True)
class Link:
    """What is known of one system against another; all figures are the first's minus the second's, as shares."""

    better: bool  # the first is shown to score higher
    worse: bool
    equivalent: bool  # the difference is shown to be smaller than the margin
    gap: float
    wide: tuple[float, float]  # 95 % bounds
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


def links(comparison: Comparison, systems: Iterable[str], *, margin: float) -> dict[tuple[str, str], Link]:
    """Return what is known of each pair among `systems`, in both directions; a pair of which nothing is known is absent.

    Args:
        comparison: with all contrasts of the run, since Holm's correction is over all of them.
        systems: the names to judge.
        margin: the margin to judge at, as a share.
    """
    wanted = set(systems)
    shown = equivalent_at(comparison.contrasts, margin, float(comparison.plan["margin"]))
    found: dict[tuple[str, str], Link] = {}
    whole: set[tuple[str, str]] = set()  # pairs of which no question was dropped: their differences add up
    for contrast, same in zip(comparison.contrasts, shown, strict=True):
        if not {contrast.a, contrast.b} <= wanted:
            continue
        gap, test = contrast.difference.value, contrast.equivalence
        link = Link(contrast.verdict == "better", contrast.verdict == "worse", same, gap, _wide(contrast), (test.low, test.high))
        found |= {(contrast.a, contrast.b): link, (contrast.b, contrast.a): link.turned()}
        if not contrast.dropped:
            whole |= {(contrast.a, contrast.b), (contrast.b, contrast.a)}
    return found | _implied(found, whole, sorted(wanted), margin)


def over_seeds(contrast: Contrast) -> bool:
    """Tell whether a contrast stands on several training seeds, or folds."""
    return contrast.trainings > 1


def equivalent_at(contrasts: Sequence[Contrast], margin: float, declared: float) -> list[bool]:
    """Tell for each contrast whether it is shown equivalent at `margin`, with Holm's correction; both margins are shares.

    At another margin than the declared one the run's own test is made again, from what each contrast keeps of it: that is not
    possible over several training seeds (`over_seeds`). A difference that failed answers hide is shown to be neither large nor small.
    """
    shown = [contrast.equivalence.shown for contrast in contrasts]
    if margin != declared:
        shown = [p < ALPHA for p in holm([_large_p(contrast, margin) for contrast in contrasts])]
    return [same and not contrast.fragile for same, contrast in zip(shown, contrasts, strict=True)]


def _large_p(contrast: Contrast, margin: float) -> float:
    """Return the p-value of "the difference lies beyond the margin"; 1 for one fact, which shows nothing."""
    seen = contrast.equivalence.evidence
    return equivalent_p(Evidence(**seen), margin) if seen else 1.0


def _wide(contrast: Contrast) -> tuple[float, float]:
    """Return the 95 % bounds of a difference, by Student's t.

    It has the degrees of freedom of the test of equivalence, at most one less than facts; with several training seeds or
    folds one less than those, which is wider than need be. A standard error of 0 is read as that of about one question that moves, as in
    `eval.stats.power`.
    """
    freedom = contrast.equivalence.evidence.get("freedom", contrast.difference.clusters - 1)
    if over_seeds(contrast):
        freedom = min(freedom, contrast.trainings - 1)
    if freedom <= 0:
        return -1.0, 1.0
    reach = t_quantile(_CONFIDENCE, freedom) * max(contrast.standard_error, 1 / (contrast.difference.n + 2))
    return contrast.difference.value - reach, contrast.difference.value + reach


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
