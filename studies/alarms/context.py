"""What an alarm is given: the adapter, the base, the questions, and how they are asked.

Which of it an alarm uses, and when it fires, is each alarm's own business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.config import ModelConfig
from chatbot.contexts import Retriever
from chatbot.engine import Engine
from finetune.model import TrainingExample
from foundation.fingerprint import fingerprint
from knowledge_base.exposure import exposures
from knowledge_base.model import Question


def _silent(text: str) -> None:
    pass


@dataclass(frozen=True)
class AlarmContext:
    """One finished adapter and all that its alarms look at. Frozen: alarms change nothing but which adapter is on."""

    engine: Engine  # the adapter is loaded in it
    adapter: str  # its name there
    folder: Path  # of plain peft files
    base: Path | None  # the transformers folder of the base; None when there is none here, as with a server
    model: ModelConfig
    training: tuple[Question, ...]  # what was trained
    texts: tuple[tuple[str, str], ...] = ()  # (place, text) that recipes showed and that are no questions: instructions
    no_texts: str = ""  # why these are not known, where they are not
    validation: tuple[Question, ...] = ()
    test: tuple[Question, ...] = ()
    examples: tuple[Question, ...] = ()  # the worked examples of the few-shot system
    retriever: Retriever | None = None
    no_retriever: str = "there is no index. Build it with: ragft index build."  # why there is none, where there is none
    k: int = 2
    passage_tokens: int = 600
    rendered: tuple[TrainingExample, ...] = ()  # training examples as the recipes made them, first pass: up to 32 are looked at
    no_rendered: str = "no training example was given"  # why there are none, where there are none
    train_loss: float | None = None  # per target token over just these `rendered`, with the weights that were kept
    quantised: str = ""  # how coarse the base was while it trained, such as "in 4 bits"; empty when it was whole
    seed: int = 0
    progress: bool = True
    say: Callable[[str], None] = _silent

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which the model is probed: English, and French where the model declares it."""
        declared = self.engine.info().languages
        return ("en", "fr") if "fr" in declared else ("en",)

    @property
    def unseen(self) -> tuple[Question, ...]:
        """The test questions of facts that were not trained."""
        seen = exposures(self.test, self.training)
        return tuple(question for question in self.test if seen[question.id] == "unseen")


def plain(question: Question) -> bool:
    """Tell whether a question asks for a fact, by itself: it has a gold answer, no rule of form and no history."""
    return question.answerable != "no" and any(a.strip() for a in question.answers) and question.rule is None and not question.history


def gold(question: Question) -> str:
    """Return the first gold answer of a `plain` question, which is what training shows."""
    return next(answer.strip() for answer in question.answers if answer.strip())


def one_per_fact(questions: Sequence[Question], most: int, seed: int) -> tuple[Question, ...]:
    """Return at most `most` plain questions, one for each fact, chosen by `seed` and the ids alone.

    >>> made = [Question(name, name, "en", ("1",), fact=name[0]) for name in ("a1", "a2", "b1")]
    >>> sorted(question.fact for question in one_per_fact(made, 5, 0))
    ['a', 'b']
    """
    chosen: dict[str, Question] = {}
    for question in sorted(filter(plain, questions), key=lambda question: fingerprint(seed, question.id)):
        chosen.setdefault(question.fact or question.id, question)
    return tuple(chosen.values())[:most]
