"""The `synthetic` recipe: question-answer pairs that a model wrote from the documents, asked bare as in `qa`.

They cover what nobody has written a question for. `ragft data synthesize` makes and filters them
(`studies.synthesising`); here they are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from finetune.model import TrainingExample
from finetune.recipes.prompting import bare
from finetune.recipes.recipe import Materials
from finetune.recipes.targets import target, usable
from foundation.errors import ConfigurationError, DataError
from knowledge_base.model import Question
from knowledge_base.questions import read_questions

FOLDER = "synthetic"  # of the workspace


class Synthetic:
    """One example per pair of the file, the same on each pass. `questions` are the pairs.

    Source: Ovadia et al. 2023, arXiv 2312.05934; Mecklenburg et al. 2024, arXiv 2404.00213: facts go in by questions
    that a model wrote on each of them.

    Raises ConfigurationError when there is no file or several to choose from, DataError for one that no longer
    fits the documents.
    """

    name = "synthetic"

    def __init__(self, materials: Materials) -> None:
        self._renderer = materials.renderer
        path = _file(materials)
        try:
            found = read_questions(path, {document.id: document for document in materials.documents})
        except DataError as error:
            raise DataError(f"{error} If the documents have changed, run: ragft data synthesize {path.stem}", code=error.code) from None
        self.questions: tuple[Question, ...]
        self.questions, left_out = usable(found, self.name)
        self.left_out: Sequence[str] = left_out or (() if found else (f"{self.name}: {path} holds no pair",))

    def __len__(self) -> int:
        return len(self.questions)

    def make(self, index: int, turn: int) -> TrainingExample:
        """Return the example of pair `index`."""
        question = self.questions[index]
        return self._renderer.example(question.id, self.name, bare(question), target(question))


def _file(materials: Materials) -> Path:
    if materials.config.synthetic is not None:
        path = materials.folder / materials.config.synthetic
        if not path.is_file():
            raise ConfigurationError(f"finetune.synthetic {path} is no file. Run: ragft data synthesize, or mend the path.")
        return path
    folder = materials.workspace / FOLDER
    found = sorted(folder.glob("*.jsonl"))
    if not found:
        raise ConfigurationError(f"recipe 'synthetic' found no file in {folder}. Run: ragft data synthesize. Or set finetune.synthetic.")
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise ConfigurationError(f"recipe 'synthetic' found several files in {folder}: {names}. Name one with finetune.synthetic.")
    return found[0]
