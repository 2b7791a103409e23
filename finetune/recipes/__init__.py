"""Recipes: what a model is shown in training, one module for each kind of example.

A recipe turns material into examples that can be drawn by number; it knows nothing of order,
time or mixture (`finetune.feed`). All prompts are those of inference: `Renderer` and
`chatbot.prompts` make them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from finetune.recipes.checking import check_template, fault
from finetune.recipes.recipe import Materials, Recipe
from finetune.recipes.rendering import Renderer
from finetune.recipes.targets import ABSTENTIONS, is_trainable
from foundation.errors import DataError
from foundation.registry import Entry, Registry

__all__ = ["ABSTENTIONS", "RECIPES", "TEXTS", "Materials", "Recipe", "Renderer", "build", "fault", "is_trainable", "needs_passages"]

RECIPES: Registry[Callable[[Materials], Recipe]] = Registry(
    "recipe",
    {
        "qa": Entry("finetune.recipes.qa:Qa", summary="a bare question and its answer"),
        "raft": Entry("finetune.recipes.raft:Raft", summary="a question among passages, answered with a citation or refused"),
        "paraphrases": Entry("finetune.recipes.paraphrases:Paraphrases", summary="each fact in another of its wordings on every pass"),
        "documents": Entry("finetune.recipes.documents:Documents", summary="the documents' own text, passage by passage"),
        "few-shot": Entry("finetune.recipes.few_shot:FewShot", summary="a question after worked examples"),
        "style": Entry("finetune.recipes.style:Style", summary="a question with a rule, answered in the form it demands"),
        "instructions": Entry("finetune.recipes.instructions:Instructions", summary="examples from files that others wrote"),
        "synthetic": Entry("finetune.recipes.synthetic:Synthetic", summary="pairs that a model wrote from the documents"),
    },
)
TEXTS = frozenset({"documents", "instructions", "synthetic"})  # recipes that are not made of the training questions
_SHOW_PASSAGES = frozenset({"raft"})


def needs_passages(weights: Mapping[str, float]) -> bool:
    """Tell whether any of the recipes shows retrieved passages, and so needs an index and `Materials.shown`.

    >>> needs_passages({"qa": 1.0}), needs_passages({"qa": 1.0, "raft": 1.0})
    (False, True)
    """
    return not _SHOW_PASSAGES.isdisjoint(weights)


def build(weights: Mapping[str, float], materials: Materials) -> dict[str, Recipe]:
    """Return the recipes of `weights` by name, in their order, none of them empty.

    A recipe that can make nothing of the material is left away when another remains; the first
    that remains then carries the sentence that says so in its `left_out`.

    Raises UnknownNameError for a name that is no recipe, ConfigurationError when one lacks the
    index or the file that it needs or when the chat template cuts answers off, DataError for a
    faulty file and when nothing at all can be made.
    """
    for name in weights:
        RECIPES.entry(name)
    check_template(materials.renderer)
    made = {name: RECIPES.get(name)(materials) for name in weights}
    kept = {name: recipe for name, recipe in made.items() if len(recipe)}
    empty = [f"recipe {name!r} made no example: {_why(recipe)}" for name, recipe in made.items() if not len(recipe)]
    if not kept:
        raise DataError(f"there is nothing to train on: {'; '.join(empty)}.")
    first = next(iter(kept.values()))
    first.left_out = (*empty, *first.left_out)
    return kept


def _why(recipe: Recipe) -> str:
    return "; ".join(text.removeprefix(f"{recipe.name}: ") for text in recipe.left_out) or "there is no material for it"
