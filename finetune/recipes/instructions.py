"""The `instructions` recipe: examples from files that others wrote, so that an adapter keeps or gains general skills.

A share of plain instructions among an enterprise's own questions is the usual guard against forgetting.
What the files may look like is said in `finetune.recipes.instruction_files`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from finetune.config import FinetuneConfig
from finetune.model import TrainingExample
from finetune.recipes.instruction_files import Conversation, read_conversations
from finetune.recipes.recipe import Materials
from foundation.errors import ConfigurationError, DataError
from knowledge_base.model import Question


def shown_texts(config: FinetuneConfig, folder: Path) -> tuple[tuple[str, str], ...]:
    """Return (place, text) of all that users and system messages say in the files of the recipe, each text once.

    These are no questions of a knowledge base, but a test question may stand among them. Empty where the recipe is not
    trained. A place is file and line, the file as the configuration names it.

    Args:
        config: names the recipes and the files.
        folder: what file names are relative to.

    Raises what `read_conversations` raises.
    """
    found: dict[str, str] = {}
    for file in config.instructions if Instructions.name in config.recipe else ():
        for said in read_conversations(folder / file):
            place = _place(said.where, folder, file)
            for message in said.messages:
                if message.role != "assistant":
                    found.setdefault(message.content, place)
    return tuple((place, text) for text, place in found.items())


def _place(where: str, folder: Path, file: str) -> str:
    """Return a place in a file by the name that the configuration has for it, so that it does not depend on where one stands."""
    return where.replace(str(folder / file), file, 1)


class Instructions:
    """One example per conversation: its last assistant turn is learnt after all that was said before.

    Source: instruction tuning, Wei et al. 2021, FLAN, arXiv 2109.01652; the forms of Taori et al. 2023, Stanford
    Alpaca, and of ShareGPT. Mixed in against forgetting: Scialom et al. 2022, arXiv 2205.12393.

    Raises ConfigurationError without files, DataError for a fault in one.
    """

    name = "instructions"
    questions: Sequence[Question] = ()

    def __init__(self, materials: Materials) -> None:
        files = materials.config.instructions
        if not files:
            raise ConfigurationError(
                "recipe 'instructions' needs files. Set finetune.instructions, such as instructions = [\"alpaca.jsonl\"], or leave it out."
            )
        self._renderer = materials.renderer
        self._conversations = tuple(
            replace(found, where=_place(found.where, materials.folder, file))
            for file in files
            for found in read_conversations(materials.folder / file)
        )
        self.left_out: Sequence[str] = ()
        self._check_roles()

    def __len__(self) -> int:
        return len(self._conversations)

    def make(self, index: int, turn: int) -> TrainingExample:
        """Return the example of conversation `index`, the same on each pass; its source is file and line."""
        found = self._conversations[index]
        return self._renderer.example(found.where, self.name, found.messages, found.target)

    def _check_roles(self) -> None:
        """Render one conversation of each order of speakers: a template that refuses one must say so before training, not in it."""
        orders: dict[tuple[str, ...], Conversation] = {}
        for found in self._conversations:
            orders.setdefault(tuple(message.role for message in found.messages), found)
        for found in orders.values():
            try:
                self._renderer.example(found.where, self.name, found.messages, found.target)
            except ConfigurationError as error:
                raise DataError(f"{found.where}: {error}") from error
