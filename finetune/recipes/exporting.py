"""Training examples in the forms that other trainers read, made by the renderer that trains here.

Where a form keeps the messages apart (chat, Alpaca) they are those that a recipe gave to the renderer; where it
keeps text they are the rendered prompt, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from chatbot.chat_templates import CHAT_TEMPLATES
from chatbot.model import Message
from finetune.model import TrainingExample
from finetune.recipes.recipe import Recipe
from finetune.recipes.rendering import Renderer
from foundation.errors import DataError, UnknownNameError

if TYPE_CHECKING:
    import datasets

Form = Literal["chat", "alpaca", "seq2seq", "prompt-completion"]
FORMS: tuple[Form, ...] = get_args(Form)
_INPUT, _RESPONSE = "### Input:\n", "### Response:"


@dataclass(frozen=True)
class Recorder(Renderer):
    """A renderer that remembers the messages of each example, for the forms that keep them apart."""

    said: dict[tuple[str, str], tuple[Message, ...]] = field(default_factory=dict)

    def example(self, source: str, recipe: str, messages: Sequence[Message], target: str) -> TrainingExample:
        """Return what `Renderer.example` returns, its messages kept under (source, prompt)."""
        made = super().example(source, recipe, messages, target)
        self.said[source, made.prompt] = tuple(messages)
        return made


def to_dataset(examples: Recipe | Iterable[TrainingExample], passes: int = 1) -> datasets.Dataset:
    """Return one row per example: source, recipe, prompt, target, prompt_ids, target_ids, in order.

    Args:
        examples: a recipe, of which `passes` passes are taken, or examples such as a feed hands out.
        passes: at least 1; counts for a recipe alone.
    """
    import datasets

    text, ids = datasets.Value("string"), datasets.List(datasets.Value("int64"))
    features = {"source": text, "recipe": text, "prompt": text, "target": text, "prompt_ids": ids, "target_ids": ids}
    found = examples if isinstance(examples, Iterable) else all_examples({"": examples}, passes)
    rows = [{key: getattr(example, key) for key in features} for example in found]
    return datasets.Dataset.from_list(rows, features=datasets.Features(features))


def all_examples(recipes: Mapping[str, Recipe], passes: int = 1) -> Iterable[TrainingExample]:
    """Yield the examples of each recipe in order, pass after pass."""
    for recipe in recipes.values():
        for turn in range(passes):
            yield from (recipe.make(index, turn) for index in range(len(recipe)))


def as_row(example: TrainingExample, form: str, renderer: Recorder) -> dict[str, Any]:
    """Return an example as one record of a form, with its source and recipe beside.

    Args:
        example: made through `renderer`.
        form: "chat" (messages), "alpaca" (instruction, input, output: what the "alpaca" chat template makes of them is
            Alpaca's own prompt), "seq2seq" (input, target), "prompt-completion" (prompt, completion; the completion
            ends as a turn ends).
        renderer: the one that made the example.

    Raises UnknownNameError for another form, DataError for bare text in a form that is made of messages.
    """
    if form not in FORMS:
        raise UnknownNameError("export format", form, FORMS)
    origin = {"source": example.source, "recipe": example.recipe}
    if form == "seq2seq":
        return {"input": example.prompt, "target": example.target, **origin}
    if form == "prompt-completion":
        written = len(renderer.encode(example.target)) if example.prompt else len(example.target_ids)
        return {"prompt": example.prompt, "completion": example.target + _ending(example, written, renderer), **origin}
    messages = renderer.said.get((example.source, example.prompt))
    if messages is None:
        raise DataError(
            f"{example.recipe} example {example.source!r} is bare text without messages. "
            "Export it with --format prompt-completion or seq2seq, or leave that recipe out."
        )
    if form == "chat":
        turns = [{"role": message.role, "content": message.content} for message in (*messages, Message("assistant", example.target))]
        return {"messages": turns, **origin}
    return {**alpaca(messages), "output": example.target, **origin}


def alpaca(messages: Sequence[Message]) -> dict[str, str]:
    """Return instruction and input: the system message and the user's, or the user's alone as the instruction.

    Earlier turns stand in the input as the "alpaca" chat template writes them.

    >>> alpaca([Message("system", "Answer."), Message("user", "How deep?")])
    {'instruction': 'Answer.', 'input': 'How deep?'}
    >>> alpaca([Message("user", "How deep?")])
    {'instruction': 'How deep?', 'input': ''}
    """
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    if messages[0].role != "system":
        if len(messages) > 1:
            raise DataError("Alpaca's form has no place for a dialogue without a system message. Export it with --format chat.")
        return {"instruction": messages[0].content, "input": ""}
    turns = [{"role": message.role, "content": message.content} for message in messages]
    template = ImmutableSandboxedEnvironment(autoescape=False).from_string(CHAT_TEMPLATES["alpaca"])
    rendered = template.render(messages=turns, add_generation_prompt=True, eos_token="")
    given = rendered.split(_INPUT, 1)[1].rsplit(_RESPONSE, 1)[0]
    return {"instruction": messages[0].content, "input": given.removesuffix("\n\n")}


def _ending(example: TrainingExample, written: int, renderer: Renderer) -> str:
    """Return the text of what follows the answer in the target: the end of the turn."""
    return str(renderer.tokenizer.decode(example.target_ids[written:]))
