"""McNemar's test of two systems that are right or wrong on the same questions.

It is the test that readers know, shown beside the one that decides: `eval.stats.permutation` keeps the
questions of one fact together, this one does not.
"""

from __future__ import annotations


def mcnemar_p(wins: int, losses: int) -> float:
    """Return the exact two-sided p-value that wins and losses are equally likely, above 0 and at most 1.

    Takes the questions as independent. Where several questions ask for one fact they are not, and p is then too small.

    Args:
        wins: questions that only the first system answers correctly, at least 0.
        losses: questions that only the second one does, at least 0. With neither, p is 1.

    Raises ValueError for negative counts.
    Source: McNemar 1947, Psychometrika 12:153; the binomial form as `statsmodels.stats.contingency_tables.mcnemar` has it.

    >>> mcnemar_p(0, 4)  # 2 / 2^4
    0.125
    """
    if wins < 0 or losses < 0:
        raise ValueError(f"wins and losses are counts, not {wins} and {losses}")
    if wins + losses == 0:
        return 1.0
    from statsmodels.stats.contingency_tables import mcnemar

    return float(mcnemar([[0, wins], [losses, 0]], exact=True).pvalue)
