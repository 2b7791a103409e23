"""Were training examples rendered as inference renders them? Prompts of questions are made again and compared byte by byte.

Which passages a training prompt shows is drawn by its recipe; here they are found again in the prompt itself. Examples that
no system asks (bare text, other people's instructions) are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from chatbot.contexts import search_query
from chatbot.model import Message
from chatbot.prompts import render
from finetune.model import TrainingExample
from finetune.passages import DEPTH
from knowledge_base.model import Question
from retrieval.model import Hit
from studies.alarms.context import AlarmContext
from studies.alarms.plain_model import PlainModel

RECIPES: Final = ("qa", "raft", "few-shot")
EXAMPLES: Final = 16  # of each recipe
_SHOWN = 300  # characters of a prompt in an example


def same_prompt(context: AlarmContext, model: PlainModel, known: Mapping[str, Question]) -> tuple[list[bool], list[dict[str, str]]]:
    """Return, per training example of a known question, whether its prompt differs from the engine's; and up to ten that do.

    Args:
        context: holds the examples and the engine that renders.
        model: its tokenizer makes the tokens that are compared.
        known: questions by id.
    """
    of_questions = [
        example
        for recipe in RECIPES
        for example in [each for each in context.rendered if each.recipe == recipe and each.source in known][:EXAMPLES]
    ]
    found, examples = [], []
    for example in of_questions:
        expected = context.engine.render(_messages(context, example, known[example.source]))
        bad = expected != example.prompt or tuple(model.encode(expected)) != example.prompt_ids
        found.append(bad)
        if bad:
            examples.append({"question": example.source, "trained": example.prompt[:_SHOWN], "asked": expected[:_SHOWN]})
    return found, examples[:10]


def _messages(context: AlarmContext, example: TrainingExample, question: Question) -> tuple[Message, ...]:
    if example.recipe == "qa":
        return render(question.text, language=question.language, context="none", history=question.history)
    if example.recipe == "few-shot":
        same = [shown for shown in context.examples if shown.language == question.language] or context.examples
        return render(question.text, language=question.language, context="few-shot", examples=same, history=question.history)
    return render(
        question.text,
        language=question.language,
        context="retrieval",
        passages=_shown(context, example, question),
        history=question.history,
    )


def _shown(context: AlarmContext, example: TrainingExample, question: Question) -> Sequence[Hit]:
    """Return the passages that stand in the prompt of a training example, in its order: one at each place.

    Two hits may fit one place, as with a notice that stands in several documents: the longer one was shown, and of
    equals the one whose title stands before it.
    """
    if context.retriever is None:
        return ()
    prompt, found = " ".join(example.prompt.split()), []
    for hit in context.retriever.search([search_query(question)], max(context.k, DEPTH))[0]:
        text, title = (" ".join(part.split()) for part in (hit.chunk.text, hit.chunk.title))
        place = prompt.find(text)
        if place >= 0:
            found.append((place, -len(text), not prompt[:place].rstrip(": ").endswith(title), hit))
    shown, end = [], 0
    for place, size, _, hit in sorted(found, key=lambda each: each[:3]):
        if place >= end:
            shown.append(hit)
            end = place - size
    return shown
