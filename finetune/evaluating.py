"""What is measured between steps: losses on watched and trained examples, answers by generation; and when to stop.

The same measurements serve the curves, the early stop and the choice of the weights that are kept.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from chatbot.abstention import is_abstention
from chatbot.model import Answer
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item
from finetune.config import FinetuneConfig
from finetune.loss import mean_loss
from finetune.model import Evaluation, TrainingExample
from knowledge_base.model import Question

SAMPLED = 24  # training examples whose loss stands beside the validation loss: a second or two
_NEW_TOKENS = 24  # generated for an answer, or as many as the longest gold answer has, and some
_SPARE = 8
_SHARE = 0.1  # of the time of a budget: the most that watching takes, the first and the last evaluation aside


class Evaluator:
    """Measures a model before training and `config.evaluations` times, evenly spread, in it.

    Args:
        model: what is trained, with `generate`.
        tokenizer: of the model.
        watched: validation examples; without any only the trained ones are measured.
        trained: a fixed sample of training examples.
        questions: the validation questions by id, for scoring generated answers.
        config: how often, how many answers, when to stop.
        limit: padded tokens in memory at once.
        share: compute a common beginning once, as training does (`finetune.loss.losses`).
        earlier: what a training that is gone on with has measured.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        watched: Sequence[TrainingExample],
        trained: Sequence[TrainingExample],
        questions: Sequence[Question],
        config: FinetuneConfig,
        limit: int,
        earlier: Sequence[Evaluation] = (),
        *,
        share: bool = False,
    ) -> None:
        self.model, self.tokenizer, self.config, self.limit, self.share = model, tokenizer, config, limit, share
        self.watched, self.trained = tuple(watched), tuple(trained)
        self._questions = {question.id: question for question in questions}
        self.done = list(earlier)
        self.cost = 0.0  # seconds of the last evaluation in this process

    def due(self, progress: float, *, last: bool = False, elapsed: float | None = None) -> bool:
        """Tell whether `progress` has reached the next evaluation; the `last` step of a training is always evaluated.

        Where time is what training is given, `elapsed` is how much of it has gone: an evaluation then waits until all
        of them take a tenth of it at most, unless they decide when to stop.
        """
        count = self.config.evaluations
        if not count:
            return False
        if elapsed is not None and self.done and self.config.early_stop == "off":
            affordable = (len(self.done) + 1) * self.cost <= _SHARE * elapsed
        else:
            affordable = True
        return last or (affordable and len(self.done) <= count and progress >= len(self.done) / count)

    @property
    def kept(self) -> Evaluation | None:
        """Return the evaluation of the weights that are kept: the best with early stop, else the last; None without any."""
        if not self.done:
            return None
        return self.done[self._best()] if self.config.early_stop != "off" else self.done[-1]

    def measure(self, step: int, seconds: float) -> Evaluation:
        """Measure the model as it is after `step` steps and note the result."""
        started = time.monotonic()
        asked = self.watched[: self.config.answers]
        found = Evaluation(
            step,
            round(seconds, 3),
            self.train_loss(),
            self._loss(self.watched) if self.watched else None,
            self._share_correct(asked) if asked else None,
            len(asked),
        )
        self.model.train()
        self.done.append(found)
        self.cost = time.monotonic() - started
        return found

    def train_loss(self) -> float:
        """Return the mean loss per answer token over the sample of training examples."""
        return self._loss(self.trained)

    def _loss(self, examples: Sequence[TrainingExample]) -> float:
        return mean_loss(self.model, examples, self.limit, int(self.tokenizer.pad_token_id), share=self.share)

    @property
    def improved(self) -> bool:
        """Tell whether the last evaluation is the best so far; the first of equals counts."""
        return bool(self.done) and self._best() == len(self.done) - 1

    @property
    def best_step(self) -> int | None:
        """Return the step of the best evaluation; None without any, without early stop, and when it is the last one."""
        if self.kept is None or self.config.early_stop == "off" or self.kept is self.done[-1]:
            return None
        return self.kept.step

    @property
    def exhausted(self) -> bool:
        """Tell whether `patience` evaluations have passed without a gain."""
        return self.config.early_stop != "off" and bool(self.done) and len(self.done) - 1 - self._best() >= self.config.patience

    def _best(self) -> int:
        def key(evaluation: Evaluation) -> float:
            by_answers = self.config.early_stop == "answers" and evaluation.score is not None
            value = -evaluation.score if by_answers and evaluation.score is not None else evaluation.validation_loss
            return value if value is not None else float("inf")

        return min(range(len(self.done)), key=lambda place: (key(self.done[place]), place))

    def _share_correct(self, examples: Sequence[TrainingExample]) -> float:
        import torch

        self.model.eval()
        correct, most = 0.0, max(_NEW_TOKENS, max(len(example.target_ids) for example in examples) + _SPARE)
        for start in range(0, len(examples), 8):
            part = examples[start : start + 8]
            batch = self.tokenizer.pad(
                {"input_ids": [list(example.prompt_ids) for example in part]}, padding_side=self._side(), return_tensors="pt"
            ).to(self.model.device)
            with torch.no_grad():
                out = self.model.generate(
                    input_ids=batch["input_ids"],
                    attention_mask=batch["attention_mask"],
                    max_new_tokens=most,
                    do_sample=False,
                    pad_token_id=self.tokenizer.pad_token_id,
                )
            begin = 0 if self.model.config.is_encoder_decoder else batch["input_ids"].shape[1]
            for example, ids in zip(part, out, strict=True):
                text = self.tokenizer.decode(ids[begin:], skip_special_tokens=True).strip()
                question = self._questions[example.source]
                answer = Answer(text, abstained=is_abstention(text, question.language))
                value = METRICS.get("correct").score(Item(question, answer, question.language)).value
                correct += value or 0.0
        return correct / len(examples)

    def _side(self) -> str:
        return "right" if self.model.config.is_encoder_decoder else "left"
