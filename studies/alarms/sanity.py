"""Adapter sanity: is it loaded, does it change anything, is it what was trained, and is it asked as it was trained?

Plain peft is asked for what it makes of the folder; the engine, for what it renders and answers. Whether the adapter
is any good is not asked here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from chatbot.model import Message
from chatbot.prompts import render
from eval.stats.intervals import t_quantile
from finetune.model import Alarm
from knowledge_base.model import Question
from studies.alarms.asking import generate
from studies.alarms.context import AlarmContext, one_per_fact
from studies.alarms.figures import Figure, figure, mean, not_run, verdict
from studies.alarms.plain_model import PlainModel
from studies.alarms.rerendering import same_prompt

NAME: Final = "adapter-sanity"
MOST_GAP: Final = 0.01  # logits, between base + adapter and the merged model in float32
LEAST_EFFECT: Final = 0.01  # logits, between base and base + adapter
MOST_LOSS: Final = 0.05  # nats per token, from the loss that training ended with, either way: bfloat16 takes its part of it
MOST_OTHER_PROMPTS: Final = 0.0  # share of training prompts that the engine renders otherwise
LEAST_AGREEMENT: Final = 0.50  # share of first tokens on which the engine and plain peft agree
PROMPTS: Final = 12
EXAMPLES: Final = 32
_TOKENS = 6


def adapter_sanity(context: AlarmContext, model: PlainModel | None, reason: str = "") -> Alarm:
    """Return the alarm. It merges the adapter for good: nothing may be asked of `model` afterwards.

    Args:
        context: what to look at.
        model: loads, compares and merges; without one the alarm is not run and `reason` says why.
        reason: why there is no model.
    """
    if model is None:
        return not_run(NAME, reason)
    questions = one_per_fact(context.training, PROMPTS, context.seed)
    if not questions:
        return not_run(NAME, "no training question asks for a fact with a gold answer.")
    rendered = [context.engine.render(_bare(question)) for question in questions]
    prompts = [model.encode(text) for text in rendered]
    figures, details, left_out = [], dict[str, object](), dict[str, str]()
    known = {question.id: question for question in (*context.training, *context.validation)}
    checked, other = same_prompt(context, model, known)
    if checked:
        figures.append(figure("other-prompts", mean([float(bad) for bad in checked], range(len(checked))), MOST_OTHER_PROMPTS, "above"))
        details["examples"] = other
    else:
        left_out["other-prompts"] = "no training example of a question was given" if context.rendered else context.no_rendered
    gap, why = _loss_gap(context, model)
    figures += [gap] if gap else []
    left_out |= {"loss-gap": why} if why else {}
    base, on = (model.next_logits(prompts, adapter=adapter) for adapter in (False, True))
    figures.append(_effect([float((a - b).abs().max()) for a, b in zip(on, base, strict=True)]))
    figures.append(_agreement(context, model, questions, prompts))
    if not model.whole:
        model.merge()
        merged = model.next_logits(prompts, adapter=True)
        figures.insert(0, _largest("merged-logit-gap", [float((a - b).abs().max()) for a, b in zip(on, merged, strict=True)]))
    else:
        left_out["merged-logit-gap"] = "all weights were trained: there is nothing to merge"
    told = {"left_out": left_out} if left_out else {}
    return verdict(NAME, figures, {**details, **told, "engine": context.engine.info().engine})


def _bare(question: Question) -> tuple[Message, ...]:
    return render(question.text, language=question.language, context="none", history=question.history)


def _effect(changes: Sequence[float]) -> Figure:
    """Return the share of prompts on which the adapter changes a logit at all."""
    found = mean([float(change > LEAST_EFFECT) for change in changes], range(len(changes)))
    return figure("changed-prompts", found, 0.5, "below", f"largest change of a logit {max(changes):.2g}")


def _largest(measure: str, gaps: Sequence[float]) -> Figure:
    """Return the largest gap seen; its interval reaches to the 95 % prediction bound for one more prompt.

    Source: Student's prediction interval, on the largest gap of each prompt.
    """
    centre, count = sum(gaps) / len(gaps), len(gaps)
    spread = math.sqrt(sum((gap - centre) ** 2 for gap in gaps) / max(count - 1, 1))
    bound = centre + (t_quantile(0.90, max(count - 1, 1)) * spread * math.sqrt(1 + 1 / count))
    return Figure(measure, max(gaps), max(gaps), max(bound, max(gaps)), MOST_GAP, "above", count)


def _loss_gap(context: AlarmContext, model: PlainModel) -> tuple[Figure | None, str]:
    """Return how far the loss of the folder's adapter on its training examples is from what training recorded; or why that is not told.

    Both are one number of the same tokens, so that nothing is drawn: the interval is what rounding may do, 1 %.
    """
    recorded, examples = context.train_loss, context.rendered[:EXAMPLES]
    if not examples:
        return None, context.no_rendered
    if recorded is None:
        return None, "training recorded no loss on its examples to compare with"
    values = model.logprobs([(example.prompt_ids, example.target_ids) for example in examples], adapter=True)
    loss = -sum(map(sum, values)) / sum(map(len, values))
    note = f"{recorded:.3f} in training, {loss:.3f} here"
    if context.quantised:  # how far that moves a loss is the base's own affair, and no threshold would hold for all
        return None, f"training took its loss on the base {context.quantised} and this one is taken on the whole base: {note}"
    gap, rounding = abs(loss - recorded), 0.01 * max(loss, recorded)
    return Figure("loss-gap", gap, max(0.0, gap - rounding), gap + rounding, MOST_LOSS, "above", len(examples), note), ""


def _agreement(context: AlarmContext, model: PlainModel, questions: Sequence[Question], prompts: Sequence[Sequence[int]]) -> Figure:
    """Return the share of prompts on which the engine's first words under the adapter are those of plain peft."""
    theirs = generate(context, [_bare(question) for question in questions], adapter=True, tokens=_TOKENS)
    ours = [model.decode(model.greedy(prompt, _TOKENS)).strip() for prompt in prompts]
    same = [float(one == other) for one, other in zip(theirs, ours, strict=True)]
    return figure("engine-agreement", mean(same, range(len(same))), LEAST_AGREEMENT, "below")
