"""Leak: were answers of the test set trained?

Two ways to know. A test question may stand nearly word for word among the training texts under another fact. And an adapter
that was trained on an answer gives it a log-probability that nothing else brings about: as high as that of what it was
trained on openly, much higher than the base's, and after this question alone.

Source: membership inference by the likelihood ratio to a reference model, here the base: Carlini et al. 2022,
arXiv 2112.03570; Mireshghallah et al. 2022, arXiv 2203.03929.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from chatbot.prompts import render
from finetune.model import Alarm
from foundation.language import normal_answer
from knowledge_base.exposure import leaks
from knowledge_base.model import Question
from studies.alarms.context import AlarmContext, gold, one_per_fact
from studies.alarms.copies import copied_texts
from studies.alarms.figures import Figure, figure, mean, not_run, verdict
from studies.alarms.plain_model import Pair, PlainModel

NAME: Final = "leak"
TOLERATED_TEXTS: Final = 0.0  # share of the test questions: one is too many
TOLERATED_MEMBERS: Final = 0.02  # share of the unseen test questions that look trained
UNSEEN: Final = 80
TRAINED: Final = 20
QUANTILE: Final = 0.25  # of the trained answers' log-probabilities: what most of them reach …
NEAR: Final = 0.1  # … within so many nats per token: learnt by heart they differ in the third decimal, which means nothing
SURE: Final = 0.5  # nats per token from certainty: a likelier guess than that is no guess, whatever trained answers reach
RISES: Final = 0.5  # share of the rise of the median trained answer
LEARNT: Final = 0.5  # nats per token that trained answers must have risen, else nothing can be told from memory
KNOWN: Final = 0.5  # share of the trained answers that must be past the cut themselves
OWN: Final = 0.5  # nats per token by which an answer is likelier after its own question than after another one


def leak(context: AlarmContext, model: PlainModel | None, reason: str = "") -> Alarm:
    """Return the alarm: the share of test questions that look trained, and of those found among the training texts.

    Args:
        context: what to look at; without test questions the alarm is not run.
        model: for the log-probabilities; without one that figure is left out and `reason` says why.
        reason: why there is no model.
    """
    if not context.test:
        return not_run(NAME, "there are no test questions that could have leaked.")
    copies = [*leaks(context.training, context.test), *copied_texts(context)]
    found = {copy.test_id for copy in copies}
    facts = [question.fact or question.id for question in context.test]
    texts = mean([float(question.id in found) for question in context.test], facts, seed=context.seed)
    figures = [figure("copied-share", texts, TOLERATED_TEXTS, "above")]
    details: dict[str, Any] = {"copies": [{"test": copy.test_id, "training": copy.training_id} for copy in copies[:10]]}
    members, told = (None, _left_out(reason)) if model is None else member_share(context, model)
    figures += [members] if members else []
    left_out = {**told.pop("left_out", {}), **({"copied-share": f"questions alone: {context.no_texts}"} if context.no_texts else {})}
    details |= {**told, **({"left_out": left_out} if left_out else {})}
    # One copy is exact knowledge, no estimate: it fires whatever the interval.
    shown = figures if copies else figures[::-1]
    return verdict(NAME, shown, details, fires=bool(copies) or any(each.fires for each in figures[1:]))


def member_share(context: AlarmContext, model: PlainModel) -> tuple[Figure | None, dict[str, Any]]:
    """Return the share of unseen test questions whose gold answer looks trained, and what to tell of it.

    One looks trained when its log-probability per token under the adapter reaches what three quarters of the trained
    answers reach and is no further from certainty than `SURE`, when it rose over the base's by at least half of what the
    median trained answer did, and when it is higher than after another question. Answers that a training question has
    too are passed over: they may be inferred.
    """
    taken = {normal for q in context.training for answer in q.answers if (normal := tuple(normal_answer(answer, q.language)))}
    open_ones = [q for q in context.unseen if not any(tuple(normal_answer(answer, q.language)) in taken for answer in q.answers)]
    unseen = one_per_fact(open_ones, UNSEEN, context.seed)
    trained = one_per_fact(context.training, TRAINED, context.seed)
    if len(unseen) < 2 or len(trained) < 2:
        return None, _left_out("too few test questions of untrained facts have an answer that no training question has")
    reached = np.array(_means(model, _pairs(context, model, trained), adapter=True))
    rise = float(np.median(reached - np.array(_means(model, _pairs(context, model, trained), adapter=False))))
    cut = max(float(np.quantile(reached, QUANTILE)) - NEAR, -SURE)
    told: dict[str, Any] = {"cut": cut, "trained_rise": rise, "asked": len(unseen)}
    if rise < LEARNT:
        return None, {**told, **_left_out("training raised its own answers too little to tell what was trained")}
    if np.mean(reached >= cut) < KNOWN:
        return None, {**told, **_left_out("training did not make most of its own answers near certain, and no leaked one would be so")}
    after = np.array(_means(model, _pairs(context, model, unseen), adapter=True))
    likely = [at for at, value in enumerate(after) if value >= cut]  # few: the dearer questions are asked of these alone
    found = _standing_out(context, model, unseen, likely, after[likely]) if likely else np.zeros((0, 2))
    members = {at for at, gaps in zip(likely, found, strict=True) if (gaps >= (RISES * rise, OWN)).all()}
    estimate = mean([float(at in members) for at in range(len(unseen))], [q.fact or q.id for q in unseen], seed=context.seed)
    told["examples"] = [
        {"question": unseen[at].text, "answer": gold(unseen[at]), "logprob": float(after[at])} for at in sorted(members)[:10]
    ]
    return figure("member-share", estimate, TOLERATED_MEMBERS, "above"), told


def _left_out(why: str) -> dict[str, Any]:
    return {"left_out": {"member-share": why}}


def _standing_out(
    context: AlarmContext, model: PlainModel, questions: Sequence[Question], chosen: Sequence[int], reached: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far the chosen answers' log-probability lies above the base's and above that after another question, [n, 2]."""
    own = [questions[at] for at in chosen]
    others = [questions[(at + len(questions) // 2) % len(questions)] for at in chosen]
    base = _means(model, _pairs(context, model, own), adapter=False)
    elsewhere = _means(model, _pairs(context, model, others, own), adapter=True)
    return np.column_stack([reached - np.array(base), reached - np.array(elsewhere)])


def _pairs(context: AlarmContext, model: PlainModel, asked: Sequence[Question], answered: Sequence[Question] = ()) -> list[Pair]:
    """Return prompt and gold answer as tokens, asked as the system without context asks; the answers are those of `answered`."""
    prompts = [context.engine.render(render(q.text, language=q.language, context="none", history=q.history)) for q in asked]
    return [(model.encode(prompt), model.encode(gold(q))) for prompt, q in zip(prompts, answered or asked, strict=True)]


def _means(model: PlainModel, pairs: Sequence[Pair], *, adapter: bool) -> list[float]:
    return [fmean(values) for values in model.logprobs(pairs, adapter=adapter)]
