"""k-fold runs: which fold a question was in, and the adapters that answered in the place of one.

A run says it in its plan: {"folds": {"count", "seed", "sizes", "systems", "adapters"}}, its questions standing fold by fold, and
"texts" where recipes taught the documents of every fold. How folds are cut and trained is decided elsewhere; what the figures are
worth is said in a caution.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from eval.comparison import Said

FEWEST_FACTS: Final = 5  # facts per fold, below which a fold's mean is its facts' luck and tells nothing of training


def folds_of(plan: Mapping[str, Any], questions: Sequence[str]) -> dict[str, int]:
    """Return the number of each question's fold, from 1; nothing for a plain run, or a plan that does not fit the questions.

    >>> folds_of({"folds": {"sizes": [2, 1]}}, ["a", "b", "c"])
    {'a': 1, 'b': 1, 'c': 2}
    """
    sizes = _folds(plan).get("sizes")
    if not isinstance(sizes, list) or not all(isinstance(size, int) and size >= 0 for size in sizes) or sum(sizes) != len(questions):
        return {}
    numbers = [number for number, size in enumerate(sizes, start=1) for _ in range(size)]
    return dict(zip(questions, numbers, strict=True))


def folded_systems(plan: Mapping[str, Any]) -> frozenset[str]:
    """Return the systems that another adapter answered for in each fold."""
    names = _folds(plan).get("systems")
    return frozenset(map(str, names)) if isinstance(names, list) else frozenset()


def adapters_behind(plan: Mapping[str, Any], adapter: str) -> tuple[str, ...]:
    """Return the adapters that answered where a system names `adapter`: one per fold, or itself in a plain run.

    >>> adapters_behind({"folds": {"adapters": {"main": ["main-fold1of2", "main-fold2of2"]}}}, "main"), adapters_behind({}, "main")
    (('main-fold1of2', 'main-fold2of2'), ('main',))
    """
    known = _folds(plan).get("adapters")
    names = known.get(adapter) if isinstance(known, Mapping) else None
    return tuple(map(str, names)) if isinstance(names, list) else (adapter,)


def enough_facts(folds: int, facts: int) -> bool:
    """Tell whether so many folds hold so many facts that their means tell how much a training varies, beside how much facts do.

    With fewer, and in leave-one-out above all, fold and fact are one: intervals over facts then hold the luck of training already.
    """
    return folds > 1 and facts >= FEWEST_FACTS * folds


def fold_cautions(plan: Mapping[str, Any]) -> Iterator[Said]:
    """Yield the sentence that says what a k-fold run measures."""
    count = _folds(plan).get("count")
    if isinstance(count, int):
        sizes = _folds(plan).get("sizes")
        alone = isinstance(sizes, list) and set(sizes) <= {0, 1}
        texts = [str(name) for name in _folds(plan).get("texts") or ()]
        yield Said("folds-run", {"folds": count, "others": count - 1, "alone": alone, "texts": texts, "whole": bool(texts)})


def _folds(plan: Mapping[str, Any]) -> Mapping[str, Any]:
    found = plan.get("folds")
    return found if isinstance(found, Mapping) else {}
