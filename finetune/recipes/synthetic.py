"""The `synthetic` recipe: question-answer pairs that a model wrote from the documents, asked bare as in `qa`.

They cover what nobody has written a question for. `ragft data synthesize` makes and filters them
(`studies.synthesising`); here they are read, and held once more against what will be asked: a fold
or another split asks other questions than those that were known when the pairs were written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from finetune.model import TrainingExample
from finetune.recipes.prompting import bare
from finetune.recipes.recipe import Materials
from finetune.recipes.targets import said, target, usable
from foundation.errors import ConfigurationError, DataError
from foundation.language import states
from knowledge_base.exposure import exposures, leaks
from knowledge_base.model import Question
from knowledge_base.questions import read_questions

FOLDER = "synthetic"  # of the workspace


class Synthetic:
    """One example per pair of the file, the same on each pass. `questions` are the pairs.

    A pair on a fact that is asked and not trained is left out, and so is one that asks in the words of a question that is
    asked, or nearly.

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
        pairs, useless = usable(found, self.name)
        on_facts, in_words = _giving_away(pairs, materials)
        self.questions = tuple(pair for pair in pairs if pair.id not in on_facts | in_words)
        self.left_out: Sequence[str] = (
            *(() if found else (f"{self.name}: {path} holds no pair",)),
            *useless,
            *said(self.name, len(on_facts), "its fact is held out to be asked"),
            *said(self.name, len(in_words - on_facts), "a question that is held out asks it in nearly its words"),
        )

    def __len__(self) -> int:
        return len(self.questions)

    def make(self, index: int, turn: int) -> TrainingExample:
        """Return the example of pair `index`."""
        question = self.questions[index]
        return self._renderer.example(question.id, self.name, bare(question), target(question))


def asked_again(pairs: Sequence[Question], held_out: Sequence[Question]) -> tuple[set[str], set[str]]:
    """Return the ids of the pairs that ask a held-out question word for word, and of those that do so in nearly its words.

    >>> held = [Question("t", "How deep may the probe go?", "en")]
    >>> texts = ("how deep may the probe GO", "How deep may the probes go?", "What does it weigh?")
    >>> asked_again([Question(str(place), text, "en") for place, text in enumerate(texts)], held)
    ({'0'}, {'1'})
    """
    verbatim = {name for name, how in exposures(pairs, held_out).items() if how == "verbatim"}
    apart = [replace(pair, fact=f"pair {pair.id}") for pair in pairs]  # a leak is told between questions of two facts alone
    return verbatim, {leak.test_id for leak in leaks(held_out, apart)} - verbatim


def with_stated_facts(pairs: Iterable[Question], questions: Sequence[Question]) -> tuple[Question, ...]:
    """Return the pairs, each with the fact of the question that rests on its sentence and has its answer, if there is one."""
    spans = [(span, question.fact) for question in questions for span in question.evidence]
    found = []
    for pair in pairs:
        places = pair.evidence[:1] if pair.answers else ()  # a file that was edited by hand may hold pairs without either
        facts = {fact for span, fact in spans for own in places if span.overlaps(own.document_id, own.start, own.end)}
        stated = [fact for fact in sorted(facts) if _asks_it(pair, fact, questions)]
        found.append(replace(pair, fact=stated[0]) if stated else pair)
    return tuple(found)


def _asks_it(pair: Question, fact: str, questions: Sequence[Question]) -> bool:
    """Tell whether the fact's answer is the pair's: a sentence may state several facts."""
    answers = [answer for question in questions if question.fact == fact for answer in question.answers]
    return any(states(answer, pair.answers[0], pair.language) or states(pair.answers[0], answer, pair.language) for answer in answers)


def _giving_away(pairs: Sequence[Question], materials: Materials) -> tuple[set[str], set[str]]:
    """Return the ids of the pairs on facts that are asked and not trained, and of those that ask again what is asked.

    A fact that is trained in other words, as that of a watched wording, is not held out.
    """
    trained = {question.fact for question in materials.questions}
    asked = [question for question in materials.held_out if question.fact not in trained]
    facts = {question.fact for question in asked if question.fact}
    on_facts = {pair.id for pair in with_stated_facts(pairs, asked) if pair.fact in facts}  # also of questions younger than the pairs
    verbatim, near = asked_again(pairs, materials.held_out)
    return on_facts, verbatim | near


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
