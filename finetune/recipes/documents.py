"""The `documents` recipe: the knowledge base's own text, passage after passage, as in pre-training.

It teaches how an enterprise writes and which words it uses; facts sink in slowly, for each is
met in one wording. All tokens are learnt, there is no question and no prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from finetune.model import TrainingExample
from finetune.recipes.recipe import Materials
from foundation.errors import DataError
from knowledge_base.model import Document, Question


class Documents:
    """One example per passage of `finetune.passage_length` tokens at most; together they cover every document.

    Passages end where Markdown ends something, if they can. The title stands in front of each.

    Source: continued (domain-adaptive) pre-training, Gururangan et al. 2020, arXiv 2004.10964.
    """

    name = "documents"
    questions: Sequence[Question] = ()

    def __init__(self, materials: Materials) -> None:
        self._renderer = materials.renderer
        documents = [document for document in materials.documents if document.text.strip()]
        self._texts = tuple(_passages(materials, documents))
        empty = len(materials.documents) - len(documents)
        self.left_out: Sequence[str] = (f"{self.name}: {empty} documents left out: they hold no text",) if empty else ()

    def __len__(self) -> int:
        return len(self._texts)

    def make(self, index: int, turn: int) -> TrainingExample:
        """Return passage `index`, the same on every pass."""
        return self._renderer.text(self._texts[index][0], self.name, self._texts[index][1])


def _passages(materials: Materials, documents: Sequence[Document]) -> list[tuple[str, str]]:
    """Return (id, text) of every passage, in the order of the documents."""
    from semantic_text_splitter import MarkdownSplitter

    def count(text: str) -> int:
        return len(materials.renderer.encode(text))

    length = materials.config.passage_length
    backend = getattr(materials.renderer.tokenizer, "backend_tokenizer", None)
    splitter = (
        MarkdownSplitter.from_callback(count, length, trim=False)
        if backend is None
        else MarkdownSplitter.from_huggingface_tokenizer(backend, length, trim=False)
    )
    found = []
    for document in documents:
        starts = [start for start, _ in splitter.chunk_indices(document.text)]
        for start, end in pairwise([*starts, len(document.text)]):
            text = document.text[start:end].strip("\n")
            if len(materials.renderer.encode(text)) > 1:
                found.append((f"{document.id}@{start}-{end}", _titled(document.title, text)))
    if documents and not found:
        raise DataError("recipe 'documents' found no text of two tokens in the documents. Is the tokenizer the model's own?")
    return found


def _titled(title: str, text: str) -> str:
    """Put the title in front, unless the passage begins with it."""
    begins = text.lstrip("# \n").startswith(title)
    return text if not title.strip() or begins else f"{title}\n\n{text}"
