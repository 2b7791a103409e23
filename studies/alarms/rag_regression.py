"""RAG regression: does retrieval work worse with the adapter than without it?

Training without passages teaches a model to answer from memory, and it may stop reading. Two figures: the share of
correct answers, which is what counts, and how much the right passage still helps, which shows harm also where so small a
model answers few questions correctly either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chatbot.contexts import Retriever, search_query
from chatbot.model import Answer, Message
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
CANDIDATES: Final = 200  # looked up in the index: the answers of those whose passages hold none are no test of reading
FIRST: Final = 60  # of these, asked through the engine; where no harm shows in them, these alone
QUESTIONS: Final = 120  # else so many, and all of them decide
FEWEST: Final = 10  # with fewer, questions that say less are taken too
READ: Final = 16  # looked at by log-probability: four prompts with a passage each
LOST_POINTS: Final = 0.0  # of correct answers: any loss that is sure
LOST_NATS: Final = 0.0  # of what the right passage adds to the log-probability of the answer


@dataclass(frozen=True)
class Asked:
    """The questions of this alarm, and what retrieval shows for them."""

    questions: tuple[Question, ...]
    source: str  # "validation", "test", "validation-trained-facts" or "training"
    looked_up: int  # questions that were looked up for them
    telling: dict[str, Hit]  # question id → the first passage shown that states a gold answer

    @property
    def fresh(self) -> bool:
        """Tell whether nothing of these questions was trained."""
        return self.source in ("validation", "test")


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
    chosen = asked(context, context.retriever)
    if chosen is None:
        return not_run(NAME, "no question with a gold answer is there to ask.")
    points, lost = answered(context, chosen.questions)
    held = sum(question.id in chosen.telling for question in chosen.questions)
    details: dict[str, object] = {"questions": chosen.source, "looked_up": chosen.looked_up, "passage_shown": held, "examples": lost}
    figures = [points]
    use = passage_use(context, model, chosen) if model is not None and chosen.fresh else None
    figures += [use] if use else []
    if use is None:
        nothing = "for no question a passage with its answer was found"
        # A fact known by heart is likely after the wrong passage too, so that the right one adds less without any harm done.
        known = "only questions of trained facts could be asked, which the adapter may answer from memory"
        details["left_out"] = {"passage-use": reason if model is None else nothing if chosen.fresh else known}
    fires = points.fires or (any(each.fires for each in figures) and points.low <= 0)
    return verdict(NAME, figures, details, fires=fires)


def asked(context: AlarmContext, retriever: Retriever) -> Asked | None:
    """Return the questions to ask; None when there is none. Of trained facts only where there are not ten others.

    An answer known by heart hides that the passage was not read. So: validation questions of facts that were not trained,
    else test questions of such facts, else validation questions in other wordings, else the training questions. Of these,
    those for which retrieval shows a passage that states the answer, chosen before the adapter is asked anything: on the
    others there is no reading to lose. All, where there are not ten of them.
    """
    seen = exposures(context.validation, context.training)
    fresh = [question for question in context.validation if seen[question.id] == "unseen"]
    pools = (
        ("validation", fresh),
        ("test", context.unseen),
        ("validation-trained-facts", context.validation),
        ("training", context.training),
    )
    for source, pool in pools:
        candidates = one_per_fact(pool, CANDIDATES, context.seed)
        if len(candidates) >= FEWEST or (candidates and source == "training"):
            telling = _telling(context, retriever, candidates)
            readable = [question for question in candidates if question.id in telling]
            chosen = readable if len(readable) >= FEWEST else candidates
            return Asked(tuple(chosen[:QUESTIONS]), source, len(candidates), telling)
    return None


def answered(context: AlarmContext, questions: Sequence[Question]) -> tuple[Figure, list[dict[str, str]]]:
    """Return the difference of the shares that are `correct`, and up to ten that were and no longer are.

    Looking once before all are asked costs no error: what that can end is the asking, never the quiet.
    """
    rows = _answers(context, questions[:FIRST])
    if sum(row.change for row in rows) < 0:
        rows += _answers(context, questions[FIRST:])
    found = difference([row.change for row in rows], [row.question.fact or row.question.id for row in rows], seed=context.seed)
    lost = [
        {"question": row.question.text, "expected": gold(row.question), "before": row.before.text, "after": row.after.text}
        for row in rows
        if row.change < 0
    ]
    note = f"{sum(row.was for row in rows)} → {sum(row.now for row in rows)} of {len(rows)}"
    return figure("correct-points", found, LOST_POINTS, "below", note), lost[:10]


@dataclass(frozen=True)
class _Row:
    """One question answered from passages, without the adapter and with it."""

    question: Question
    before: Answer
    after: Answer
    was: bool  # correct without the adapter
    now: bool  # and with it

    @property
    def change(self) -> int:
        return self.now - self.was


def _answers(context: AlarmContext, questions: Sequence[Question]) -> list[_Row]:
    before, after = (ask(context, questions, system, tokens=context.model.max_new_tokens) for system in ("rag", "rag+finetuned"))
    return [_Row(q, first, then, correct(q, first), correct(q, then)) for q, first, then in zip(questions, before, after, strict=True)]


def passage_use(context: AlarmContext, model: PlainModel, chosen: Asked) -> Figure | None:
    """Return how much more the right passage raises the log-probability of the gold answer than before, in nats per token.

    What a passage adds is the log-probability under a prompt that shows it less that under one that shows the passage of
    another question instead. Style cancels: an adapter that only learnt to answer briefly makes gold answers likelier
    under both. None when no question has a passage that states its answer.
    """
    shown = chosen.telling
    kept = [question for question in chosen.questions if question.id in shown][:READ]
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


def _telling(context: AlarmContext, retriever: Retriever, questions: Sequence[Question]) -> dict[str, Hit]:
    """Return by question id the first of the passages that inference shows which states a gold answer."""
    found = {}
    for question, hits in zip(questions, retriever.search([search_query(q) for q in questions], context.k), strict=True):
        shown = pack(hits, context.passage_tokens, context.engine.count_tokens)
        if telling := next((hit for hit in shown if _states(hit, question)), None):
            found[question.id] = telling
    return found


def _other(question: Question, kept: Sequence[Question], shown: dict[str, Hit]) -> Hit | None:
    """Return the passage of another question that does not state this one's answer, in an order drawn from the ids."""
    others = sorted((q for q in kept if q.id != question.id), key=lambda q: fingerprint(question.id, q.id))
    return next((shown[q.id] for q in others if not _states(shown[q.id], question)), None)


def _states(hit: Hit, question: Question) -> bool:
    return any(states(hit.chunk.text, answer, question.language) for answer in question.answers)


def _rendered(context: AlarmContext, question: Question, hit: Hit) -> str:
    messages: tuple[Message, ...] = render(question.text, language=question.language, context="retrieval", passages=[hit])
    return context.engine.render(messages)
