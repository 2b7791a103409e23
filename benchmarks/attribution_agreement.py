"""How well a reader agrees with the rules of attribution.

    python -m benchmarks.attribution_agreement --draw RUN --out FILE [--size 60] [--seed 0]
    python -m benchmarks.attribution_agreement --judge RUN --labels FILE

`--draw` writes a sheet of answers that scored 0 on `correct`, even shares over the systems, without their causes. A reader
who has not seen the rules gives each a cause by `attribution_codebook.md`, as JSON Lines {"id": …, "label": …}. `--judge`
attributes the run and prints agreement, Cohen's kappa with its interval, and who said what. Figures: docs/attribution.md.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.model import Answer
from eval.attribution import CAUSES, Attribution, attribute
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item
from eval.model import RunRecord
from eval.runs import RunFolder
from foundation.errors import DataError
from foundation.files import read_jsonl, write_text
from knowledge_base.model import Question


@dataclass(frozen=True)
class Wrong:
    """One answer that scored 0, with what the rules say of it."""

    question: Question
    system: str
    context: str
    answer: Answer
    attribution: Attribution

    @property
    def id(self) -> str:
        return f"{self.question.id}|{self.system}"

    def row(self) -> dict[str, Any]:
        """What the reader sees: everything that the rules may look at but the other systems' answers, and no cause."""
        return {
            "id": self.id,
            "system": self.system,
            "context": self.context,
            "history": [f"{turn.role}: {turn.text}" for turn in self.question.history],
            "question": self.question.text,
            "gold_answers": list(self.question.answers),
            "answerable": self.question.answerable,
            "evidence_parts": [[span.quote for span in part] for part in self.question.parts],
            "rule": self.question.rule,
            "passages_shown": [f"{hit.chunk.title}: {hit.chunk.text}" for hit in self.answer.hits],
            "answer": self.answer.text,
            "abstained": self.answer.abstained,
            "cut_off": self.answer.finish_reason == "length",
        }


def wrong_answers(folder: Path) -> list[Wrong]:
    """Return all answers of a run that score 0 on `correct`, in the order of its questions and systems."""
    run = RunFolder.open(folder)
    context = {str(system["name"]): str(system["context"]) for system in run.manifest.systems}
    records: dict[str, dict[str, RunRecord]] = defaultdict(dict)
    for record in run.records():
        records[record.question_id][record.system] = record
    correct = METRICS.get("correct")
    found = []
    for asked in run.asked:
        question, mine = asked.question, records[asked.question.id]
        primary = {
            name: correct.score(Item(question, record.answer, question.language, name, missing=record.missing)).value
            for name, record in mine.items()
        }
        causes = attribute(
            question,
            asked.exposure,
            {name: record.answer for name, record in mine.items()},
            primary,
            {name: record.error for name, record in mine.items()},
            [name for name, record in mine.items() if record.missing],
            context,
        )
        for name, record in mine.items():
            if record.answer is not None and primary[name] == 0:
                found.append(Wrong(question, name, context[name], record.answer, causes[name]))
    return found


def draw(wrong: list[Wrong], size: int, seed: int) -> list[Wrong]:
    """Return `size` answers in random order, as many of each system as of any other, give or take one."""
    by_system: dict[str, list[Wrong]] = defaultdict(list)
    for one in wrong:
        by_system[one.system].append(one)
    rng = random.Random(seed)
    chosen: list[Wrong] = []
    for place, (_, some) in enumerate(sorted(by_system.items())):
        share = size // len(by_system) + (place < size % len(by_system))
        if len(some) < share:
            raise DataError(f"system {some[0].system!r} has {len(some)} wrong answers, and {share} are wanted. Lower --size.")
        chosen += rng.sample(some, share)
    rng.shuffle(chosen)
    return chosen


def judge(wrong: list[Wrong], labels: dict[str, str]) -> None:
    """Print how the labels agree with the rules: in all, per cause, and where they part."""
    from eval.stats.agreement import kappa

    known = {one.id: one for one in wrong}
    if strange := [name for name in labels if name not in known] + [label for label in labels.values() if label not in CAUSES]:
        raise DataError(f"{strange[0]!r} is no wrong answer of this run, or no cause. Causes: {', '.join(CAUSES)}.")
    ruled = [known[name].attribution.cause for name in labels]
    read = list(labels.values())
    same = sum(first == second for first, second in zip(ruled, read, strict=True))
    estimate = kappa(ruled, read)
    print(f"{len(labels)} answers, {same} with the same cause ({same / len(labels):.0%})")
    print(f"Cohen's kappa {estimate.value:.2f}, 95 % interval {estimate.low:.2f} to {estimate.high:.2f} ({estimate.method})\n")
    pairs = Counter(zip(ruled, read, strict=True))
    rows, columns = ([cause for cause in CAUSES if cause in said] for said in (set(ruled), set(read)))
    print("| rules \\ reader | " + " | ".join(columns) + " |\n|---|" + "---:|" * len(columns))
    for row in rows:
        print(f"| {row} | " + " | ".join(str(pairs[row, column] or "") for column in columns) + " |")
    print("\nWhere they part:")
    for name, label in labels.items():
        found = known[name].attribution
        if found.cause != label:
            print(f"- {name}: rules say {found.cause} ({found.why}), the reader {label}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = options.add_mutually_exclusive_group(required=True)
    what.add_argument("--draw", type=Path, metavar="RUN")
    what.add_argument("--judge", type=Path, metavar="RUN")
    options.add_argument("--out", type=Path, default=Path("attribution_sheet.jsonl"))
    options.add_argument("--labels", type=Path)
    options.add_argument("--size", type=int, default=60)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    if given.draw:
        rows = [one.row() for one in draw(wrong_answers(given.draw), given.size, given.seed)]
        write_text(given.out, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        print(f"{len(rows)} answers in {given.out}")
    elif given.labels is None:
        options.error("--judge needs --labels")
    else:
        labels = {str(row["id"]): str(row["label"]) for _, row in read_jsonl(given.labels, "labels")}
        judge(wrong_answers(given.judge), labels)


if __name__ == "__main__":
    main()
