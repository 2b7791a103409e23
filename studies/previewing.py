"""What a training would show, before it is paid for: each recipe's size, lengths and faults, and whole examples to read.

Only the model's tokenizer and configuration are loaded, never its weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chatbot.loading import load_tokenizer
from chatbot.resolver import resolve
from finetune.model import TrainingExample
from finetune.passages import find_passages
from finetune.recipes import Materials, Recipe, Renderer, build, fault, needs_passages
from foundation.errors import DataError
from studies.fewshot import few_shot_examples
from studies.preparing import ensure_index
from studies.project import Project


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
    warnings: tuple[str, ...]  # what examples of the first pass are cut, or could not be trained, and the setting to change
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Preview:
    """What a training would show."""

    model: str
    window: int | None  # tokens that the model reads at once; None where it has no limit
    knowledge_base: str
    recipes: tuple[RecipePreview, ...]


def materials(project: Project, renderer: Renderer, say: Callable[[str], None], weights: Mapping[str, float] | None = None) -> Materials:
    """Return what the recipes are made from: all train questions, and passages when one of `weights` needs them.

    The index is built when it is needed and absent. Raises DataError without train questions.
    """
    kb, config = project.knowledge_base, project.finetune_config
    questions = kb.split("train")
    shown = {}
    if needs_passages(config.recipe if weights is None else weights) and questions:
        ensure_index(project, ("rag",), say)
        shown = find_passages(project.index, questions, project.retrieval_config.k)
    return Materials(
        questions=questions,
        renderer=renderer,
        config=config,
        shown=shown,
        k=project.retrieval_config.k,
        passage_tokens=project.retrieval_config.passage_tokens,
        documents=kb.documents,
        examples=few_shot_examples(kb.questions),
        folder=project.layers.folder,
        workspace=project.workspace,
        seed=config.seed,
    )


def preview(project: Project, say: Callable[[str], None], *, count: int = 3) -> Preview:
    """Return the preview of the configured recipes with `count` whole examples of each.

    Args:
        project: its [finetune] section names the recipes.
        say: told when an index has to be built first.
        count: examples of each recipe, evenly spread over its first pass; 0 or more.

    Raises what `finetune.recipes.build` raises.
    """
    folder = resolve(project.model_config.name, project.models)
    renderer = Renderer(load_tokenizer(folder, project.model_config.chat_template))
    weights, window = project.finetune_config.recipe, _window(folder)
    made = build(weights, materials(project, renderer, say))
    total = sum(weights[name] for name in made)
    previews = tuple(_preview(recipe, weights[name] / total, window, renderer, count) for name, recipe in made.items())
    return Preview(project.model_config.name, window, project.knowledge_base.name, previews)


def _preview(recipe: Recipe, share: float, window: int | None, renderer: Renderer, count: int) -> RecipePreview:
    examples = [recipe.make(index, 0) for index in range(len(recipe))]
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
        warnings=_warnings(recipe, examples, window),
        samples=tuple(_sample(examples[place], renderer) for place in places),
    )


def _warnings(recipe: Recipe, examples: Sequence[TrainingExample], window: int | None) -> tuple[str, ...]:
    faults = [found for example in examples if (found := fault(example, window)) is not None]
    dropped = getattr(recipe, "dropped", None)  # a recipe that shows passages tells how many had no room
    cut = sum(dropped(index, 0) > 0 for index in range(len(recipe))) if dropped else 0
    if cut:
        faults.append(
            f"raft: {cut} of {len(examples)} examples show fewer passages than were found: there is no room within retrieval.passage_tokens"
        )
    return tuple(faults)


def _sample(example: TrainingExample, renderer: Renderer) -> Sample:
    ending = str(renderer.tokenizer.decode(example.target_ids[len(renderer.encode(example.target)) :])) if example.prompt else ""
    return Sample(example.source, example.prompt, example.target, ending, len(example.prompt_ids), len(example.target_ids))


def _window(folder: object) -> int | None:
    """Return the positions that a model's configuration declares; None where it declares none, as with relative ones."""
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"cannot read the model in {folder}: {error}. A file may be cut off: get the model again.") from error
    return int(getattr(config, "max_position_embeddings", None) or 0) or None
