"""The verdict on a training that has just ended, from the trainer's own nouns, and its English sentences for the command line.

The rule itself is `eval.learning.judge`, because reports apply it to the manifests of runs: one training, one verdict, wherever it is read.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.learning import judge
from eval.trained import TrainingVerdict as Verdict
from eval.trained import Watched
from finetune.model import AdapterManifest, EndCheck, Evaluation, Step

__all__ = ["Verdict", "sentences", "verdict", "verdict_of"]


def verdict(
    steps: Sequence[Step],
    evaluations: Sequence[Evaluation],
    *,
    check: EndCheck | None = None,
    best_step: int | None = None,
    same_facts: bool | None = None,
) -> Verdict:
    """Return whether training ended too early ("underfitting"), too late ("overfitting") or about right ("good"), or "unclear".

    Args:
        steps: of the curve, in order, all of them or evenly spread.
        evaluations: in order; step 0 is the model before training.
        check: the training questions asked back at the end; without it, what training taught is judged by losses alone.
        best_step: the step whose weights were kept, when not the last.
        same_facts: whether the validation questions ask for trained facts, in other words; None: not known.

    Source: docs/watching.md, with the rule and what it rests on.
    """
    watched = [Watched(one.step, one.train_loss, one.validation_loss, one.score, one.asked) for one in evaluations]
    share = check.correct / check.asked if check and check.asked else None
    return judge([step.loss for step in steps], watched, check=share, kept=best_step, same_facts=same_facts)


def verdict_of(manifest: AdapterManifest) -> Verdict:
    """Return the verdict on a finished adapter, from its manifest alone."""
    share = manifest.configuration.get("validation_trained_facts")
    same_facts = None if share is None else float(share) >= 0.5
    return verdict(manifest.curve, manifest.evaluations, check=manifest.check, best_step=manifest.best_step, same_facts=same_facts)


def sentences(verdict: Verdict, language: str = "en") -> tuple[str, ...]:
    """Return a verdict in words: what it is and why, its figures, and a sentence for each piece of advice.

    >>> sentences(Verdict("unclear", "no-curve"))
    ('unclear: no curve was kept, so nothing can be told.',)
    """
    from eval.report.tables.training import advised, figures_said, verdict_said
    from eval.wording import words

    say = words(language)
    return tuple(part for part in (verdict_said(verdict, say), figures_said(verdict, say), *advised(verdict, say)) if part)
