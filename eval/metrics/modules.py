"""Our metrics as `evaluate` modules, to serve in its pipelines and in `evaluate.combine` without its hub.

Those that need answers alone, and semantic similarity with an embedder. Predictions stay in memory; nothing is
downloaded, and what the library writes goes to a temporary folder that goes with the module.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

import evaluate
from datasets import Features, Value
from datasets import Sequence as Many

from chatbot.model import Answer
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item, Metric, Tools
from foundation.errors import DataError, UnsupportedError
from knowledge_base.model import Question
from retrieval.embedders import Embedder

_TEXT = Value("string")


class MetricModule(evaluate.Metric):  # type: ignore[misc]  # evaluate has no types
    """One of our metrics as `evaluate` asks for it: predictions, and one reference or several for each."""

    def __init__(self, metric: Metric, language: str, tools: Tools) -> None:
        """Take the metric, the language of all texts (ISO 639-1) and what the metric may need."""
        self.metric, self.language, self.tools = metric, language, tools
        self._folder = TemporaryDirectory(prefix="ragft-evaluate-")
        super().__init__(config_name=metric.name, keep_in_memory=True, cache_dir=self._folder.name, seed=0)
        self.info.module_name = metric.name  # evaluate takes the class's name, which is the same for all

    def _info(self) -> evaluate.EvaluationModuleInfo:
        return evaluate.EvaluationModuleInfo(
            description=self.metric.summary,
            citation=self.metric.source,
            inputs_description=(
                "predictions: texts. references: one text for each prediction, or several that are alternatives. "
                "per_answer: True for a list with one number for each prediction, None where it is not scored."
            ),
            features=[
                Features({"predictions": _TEXT, "references": Many(_TEXT)}),
                Features({"predictions": _TEXT, "references": _TEXT}),
            ],
        )

    def _compute(
        self, predictions: Sequence[str], references: Sequence[str | Sequence[str]], per_answer: bool = False
    ) -> dict[str, float | int | list[float | None]]:
        """Return the mean over the predictions that are scored, and how many were not; or every number by itself."""
        items = [
            Item(
                Question(str(number), "", self.language, (gold,) if isinstance(gold, str) else tuple(gold), "yes"),
                Answer(text),
                self.language,
            )
            for number, (text, gold) in enumerate(zip(predictions, references, strict=True))
        ]
        scores = self.metric.score_all(items, self.tools)
        values = [score.value for score in scores if score.value is not None]
        if per_answer:
            return {self.metric.name: [score.value for score in scores]}
        if not values:
            raise DataError(
                f"none of {len(scores)} predictions can be scored on {self.metric.name}: {scores[0].reason or scores[0].status}. "
                "Give each of them a reference with a word in it."
            )
        return {self.metric.name: fmean(values), f"{self.metric.name}_unscored": len(scores) - len(values)}


def module(name: str, *, language: str = "en", embedder: Embedder | None = None, languages: Sequence[str] = ()) -> MetricModule:
    """Return the metric `name` as an `evaluate` module.

    Args:
        name: a metric that needs answers alone, or "semantic".
        language: of predictions and references, ISO 639-1.
        embedder: for "semantic".
        languages: that the embedder covers; `language` alone when empty.

    Raises:
        UnknownNameError: there is no such metric.
        UnsupportedError: the metric needs more than predictions and references; the message says what.

    >>> module("rougeL").compute(predictions=["a b"], references=["a b c d"])
    {'rougeL': 0.6666666666666666, 'rougeL_unscored': 0}
    """
    metric = METRICS.get(name)
    missing = [need for need in metric.needs if need != "answers" and not (need == "embedder" and embedder)]
    if missing:
        what = "an embedder: pass embedder=…" if missing == ["embedder"] else f"{' and '.join(missing)}, which predictions do not have"
        serving = ", ".join(other for other in METRICS if set(METRICS.get(other).needs) <= {"answers"})
        raise UnsupportedError(f"the metric {name!r} needs {what}. Without it there are: {serving}.")
    return MetricModule(metric, language, Tools(embedder, tuple(languages) or (language,)))


def modules(names: Sequence[str], *, language: str = "en") -> Any:
    """Return several metrics as one `evaluate.CombinedEvaluations`; raises as `module` does."""
    return evaluate.combine([module(name, language=language) for name in names])
