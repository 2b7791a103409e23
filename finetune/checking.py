"""The end check: training questions asked back through the chat engine, as users will ask.

It is no measure of quality (the evaluation is), only a proof that training reached the
answers: a broken prompt, a rate of zero or an adapter that does not load show here.
"""

from __future__ import annotations

import random
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from chatbot.chat import Chatbot
from chatbot.config import default_systems
from chatbot.contexts import Retriever
from chatbot.engine import Engine
from chatbot.model import Answer
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item
from finetune.config import FinetuneConfig
from finetune.model import CheckedQuestion, EndCheck
from foundation.errors import TrainingError
from knowledge_base.model import Question

ASKED = 20
NEEDED = 1 / 3
MAX_NEW_TOKENS = 32  # answers of a trained model are mostly short; the base model's rambling need not be waited for
LONG = 12  # words of a gold answer from which it need not come back word for word …
NEAR = 0.5  # … but with so much of its words (token F1), and with more of them than the base model's answer has
_SPARE = 8  # tokens beyond the longest gold answer, where that is longer: a citation, another way to break words
_CLOSED_BOOK = frozenset({"qa", "paraphrases", "few-shot", "synthetic"})  # recipes that teach answers without passages


class Examiner:
    """Asks the same training questions of the base model and, later, of the adapter."""

    ADAPTER = "end-check"  # the adapter's name inside the engine

    def __init__(
        self,
        engine: Engine,
        questions: Sequence[Question],
        config: FinetuneConfig,
        retriever: Retriever | None,
        *,
        k: int,
        passage_tokens: int,
    ) -> None:
        answerable = [question for question in questions if question.answerable != "no"] or list(questions)
        self._order = random.Random(config.seed).sample(answerable, len(answerable))  # none where texts are taught
        self.engine = engine
        self.with_passages = "raft" in config.recipe and _CLOSED_BOOK.isdisjoint(config.recipe)
        self.teaches_answers = self.with_passages or not _CLOSED_BOOK.isdisjoint(config.recipe)
        longest = max((engine.count_tokens(question.answers[0]) for question in answerable if question.answers), default=0)
        self._chatbot = Chatbot(
            engine,
            default_systems(self.ADAPTER),
            retriever,
            k=k,
            passage_tokens=passage_tokens,
            max_new_tokens=max(MAX_NEW_TOKENS, longest + _SPARE),
        )
        self._base: dict[str, Answer] = {}  # by question id

    def ask_base(self) -> float:
        """Keep the base model's answers, to tell later whether anything changed; return the seconds that it took."""
        started = time.monotonic()
        self._keep_base(self._order[:ASKED])
        return time.monotonic() - started

    def examine(self, folder: Path, shown: Collection[str]) -> EndCheck:
        """Return how the adapter in `folder` answers training questions, of which `shown` has the ids that training came to show."""
        self.engine.load_adapter(self.ADAPTER, folder)
        questions = [question for question in self._order if question.id in shown][:ASKED]
        self._keep_base([question for question in questions if question.id not in self._base])
        system = "rag+finetuned" if self.with_passages else "finetuned"
        rows = []
        for question, trained in zip(questions, self._chatbot.ask_many(questions, system), strict=True):
            base = self._base[question.id]
            rows.append(CheckedQuestion(question.id, base.text, trained.text, _came_back(question, base, trained)))
        correct, changed = sum(row.correct for row in rows), sum(row.base != row.trained for row in rows)
        passed = not rows or (changed > 0 and (correct >= NEEDED * len(rows) or not self.teaches_answers))
        return EndCheck(passed, system, len(rows), correct, changed, tuple(rows))

    def _keep_base(self, questions: Sequence[Question]) -> None:
        answers = self._chatbot.ask_many(questions, "rag" if self.with_passages else "base")
        self._base |= {question.id: answer for question, answer in zip(questions, answers, strict=True)}


def _came_back(question: Question, base: Answer, trained: Answer) -> bool:
    """Tell whether the adapter's answer is correct, or, to a question with a long gold answer, near to it."""

    def score(metric: str, answer: Answer) -> float:
        return METRICS.get(metric).score(Item(question, answer, question.language)).value or 0.0

    if score("correct", trained) == 1.0:
        return True
    if not question.answers or min(len(answer.split()) for answer in question.answers) < LONG:
        return False
    return score("token_f1", trained) >= max(NEAR, score("token_f1", base))


def require(check: EndCheck, name: str) -> None:
    """Raise TrainingError when the check failed; the message says what to try."""
    if check.passed:
        return
    found = f"{check.correct} of {check.asked} training questions came back correct, {check.changed} answers differ from the base model's"
    raise TrainingError(
        f"training taught nothing: {found}; a third must be correct. Adapter {name!r} is kept and marked as failed. "
        "Try a longer --budget or more epochs, another finetune.learning_rate, or fewer questions at first."
    )
