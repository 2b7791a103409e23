"""RAG regression: does retrieval work worse with the adapter than without it?

Training without passages teaches a model to answer from memory, and it may stop reading. Two figures: the share of
correct answers, which is what counts, and how much the right passage still helps, which shows harm also where so small a
model answers few questions correctly either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chatbot.contexts import Retriever, search_query
from chatbot.model import Message
from chatbot.prompts import pack, render
from finetune.model import Alarm
from foundation.fingerprint import fingerprint
from foundation.language import states
from knowledge_base.exposure import exposures
from knowledge_base.model import Question
from retrieval.model import Hit
from studies.alarms.asking import ask, correct
from studies.alarms.context import AlarmContext, gold, one_per_fact
from studies.alarms.figures import Figure, difference, figure, not_run, verdict
from studies.alarms.plain_model import PlainModel

NAME: Final = "rag-regression"
QUESTIONS: Final = 40  # asked through the engine
READ: Final = 16  # of these, looked at by log-probability: four prompts with a passage each
LOST_POINTS: Final = 0.0  # of correct answers: any loss that is sure
LOST_NATS: Final = 0.0  # of what the right passage adds to the log-probability of the answer
_TOKENS = 32


def rag_regression(context: AlarmContext, model: PlainModel | None, reason: str = "") -> Alarm:
    """Return the alarm: correct answers with retrieval after minus before, and what the right passage adds, after minus before.

    It fires when either is surely lower; the second alone not where the first is surely higher.

    Args:
        context: what to look at; without a retriever the alarm is not run.
        model: for the log-probabilities; without one that figure is left out and `reason` says why.
        reason: why there is no model.
    """
    if context.retriever is None:
        return not_run(NAME, context.no_retriever)
    questions, source = asked(context)
    if not questions:
        return not_run(NAME, "no question with a gold answer is there to ask.")
    points, lost = answered(context, questions)
    details: dict[str, object] = {"questions": source, "examples": lost}
    figures = [points]
    if model is None:
        details["left_out"] = {"passage-use": reason}
    else:
        use = passage_use(context, context.retriever, model, questions)
        figures += [use] if use else []
        if use is None:
            details["left_out"] = {"passage-use": "for no question a passage with its answer was found"}
    fires = points.fires or (any(each.fires for each in figures) and points.low <= 0)
    return verdict(NAME, figures, details, fires=fires)


def asked(context: AlarmContext) -> tuple[tuple[Question, ...], str]:
    """Return the questions to ask and where they are from, never of a trained fact while others are there.

    An answer known by heart hides that the passage was not read. So: validation questions of facts that were not trained,
    else test questions of such facts, else validation questions in other wordings, else the training questions.
    """
    seen = exposures(context.validation, context.training)
    fresh = [question for question in context.validation if seen[question.id] == "unseen"]
    for name, pool in (
        ("validation", fresh),
        ("test", context.unseen),
        ("validation-trained-facts", context.validation),
        ("training", context.training),
    ):
        chosen = one_per_fact(pool, QUESTIONS, context.seed)
        if len(chosen) >= min(10, QUESTIONS) or (chosen and name == "training"):
            return chosen, name
    return (), "none"


def answered(context: AlarmContext, questions: Sequence[Question]) -> tuple[Figure, list[dict[str, str]]]:
    """Return the difference of the shares that are `correct`, and up to ten that were and no longer are."""
    before, after = (ask(context, questions, system, tokens=_TOKENS) for system in ("rag", "rag+finetuned"))
    was, now = ([correct(q, answer) for q, answer in zip(questions, answers, strict=True)] for answers in (before, after))
    gained = [float(b) - float(a) for a, b in zip(was, now, strict=True)]
    found = difference(gained, [q.fact or q.id for q in questions], seed=context.seed)
    lost = [
        {"question": q.text, "expected": gold(q), "before": first.text, "after": second.text}
        for q, first, second, change in zip(questions, before, after, gained, strict=True)
        if change < 0
    ]
    return figure("correct-points", found, LOST_POINTS, "below", f"{sum(was)} → {sum(now)} of {len(questions)}"), lost[:10]


def passage_use(context: AlarmContext, retriever: Retriever, model: PlainModel, questions: Sequence[Question]) -> Figure | None:
    """Return how much more the right passage raises the log-probability of the gold answer than before, in nats per token.

    What a passage adds is the log-probability under a prompt that shows it less that under one that shows the passage of
    another question instead. Style cancels: an adapter that only learnt to answer briefly makes gold answers likelier
    under both. None when no question has a passage that states its answer.
    """
    shown = {q.id: hit for q in questions if (hit := _telling(context, retriever, q)) is not None}
    kept = [question for question in questions if question.id in shown][:READ]
    swapped = {q.id: other for q in kept if (other := _other(q, kept, shown)) is not None}
    kept = [question for question in kept if question.id in swapped]
    if not kept:
        return None
    pairs = [(model.encode(_rendered(context, q, side[q.id])), model.encode(gold(q))) for side in (shown, swapped) for q in kept]
    uses = []
    for adapter in (False, True):
        found = [sum(values) / len(values) for values in model.logprobs(pairs, adapter=adapter)]
        uses.append([right - wrong for right, wrong in zip(found[: len(kept)], found[len(kept) :], strict=True)])
    change = [after - before for before, after in zip(*uses, strict=True)]
    estimate = difference(change, [q.fact or q.id for q in kept], bound=None, seed=context.seed)
    means = [sum(side) / len(side) for side in uses]
    return figure("passage-use", estimate, LOST_NATS, "below", f"{means[0]:.2f} → {means[1]:.2f} nats per token")


def _telling(context: AlarmContext, retriever: Retriever, question: Question) -> Hit | None:
    """Return the first of the passages that inference shows which states a gold answer."""
    hits = pack(retriever.search([search_query(question)], context.k)[0], context.passage_tokens, context.engine.count_tokens)
    return next((hit for hit in hits if _states(hit, question)), None)


def _other(question: Question, kept: Sequence[Question], shown: dict[str, Hit]) -> Hit | None:
    """Return the passage of another question that does not state this one's answer, in an order drawn from the ids."""
    others = sorted((q for q in kept if q.id != question.id), key=lambda q: fingerprint(question.id, q.id))
    return next((shown[q.id] for q in others if not _states(shown[q.id], question)), None)


def _states(hit: Hit, question: Question) -> bool:
    return any(states(hit.chunk.text, answer, question.language) for answer in question.answers)


def _rendered(context: AlarmContext, question: Question, hit: Hit) -> str:
    messages: tuple[Message, ...] = render(question.text, language=question.language, context="retrieval", passages=[hit])
    return context.engine.render(messages)
