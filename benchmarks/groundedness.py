"""How well groundedness tells passages that support an answer from passages that do not, beside ROUGE-L and the embedder alone.

    python -m benchmarks.groundedness [--models FOLDER]

Each answerable question gives up to three answers (the gold answer alone, the question restated with it, the
sentence of the evidence) and each answer is held against the passage that holds the evidence and against
passages that do not: the same one with another value in the place of the gold answer, and another passage of
the same document or article. Figures: ROC AUC, with an interval by resampling whole facts. The constants of
the metric were chosen on XQuAD (folder `RAGFT_DATA`, else skipped) and tested on the sample, and on PIAF for French.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.groundedness_cases import FALSE, FORMS, Case, blind_cases, cases
from chatbot.model import Answer
from eval.metrics.groundedness import GROUNDEDNESS
from eval.metrics.metric import Item, Tools
from eval.metrics.rouge import StemmingTokenizer
from eval.metrics.semantic import encoded
from eval.sentences import sentences
from knowledge_base.loading import load
from knowledge_base.squad import import_squad
from retrieval.chunking import Chunker
from retrieval.config import RetrievalConfig
from retrieval.embedders import Embedder, embedder
from retrieval.model import Hit

Floats = NDArray[np.float64]
SAMPLE = Path("knowledge_base/samples/orlisund")


@dataclass(frozen=True)
class Measured:
    """Cases with the value of every method on each: float64 [cases] per method."""

    cases: list[Case]
    values: dict[str, Floats]

    @property
    def true(self) -> NDArray[np.bool_]:
        return np.array([case.kind == "true" for case in self.cases])

    @property
    def facts(self) -> list[str]:
        return [case.question.fact for case in self.cases]


def measure(found: Sequence[Case], language: str, model: Embedder | None) -> Measured:
    """Return every method on every case. An answer that says nothing to look for has no groundedness: 0 here, as for the others."""
    items = [Item(case.question, Answer(case.answer, hits=(Hit(case.chunk, 1.0, 1),)), language, retrieves=True) for case in found]
    scores = GROUNDEDNESS.score_all(items, Tools(model, (language,) if model else ()))
    values = {"groundedness": np.array([score.value or 0.0 for score in scores])}
    if model:
        words = GROUNDEDNESS.score_all(items, Tools())
        values["groundedness, words alone"] = np.array([score.value or 0.0 for score in words])
        values["embedding alone"] = _nearest(found, model)
    return Measured(list(found), values | _rouge(found, language))


def _nearest(found: Sequence[Case], model: Embedder) -> Floats:
    """Return the cosine of each answer and the nearest sentence of its passage."""
    pieces = [sentences(case.chunk.text) or [case.chunk.text] for case in found]
    vectors = encoded([*(case.answer for case in found), *(piece for each in pieces for piece in each)], model)
    return np.array([max(float(vectors[case.answer] @ vectors[piece]) for piece in each) for case, each in zip(found, pieces, strict=True)])


def _rouge(found: Sequence[Case], language: str) -> dict[str, Floats]:
    """Return ROUGE-L of each answer against its passage, and against the best of its sentences: precision and F of each."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rougeL"], tokenizer=StemmingTokenizer(language))
    score = cache(lambda text, answer: scorer.score(text, answer)["rougeL"])
    rows = []
    for case in found:
        whole = score(case.chunk.text, case.answer)
        parts = [score(piece, case.answer) for piece in sentences(case.chunk.text)] or [whole]
        rows.append((whole.precision, whole.fmeasure, max(each.precision for each in parts), max(each.fmeasure for each in parts)))
    names = ("ROUGE-L precision", "ROUGE-L F", "ROUGE-L precision, best sentence", "ROUGE-L F, best sentence")
    return dict(zip(names, np.array(rows, dtype=np.float64).T, strict=True))


def area(values: Floats, true: NDArray[np.bool_], weights: Floats | None = None) -> float:
    """Return the area under the ROC curve of `values`, each case counted `weights` times; ties count half.

    >>> area(np.array([0.9, 0.5, 0.5]), np.array([True, True, False]))
    0.75
    """
    return _area(np.unique(values, return_inverse=True)[1], true, np.ones(len(values)) if weights is None else weights)


def _area(level: NDArray[np.int64], true: NDArray[np.bool_], weights: Floats) -> float:
    """Return the area of values given by their rank, equal ones by the same."""
    up, down = np.bincount(level, weights * true), np.bincount(level, weights * ~true)
    below = np.cumsum(down) - down
    return float((up * (below + down / 2)).sum() / (up.sum() * down.sum()))


def interval(
    measured: Measured, first: str, second: str | None = None, *, resamples: int = 1000, seed: int = 0
) -> tuple[float, float, float]:
    """Return the area of a method, or of `first` less that of `second`, with its 95 % percentile interval over resampled facts."""
    true = measured.true
    levels = [np.unique(measured.values[name], return_inverse=True)[1] for name in (first, second) if name]
    _, fact = np.unique(measured.facts, return_inverse=True)
    rng = np.random.default_rng(seed)
    count = int(fact.max()) + 1

    def value(weights: Floats) -> float:
        areas = [_area(level, true, weights) for level in levels]
        return areas[0] - areas[1] if second else areas[0]

    drawn = [value(np.bincount(rng.integers(0, count, count), minlength=count).astype(np.float64)[fact]) for _ in range(resamples)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return value(np.ones(len(true))), float(low), float(high)


def best_rouge(measured: Measured) -> str:
    """Return the ROUGE-L variant with the largest area on these very cases: the fairest to it."""
    return max((name for name in measured.values if name.startswith("ROUGE")), key=lambda name: area(measured.values[name], measured.true))


def show(name: str, measured: Measured) -> None:
    asked = {case.question.id for case in measured.cases}
    print(f"\n### {name}: {len(asked)} questions, {len(set(measured.facts))} facts, {len(measured.cases)} cases\n")
    print("| method | AUC [95 %] |\n|---|---|")
    for method in measured.values:
        value, low, high = interval(measured, method)
        print(f"| {method} | {value:.3f} [{low:.3f}, {high:.3f}] |")
    rival = best_rouge(measured)
    value, low, high = interval(measured, "groundedness", rival)
    print(f"| groundedness − {rival} | {value:+.3f} [{low:+.3f}, {high:+.3f}] |")
    methods = [method for method in ("groundedness", "groundedness, words alone", rival, "embedding alone") if method in measured.values]
    print(f"\n| answer | passage | cases | {' | '.join(methods)} |\n|---|---|---|{'---|' * len(methods)}")
    for form in FORMS:
        for kind in FALSE:
            places = np.array([case.form == form and case.kind in ("true", kind) for case in measured.cases])
            wrong = sum(case.form == form and case.kind == kind for case in measured.cases)
            if wrong:
                figures = (f"{area(measured.values[method][places], measured.true[places]):.3f}" for method in methods)
                print(f"| {form} | {kind} | {wrong} | {' | '.join(figures)} |", flush=True)


def show_blind(model: Embedder) -> None:
    print("\n### What it does not see\n\n| what | answer | supported | groundedness | words alone |\n|---|---|---|---|---|")
    found = blind_cases()
    values = measure([case for _, _, case in found], "en", model).values
    for number, (why, supported, case) in enumerate(found):
        with_model, by_words = values["groundedness"][number], values["groundedness, words alone"][number]
        print(f"| {why} | {case.answer} | {'yes' if supported else 'no'} | {with_model:.2f} | {by_words:.2f} |")


def prepared(path: Path, language: str, model: Embedder, most: int | None = None) -> list[Case]:
    """Return the cases of the knowledge base in a folder, cut as an index would be: of all its questions, or of `most` spread evenly."""
    kb = load(path)
    chunks = [chunk for of_one in Chunker(model, RetrievalConfig()).cut(kb.documents) for chunk in of_one]
    found = cases(kb, chunks, language)
    ids = list(dict.fromkeys(case.question.id for case in found))
    kept = set(ids[:: max(1, -(-len(ids) // most))]) if most else set(ids)
    return [case for case in found if case.question.id in kept]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=Path(os.environ.get("RAGFT_MODELS", "workspace/models")))
    parser.add_argument("--questions", type=int, help="at most so many per data set, spread evenly; all without")
    options = parser.parse_args()
    model = embedder("all-minilm-l6-v2", options.models, "auto")
    show_blind(model)
    data = os.environ.get("RAGFT_DATA")
    with tempfile.TemporaryDirectory() as folder:
        sets = [("sample, English", SAMPLE, "en", model), ("sample, French, words alone", SAMPLE, "fr", None)]
        if data and Path(data).is_dir():
            for file, language, own in (("xquad_en_a", "en", model), ("piaf_fr_a", "fr", None)):
                import_squad(Path(data) / f"{file}.json", Path(folder) / file, language)
                sets.append((file if own else f"{file}, words alone", Path(folder) / file, language, own))
        else:
            print("RAGFT_DATA names no folder: XQuAD and PIAF are skipped.")
        for name, path, language, own in sets:
            show(name, measure(prepared(path, language, model, options.questions), language, own))


if __name__ == "__main__":
    main()
