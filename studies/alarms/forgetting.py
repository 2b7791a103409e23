"""Forgetting: does the adapter make the model worse at plain prose, or at doing what it is told?

Measured on texts and instructions that we ship (`studies.alarms.probes`) and that no training set of ours holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import Final

from chatbot.model import Message
from finetune.model import Alarm
from knowledge_base.rules import holds
from studies.alarms.asking import generate
from studies.alarms.context import AlarmContext
from studies.alarms.figures import Figure, difference, figure, verdict
from studies.alarms.plain_model import Pair, PlainModel
from studies.alarms.probes import Instruction, instructions, passages

NAME: Final = "forgetting"
MOST_PERPLEXITY: Final = 2.0  # ratio, after over before
FEWEST_POINTS: Final = -0.10  # share of the instructions followed, after minus before
_TOKENS = 32  # of an answer to an instruction


def forgetting(context: AlarmContext, model: PlainModel | None, reason: str = "") -> Alarm:
    """Return the alarm: the ratio of perplexities, and the difference of the share of instructions that are followed.

    Args:
        context: what to look at.
        model: for the perplexity; without one that figure is left out and `reason` says why.
        reason: why there is no model.
    """
    texts, asked = passages(context.languages), instructions(context.languages)
    figures, details = [], dict[str, object]()
    if model is None:
        details["left_out"] = {"perplexity-ratio": reason}
    else:
        figures.append(perplexity_ratio(model, texts))
    followed, lost = instructions_followed(context, asked)
    figures.append(followed)
    details["examples"] = lost
    return verdict(NAME, figures, details)


def perplexity_ratio(model: PlainModel, texts: Sequence[str]) -> Figure:
    """Return perplexity after over before: the geometric mean over texts of the ratio of each, and its interval.

    Of each text, tokens from the second on are predicted; for an encoder-decoder model its second half from its first.
    """
    pairs = [_halves(model.encode(text), model) for text in texts]
    before, after = (model.logprobs(pairs, adapter=adapter) for adapter in (False, True))
    rise = [fmean(b) - fmean(a) for b, a in zip(before, after, strict=True)]  # nats per token
    found = difference(rise, range(len(texts)), bound=None)
    ratio = replace(found, value=math.exp(found.value), low=math.exp(found.low), high=math.exp(found.high))
    perplexity = [math.exp(-fmean([fmean(part) for part in side])) for side in (before, after)]
    return figure("perplexity-ratio", ratio, MOST_PERPLEXITY, "above", f"{perplexity[0]:.1f} → {perplexity[1]:.1f}")


def instructions_followed(context: AlarmContext, asked: Sequence[Instruction]) -> tuple[Figure, list[dict[str, str]]]:
    """Return the difference of the shares followed, and up to ten that were followed before and no longer are."""
    prompts = [(Message("user", each.text),) for each in asked]
    before, after = (generate(context, prompts, adapter=adapter, tokens=_TOKENS) for adapter in (False, True))
    was, now = ([holds(each.rule, text) for each, text in zip(asked, texts, strict=True)] for texts in (before, after))
    found = difference([float(b) - float(a) for a, b in zip(was, now, strict=True)], [each.id for each in asked], seed=context.seed)
    lost = [
        {"instruction": each.text, "before": first, "after": second}
        for each, first, second, a, b in zip(asked, before, after, was, now, strict=True)
        if a and not b
    ]
    note = f"{sum(was)} → {sum(now)} of {len(asked)}"
    return figure("instructions-followed", found, FEWEST_POINTS, "below", note), lost[:10]


def _halves(ids: list[int], model: PlainModel) -> Pair:
    cut = len(ids) // 2 if model.two_parts else 1
    return ids[:cut], ids[cut:]
