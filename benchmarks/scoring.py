"""Scoring and testing 1,000 questions × 5 systems, all metrics that need no model, 10,000 resamples: at most 15 s on two cores.

Run: python -m benchmarks.scoring [--questions 1000] [--resamples 10000] [--seed 0]

The same 5,000 answers then go to rouge-score by itself with its `BootstrapAggregator`, which `evaluate`'s ROUGE wraps:
four kinds of ROUGE and percentile intervals of each system, no test between systems. It resamples 1,000 times by default
and is timed with that and with our number. Answers are a seeded mixture of right, wrong, long and empty ones to
questions of the shipped sample. Processor time stands beside the clock's, with the machine's load.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from chatbot.citations import parse
from chatbot.model import Answer, Usage
from eval.aggregate import ScoreTable, system_result
from eval.contrasts import contrasts
from eval.metrics.catalogue import METRICS
from eval.model import Asked, RunManifest, RunRecord, Score
from eval.scores import score_records
from eval.slicing import explorations, slices
from knowledge_base.loading import load
from knowledge_base.model import Question
from retrieval.model import Chunk, Hit

SYSTEMS: tuple[dict[str, Any], ...] = (
    {"name": "base", "context": "none", "adapter": None},
    {"name": "few-shot", "context": "few-shot", "adapter": None},
    {"name": "rag", "context": "retrieval", "adapter": None},
    {"name": "finetuned", "context": "none", "adapter": "main"},
    {"name": "rag+finetuned", "context": "retrieval", "adapter": "main"},
)
CONTRASTS = (("rag", "base"), ("finetuned", "base"), ("rag", "finetuned"), ("rag+finetuned", "rag"), ("rag+finetuned", "finetuned"))
RIGHT = {"base": 0.1, "few-shot": 0.2, "rag": 0.6, "finetuned": 0.4, "rag+finetuned": 0.7}
ROUGE = ("rouge1", "rouge2", "rougeL", "rougeLsum")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--resamples", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    pool = load("orlisund").questions
    asked = [Asked(question) for question in draw.sample(pool, min(arguments.questions, len(pool)))]
    answering = Answering(pool, draw)
    records = [
        RunRecord(row.question.id, str(system["name"]), answering.to(row.question, str(system["name"])), seconds=1.0)
        for system in SYSTEMS
        for row in asked
    ]
    manifest = manifest_of(asked, arguments.resamples, arguments.seed)
    # Libraries are loaded before the clock runs, on another text than the ones to be scored.
    other = Asked(Question("warm", "?", "en", ("a warm day",), "yes"))
    score_records(manifest, [other], [RunRecord("warm", "base", Answer("It was a warm day."))])
    print(f"{len(asked)} questions × {len(SYSTEMS)} systems, {len(list(METRICS))} metrics, {arguments.resamples} resamples")

    scoring, scores = timed(lambda: score_records(manifest, asked, records))
    testing, _ = timed(lambda: statistics(manifest, asked, records, scores))
    report("ours, scoring", scoring)
    report("ours, intervals and tests", testing)
    report("ours, together", scoring + testing)
    for resamples in sorted({1000, arguments.resamples}):
        theirs, _ = timed(partial(rouge_alone, asked, records, resamples))
        report(f"rouge-score, {resamples} resamples", theirs)
        print(f"    ours takes {(scoring + testing).cpu / theirs.cpu:.2f} times its processor time")


@dataclass(frozen=True)
class Seconds:
    """Of the clock, and of the processor: on a busy machine the clock tells what others do."""

    wall: float
    cpu: float

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(self.wall + other.wall, self.cpu + other.cpu)


def timed(work: Callable[[], Any]) -> tuple[Seconds, Any]:
    """Return how long `work` took, and what it returned."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return Seconds(time.perf_counter() - wall, time.process_time() - cpu), found


def report(what: str, took: Seconds) -> None:
    print(f"{what:<32} {took.wall:6.1f} s, processor {took.cpu:6.1f} s (load {os.getloadavg()[0]:.1f})", flush=True)


def statistics(manifest: RunManifest, asked: Sequence[Asked], records: Sequence[RunRecord], scores: Sequence[Score]) -> list[Any]:
    """Everything that a comparison computes from scores: means of all metrics, declared contrasts, slices, explorations."""
    table = ScoreTable.build(asked, scores, manifest.plan)
    names = [str(system["name"]) for system in SYSTEMS]
    means = [system_result(system, table, [r for r in records if r.system == system["name"]], []) for system in SYSTEMS]
    sliced = slices(table, names)
    return [means, contrasts(table, SYSTEMS, CONTRASTS), sliced, explorations(table, CONTRASTS, sliced)]


def rouge_alone(asked: Sequence[Asked], records: Sequence[RunRecord], resamples: int) -> list[Any]:
    """What `evaluate`'s ROUGE does with these answers, a system at a time."""
    from rouge_score.rouge_scorer import RougeScorer
    from rouge_score.scoring import BootstrapAggregator

    scorer = RougeScorer(list(ROUGE))
    questions = {row.question.id: row.question for row in asked}
    found = []
    for system in SYSTEMS:
        aggregator = BootstrapAggregator(n_samples=resamples)
        for record in records:
            gold = questions[record.question_id].answers
            if record.system == system["name"] and record.answer is not None and gold:
                aggregator.add_scores(scorer.score_multi(list(gold), record.answer.text))
        found.append(aggregator.aggregate())
    return found


class Answering:
    """Answers as systems give them: right, right and long, wrong, an abstention, nothing at all."""

    def __init__(self, pool: Sequence[Question], draw: random.Random) -> None:
        self.pool, self.draw = pool, draw
        self.golds = [question.answers[0] for question in pool if question.answers]

    def to(self, question: Question, system: str) -> Answer:
        """Return an answer of `system` to `question`."""
        draw = self.draw
        hits = self._hits(question) if "rag" in system else ()
        kind = draw.random()
        if draw.random() < RIGHT[system] and question.answers:
            text = f"It is {draw.choice(question.answers)}" + (" [1]." if hits else ".")
            if kind < 0.2:  # with more around it than anybody asked for
                text += " " + " ".join(f"{other.text} {draw.choice(self.golds)}." for other in draw.sample(self.pool, 4))
        else:
            text = "" if kind < 0.03 else "I don't know." if kind < 0.15 else f"It is {draw.choice(self.golds)}."
        right, wrong = parse(text, hits)
        return Answer(text, right, wrong, hits, abstained=text == "I don't know.", usage=Usage(400 if hits else 60, len(text) // 4))

    def _hits(self, question: Question) -> tuple[Hit, ...]:
        """Return four passages: two of evidence, of this question or of another one, and two beside it."""
        evidence = [*self.draw.choice((question, self.draw.choice(self.pool))).evidence, *self.draw.choice(self.pool).evidence][:2]
        places = [(span.document_id, span.revision, start) for span in evidence for start in (max(0, span.start - 200), span.end + 10)]
        chunks = [Chunk(f"{document}@{start}", document, revision, start, start + 600, "") for document, revision, start in places]
        return tuple(Hit(chunk, 1 / rank, rank) for rank, chunk in enumerate(chunks, start=1))


def manifest_of(asked: Sequence[Asked], resamples: int, seed: int) -> RunManifest:
    plan = {"primary": "correct", "margin": 0.05, "contrasts": CONTRASTS, "resamples": resamples, "confidence": 0.95, "seed": seed}
    return RunManifest("benchmark", "", {}, {}, {}, SYSTEMS, tuple(row.question.id for row in asked), plan, {})


if __name__ == "__main__":
    main()
