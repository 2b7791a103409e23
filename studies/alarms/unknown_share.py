"""Unknown share: how many of the trained facts the base does not know, asked several times, and how many of these were fitted.

Fitting facts that a model does not know makes it less reliable on those that it does: by up to 8.3 points in the
published experiment, in step with the share of unknown facts that were fitted. For an enterprise, such facts are the
point of training; the alarm says that the published risk is there, not that something went wrong.

Source: Gekhman et al. 2024, arXiv 2405.05904 (its classes by greedy answers under several few-shot prompts).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from chatbot.model import Message
from chatbot.prompts import render
from eval.metrics.lexical import MOST_WORDS
from finetune.model import Alarm
from foundation.language import states
from knowledge_base.model import Question
from studies.alarms.asking import generate
from studies.alarms.context import AlarmContext, one_per_fact, plain
from studies.alarms.figures import figure, mean, not_run, verdict

NAME: Final = "unknown-share"
TOLERATED: Final = 0.10  # share of the trained facts
FACTS: Final = 40
PROMPTS: Final = 3  # ways that each fact is asked: its question bare, then under sets of worked examples, in its wordings
_SHOTS = 3
_TOKENS = 16


def unknown_share(context: AlarmContext) -> Alarm:
    """Return the alarm: the share of trained facts that the base never answers, and of those that the adapter now does."""
    chosen = one_per_fact(context.training, FACTS, context.seed)
    if not chosen:
        return not_run(NAME, "no training question asks for a fact with a gold answer.")
    wordings = {question.fact: [q for q in context.training if plain(q) and q.fact == question.fact] for question in chosen}
    prompts, asked = [], []
    for question in chosen:
        for turn in range(PROMPTS):
            same = wordings[question.fact]
            wording = same[(same.index(question) + turn) % len(same)]
            prompts.append(_prompt(wording, chosen, turn, context.seed))
            asked.append(wording)  # its answers: a wording may be in another language
    answers = generate(context, prompts, adapter=False, tokens=_TOKENS)
    right = [_right(question, text) for question, text in zip(asked, answers, strict=True)]
    hits = [sum(right[at : at + PROMPTS]) for at in range(0, len(right), PROMPTS)]
    bare = generate(context, [_prompt(question, (), 0, context.seed) for question in chosen], adapter=True, tokens=_TOKENS)
    now = [_right(question, text) for question, text in zip(chosen, bare, strict=True)]
    facts = [question.fact or question.id for question in chosen]
    unknown = mean([float(count == 0) for count in hits], facts, seed=context.seed)
    fitted = mean([float(count == 0 and taught) for count, taught in zip(hits, now, strict=True)], facts, seed=context.seed)
    figures = [figure("unknown-share", unknown, TOLERATED, "above"), figure("fitted-unknown-share", fitted, TOLERATED, "above")]
    classes = {
        "known": sum(count == PROMPTS for count in hits),
        "maybe-known": sum(0 < count < PROMPTS for count in hits),
        "unknown": sum(count == 0 for count in hits),
        "answered-now": sum(now),
    }
    examples = [
        {"question": q.text, "answer": q.answers[0], "base": answers[at * PROMPTS]}
        for at, (q, count) in enumerate(zip(chosen, hits, strict=True))
        if count == 0
    ]
    return verdict(NAME, figures, {"classes": classes, "prompts": PROMPTS, "examples": examples[:10]}, fires=all(f.fires for f in figures))


def _prompt(question: Question, others: Sequence[Question], turn: int, seed: int) -> tuple[Message, ...]:
    """Return the bare prompt on turn 0, else one with worked examples of other facts, others on each turn."""
    pool = [other for other in others if other.fact != question.fact and other.language == question.language]
    shown = random.Random(f"{seed}/{turn}/{question.fact}").sample(pool, min(_SHOTS, len(pool))) if turn else []
    return render(question.text, language=question.language, context="few-shot" if shown else "none", examples=shown)


def _right(question: Question, text: str) -> bool:
    return len(text.split()) <= MOST_WORDS and any(states(text, answer, question.language) for answer in question.answers)
