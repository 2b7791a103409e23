"""What a training would show, before it is paid for: each recipe's size, lengths and faults, and whole examples to read.

Only the model's tokenizer and configuration are loaded, never its weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from finetune.feed import Passes
from finetune.model import TrainingExample
from finetune.preparing import Prepared, prepare
from finetune.recipes import Recipe, Renderer, needs_passages
from studies.preparing import ensure_index
from studies.project import Project
from studies.training_jobs import job_of


@dataclass(frozen=True)
class Sample:
    """One whole example, to be read."""

    source: str
    prompt: str
    target: str
    ending: str  # what is learnt after the target: the end of the turn
    prompt_tokens: int
    target_tokens: int


@dataclass(frozen=True)
class RecipePreview:
    """What one recipe would show. Lengths are tokens of prompt and target together, over the first pass."""

    name: str
    share: float  # of the training tokens, 0 to 1
    examples: int  # of one pass
    tokens: int  # of one pass
    target_tokens: int  # of one pass: those with a loss
    median: int
    most_below: int  # 95 % of the examples are no longer
    longest: int
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]  # what examples of the first pass are cut, and the setting to change
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Preview:
    """What a training would show."""

    model: str
    window: int | None  # tokens that the model reads at once; None where it has no limit
    knowledge_base: str
    watched: int  # questions that are held out to watch the training
    recipes: tuple[RecipePreview, ...]


def prepared(project: Project, say: Callable[[str], None]) -> Prepared:
    """Return what training an adapter now would begin with, questions that watch it held out.

    The index is built when it is needed and absent. Raises what `studies.training_jobs.job_of` and `finetune.preparing.prepare` raise.
    """
    if needs_passages(project.finetune_config.recipe):
        ensure_index(project, ("rag",), say)
    return prepare(job_of(project, "preview"))


def preview(project: Project, say: Callable[[str], None], *, count: int = 3) -> Preview:
    """Return the preview of the configured recipes with `count` whole examples of each.

    Args:
        project: its [finetune] section names the recipes.
        say: told when an index has to be built first.
        count: examples of each recipe, evenly spread over its first pass; 0 or more.

    Raises what `prepared` raises: the errors that training would end with before it began.
    """
    ready = prepared(project, say)
    weights = project.finetune_config.recipe
    total = sum(weights[name] for name in ready.feed.passes)
    renderer = Renderer(ready.tokenizer)
    previews = tuple(_preview(each, weights[name] / total, renderer, count) for name, each in ready.feed.passes.items())
    watched = len({example.source for example in ready.validation})
    return Preview(project.model_config.name, ready.window or None, project.knowledge_base.name, watched, previews)


def _preview(passes: Passes, share: float, renderer: Renderer, count: int) -> RecipePreview:
    recipe, examples = passes.recipe, passes.first_pass
    lengths = sorted(example.tokens for example in examples)
    places = [place * len(examples) // count for place in range(min(count, len(examples)))] if count else []
    return RecipePreview(
        name=recipe.name,
        share=share,
        examples=len(examples),
        tokens=sum(lengths),
        target_tokens=sum(len(example.target_ids) for example in examples),
        median=lengths[(len(lengths) - 1) // 2],
        most_below=lengths[-(-95 * len(lengths) // 100) - 1],
        longest=lengths[-1],
        left_out=tuple(recipe.left_out),
        warnings=_warnings(recipe),
        samples=tuple(_sample(examples[place], renderer) for place in places),
    )


def _warnings(recipe: Recipe) -> tuple[str, ...]:
    dropped = getattr(recipe, "dropped", None)  # a recipe that shows passages tells how many had no room
    cut = sum(dropped(index, 0) > 0 for index in range(len(recipe))) if dropped else 0
    if not cut:
        return ()
    return (f"raft: {cut} of {len(recipe)} examples show fewer passages than were found: there is no room within retrieval.passage_tokens",)


def _sample(example: TrainingExample, renderer: Renderer) -> Sample:
    ending = str(renderer.tokenizer.decode(example.target_ids[len(renderer.encode(example.target)) :])) if example.prompt else ""
    return Sample(example.source, example.prompt, example.target, ending, len(example.prompt_ids), len(example.target_ids))
