"""Question-answer pairs for training, written from the documents by any engine and filtered.

Drafting them is `studies.drafting`'s work, rules of form included; no person accepts these, so they
are filtered here instead: an answer must be stated in its passage, and nothing that a test or
validation question asks may come back in nearly its words. Which facts are held out differs from training to training (folds), so
pairs on those are left out by the recipe that reads the file (`finetune.recipes.synthetic`). They are training material
and no questions of the knowledge base: nothing is ever measured on them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from chatbot.engine import Engine
from finetune.recipes.synthetic import asked_again, with_stated_facts
from foundation.errors import ConfigurationError
from foundation.files import write_text
from foundation.jsonable import to_json
from foundation.language import states
from knowledge_base.drafts import Draft, Drafter, anchored, read_drafts
from knowledge_base.model import KnowledgeBase, Question
from studies.drafting import draft_from_passages

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
TAG = "synthetic"
_GONE = "its passage is no longer in the documents"
_UNSUPPORTED = "answer not stated in its passage"
_VERBATIM = "asks a test or validation question word for word"
_NEARLY = "asks a test or validation question in nearly its words"


@dataclass(frozen=True)
class Synthesis:
    """What a file of pairs holds, and what did not come into it.

    `discarded` counts attempts that were no usable question by the rule that they failed, `filtered` pairs that were
    and may not be trained on; both over all runs. `left` possible answers were not
    tried; None when this run tried none.
    """

    path: Path
    pairs: tuple[Question, ...]
    discarded: dict[str, int]
    filtered: dict[str, int]
    left: int | None


def synthesise(
    folder: Path,
    name: str,
    kb: KnowledgeBase,
    engine: Engine,
    *,
    count: int = 100,
    seed: int = 0,
    language: str | None = None,
    batch: int = 16,
    progress: bool = True,
) -> Synthesis:
    """Bring `folder/<name>.jsonl` to `count` pairs, each with the sentence that states its answer.

    What was tried is in the journal `folder/<name>/drafts.jsonl`, so the same call goes on after an interrupt and
    asks for nothing twice. Every sentence is a candidate, those that training questions rest on too: another
    wording is what fine-tuning gains from most.

    Args:
        folder: of the synthetic sets, in the workspace.
        name: of this one: letters, digits, ".", "_", "-".
        kb: its documents are asked about, its test and validation questions are kept apart.
        engine: any engine.
        count: pairs wanted in all, at least 1; fewer come when the documents hold no more answers.
        seed, language, batch, progress: see `studies.drafting.draft_from_passages`.

    An interrupt or a failing engine leaves the file with what was made until then. Raises what drafting raises.
    """
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} cannot name a set of pairs: use letters, digits, '.', '_' and '-', a letter or digit first.")
    path, journal = folder / f"{name}.jsonl", folder / name
    sources = replace(kb, questions=())
    left: int | None = None
    try:
        while (missing := count - len(_filtered(journal, kb)[0])) > 0:
            done = draft_from_passages(
                journal, sources, engine, count=missing, seed=seed, language=language, batch=batch, progress=progress
            )
            left = done.left
            if not done.proposed:
                break
    except KeyboardInterrupt:
        made = len(_filtered(journal, kb)[0])
        raise KeyboardInterrupt(f"interrupted: {made} pairs are in {path}; run the same command again to go on.") from None
    finally:
        pairs, filtered = _filtered(journal, kb)
        _write(path, pairs)
    discarded = Counter(draft.reason for draft in read_drafts(journal) if draft.status == "discarded")
    return Synthesis(path, pairs, dict(discarded.most_common()), filtered, left)


def _filtered(journal: Path, kb: KnowledgeBase) -> tuple[tuple[Question, ...], dict[str, int]]:
    """Return the pairs of a journal that may be trained on, and how many others there are for which reason."""
    documents = {document.id: document for document in kb.documents}
    reasons: Counter[str] = Counter()
    made: list[Question] = []
    for draft in read_drafts(journal):
        if draft.status == "discarded":
            continue
        found = anchored(draft, documents)
        if found is None:
            reasons[_GONE] += 1
        elif not any(states(span.quote, found.answer, found.language) for span in found.evidence):
            reasons[_UNSUPPORTED] += 1
        else:
            made.append(_pair(found))
    held = (*kb.split("test"), *kb.split("validation"))
    verbatim, near = asked_again(made, held)
    reasons[_VERBATIM] += len(verbatim)
    reasons[_NEARLY] += len(near)
    kept = [question for question in made if question.id not in verbatim | near]
    return with_stated_facts(kept, kb.questions), {reason: number for reason, number in reasons.most_common() if number}


def _pair(draft: Draft) -> Question:
    return Question(
        id=draft.id,
        text=draft.question,
        language=draft.language,
        answers=(draft.answer,),
        answerable="yes",
        evidence=draft.evidence,
        kind="synthetic",
        tags=(TAG, *((_written_by(draft.drafter),) if draft.drafter else ())),
        fact=draft.id,
        group=draft.evidence[0].document_id,
        split="train",
    )


def _written_by(drafter: Drafter) -> str:
    return f"{drafter.engine}:{Path(drafter.model).name}"


def _write(path: Path, pairs: Sequence[Question]) -> None:
    """Write the pairs; no file is made for none."""
    if pairs or path.exists():
        write_text(path, "".join(json.dumps(to_json(pair), ensure_ascii=False) + "\n" for pair in pairs))
