"""Names in the language of the report: metrics, kinds, causes, methods. A name that no message knows is shown as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from eval.comparison import Comparison
from eval.report.figures import plain
from eval.report.parts import ABSENT
from eval.wording import Words, numbers
from foundation.errors import DataError

_OTHER = re.compile(r"[^a-z0-9]+")


def slug(name: str) -> str:
    """Return a name as it stands in the keys of messages.

    >>> slug("recall@k"), slug("retrieved, not read"), slug("rougeL_default")
    ('recall-k', 'retrieved-not-read', 'rougel-default')
    """
    return _OTHER.sub("-", name.lower()).strip("-")


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
    """Return the "summary" or "missing" text of a metric: the metric's own in English, a translation where there is one."""
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


def level(comparison: Comparison, language: str) -> str:
    """Return the confidence of the intervals, as "95 %"."""
    return numbers.percent(float(comparison.plan.get("confidence", 0.95)), language)


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
