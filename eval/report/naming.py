"""Names in the language of the report: metrics, kinds, causes, methods. A name that no message knows is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from eval.comparison import Cause, Comparison
from eval.report.figures import plain
from eval.report.parts import ABSENT
from eval.wording import Words, numbers, slug
from foundation.errors import DataError


def named(words: Words, group: str, name: str) -> str:
    """Return the message `group`-`name`, or the name itself where there is none: users name kinds and tags as they like.

    >>> from eval.wording import words
    >>> named(words("fr"), "report-cause", "not retrieved"), named(words("fr"), "report-kind", "riddle")
    ('preuve non retrouvée', 'riddle')
    """
    key = f"{group}-{slug(name)}"
    return words(key) if key in words else plain(name)


def metric_name(words: Words, metric: str) -> str:
    """Return what reports call a metric.

    >>> from eval.wording import words
    >>> metric_name(words("en"), "token_f1"), metric_name(words("fr"), "recall@k"), metric_name(words("en"), "my_own")
    ('token F1', 'rappel@k', 'my_own')
    """
    return named(words, "metric", metric)


def metric_text(words: Words, metric: str, about: str, info: Mapping[str, Any]) -> str:
    """Return the "summary", "missing" or "source" text of a metric: its own in English, a translation where there is one."""
    own, key = plain(info.get(about) or ""), f"metric-{slug(metric)}-{about}"
    return words(key, own=own) if own and key in words else own


def primary_metric(comparison: Comparison) -> str:
    """Return the name of the declared primary metric.

    Raises:
        DataError: when the plan names none.
    """
    name = comparison.plan.get("primary")
    if not name:
        raise DataError(
            f"run {comparison.run_id} declares no primary metric. Run ragft compare again: the report cannot choose one afterwards."
        )
    return str(name)


def causes_in(comparison: Comparison) -> list[str]:
    """Return the causes that some question has, in the order of `eval.comparison.Cause`; ones that this version does not know come last."""
    seen = {cause for result in comparison.systems for cause, count in result.causes.items() if count}
    return [*(cause for cause in get_args(Cause) if cause in seen), *sorted(seen - set(get_args(Cause)))]


def cause_means(words: Words, cause: str) -> str:
    """Return what a cause means, as a sentence; empty where no message knows it.

    >>> from eval.wording import words
    >>> cause_means(words("en"), "error"), cause_means(words("en"), "bad luck")
    ('Answering failed, so there is no answer to judge.', '')
    """
    key = f"attribution-means-{slug(cause)}"
    return words(key) if key in words else ""


def level(comparison: Comparison, language: str) -> str:
    """Return the confidence of the intervals, as "95 %"."""
    return numbers.percent(float(comparison.plan.get("confidence", 0.95)), language)


def resamples_of(comparison: Comparison) -> int:
    """Return how often the questions were drawn again."""
    return int(comparison.plan.get("resamples", 10_000))


def in_words(value: object, words: Words) -> str:
    """Return a value of scope, plan or provenance in plain words.

    >>> from eval.wording import words
    >>> [in_words(value, words("fr")) for value in (True, ("rag", "base"), None, 1500, 0.05)]
    ['oui', 'rag, base', '–', '1500', '0,05']
    """
    if value is None or value == "":
        return ABSENT
    if isinstance(value, bool):
        return words("report-yes" if value else "report-no")
    if isinstance(value, float):
        text = f"{value:g}"
        return text.replace(".", ",") if words.language == "fr" else text
    if isinstance(value, (list, tuple)):
        join = "; " if any(isinstance(item, (list, tuple, dict)) for item in value) else ", "
        return join.join(in_words(item, words) for item in value) or ABSENT
    if isinstance(value, dict):
        return "; ".join(f"{plain(key)} {in_words(item, words)}" for key, item in value.items()) or ABSENT
    return plain(value)
