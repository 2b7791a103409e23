"""From a Comparison to a Decision. Pure: it can be made again from comparison.json alone."""

from __future__ import annotations

from eval.comparison import Comparison, Decision
from eval.decision.gates import stop
from eval.decision.headline import headline
from eval.decision.race import candidates, race
from eval.decision.sentences import grounds
from eval.decision.settling import at_margins, settle


def decide(comparison: Comparison) -> Decision:
    """Return what may be decided from `comparison`, whose own decision is not looked at.

    Args:
        comparison: all figures; its plan names the primary metric and the margin (a share).

    Source: the rule is written down in docs/decision.md.
    """
    margin = float(comparison.plan["margin"])
    field = candidates(comparison)
    support = {one.system: comparison.support[one.system] for one in field if one.system in comparison.support}
    stopped = stop(comparison, field)
    if stopped is not None:
        return Decision(
            verdict="not enough evidence",
            system=None,
            among=stopped.among,
            reason=stopped.reason,
            margin=margin,
            headline=stopped.headline,
            sentences=grounds(comparison, field, None),
            settle=stopped.settle,
            support=support,
        )
    standing = race(comparison, field, margin)
    return Decision(
        verdict=standing.verdict,
        system=standing.system,
        among=standing.among,
        reason=standing.reason,
        margin=margin,
        headline=headline(comparison, field, standing),
        sentences=grounds(comparison, field, standing),
        settle=settle(comparison, field, standing),
        support=support,
        margins=at_margins(comparison, field),
    )
