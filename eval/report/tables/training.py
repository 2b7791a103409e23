"""How the adapters were trained: the bill, and the verdict on each curve with what to change. Alarms are in `tables.alarms`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from eval.comparison import Comparison
from eval.report.figures import plain
from eval.report.naming import named
from eval.report.parts import ABSENT, Cell, Column, Table
from eval.trained import TrainedAdapter, TrainingVerdict
from eval.wording import Words, numbers

_TONES: Final = {"good": "good", "underfitting": "bad", "overfitting": "bad"}


def adapter_name(one: TrainedAdapter, all_of_them: Sequence[TrainedAdapter], words: Words) -> str:
    """Return what a report calls an adapter: by its training seed too, where it was trained with several."""
    if sum(other.name == one.name for other in all_of_them) < 2 or one.seed is None:
        return plain(one.name)
    return words("training-adapter", adapter=plain(one.name), seed=numbers.count(one.seed, words.language))


def bill(comparison: Comparison, words: Words) -> Table:
    """Return measures × adapters; a measure that no manifest has is left out."""
    trained = comparison.training
    recipes = dict.fromkeys(name for one in trained for name in one.recipe)
    makers = [(words("training-row-share", recipe=plain(name)), _share(name)) for name in recipes]
    makers += [(words(f"training-row-{name}"), cell) for name, cell in _MEASURES]
    cells = [(title, [make(one, words) for one in trained]) for title, make in makers]
    rows = tuple((Cell(title), *made) for title, made in cells if any(cell.text != ABSENT for cell in made))
    columns = (
        Column(words("report-column-measure"), numeric=False),
        *(Column(adapter_name(one, trained, words)) for one in trained),
    )
    notes = [words("training-note-bill")]
    notes += [
        words("training-note-left-out", adapter=adapter_name(one, trained, words), left_out="; ".join(map(plain, one.left_out)))
        for one in trained
        if one.left_out
    ]
    return Table("training-bill", words("training-table-bill"), " ".join(notes), columns, rows)


def verdicts(comparison: Comparison, words: Words) -> Table:
    """Return one row per adapter that has a curve: the verdict, why with its figures, what to change."""
    rows = tuple(
        (
            Cell(adapter_name(one, comparison.training, words)),
            Cell(words(f"training-verdict-{one.verdict.code}"), tone=_TONES.get(one.verdict.code, "")),
            Cell(f"{sentence(named(words, 'training-why', one.verdict.reason))} {figures_said(one.verdict, words)}".strip()),
            Cell(" ".join(advised(one.verdict, words)) or words("training-do-nothing")),
        )
        for one in comparison.training
        if one.verdict is not None
    )
    columns = tuple(Column(words(f"training-column-{name}"), numeric=False) for name in ("adapter", "verdict", "why", "advice"))
    return Table("training-verdicts", words("training-table-verdicts"), words("training-note-verdicts"), columns, rows)


def verdict_said(verdict: TrainingVerdict, words: Words) -> str:
    """Return a verdict with its reason, as one sentence."""
    return words("training-verdict", word=words(f"training-verdict-{verdict.code}"), why=named(words, "training-why", verdict.reason))


def figures_said(verdict: TrainingVerdict, words: Words) -> str:
    """Return the figures that a verdict stands on, those that were measured, in one line."""
    found, said = verdict.figures, []
    trained = "train" if "train_end" in found else "loss"
    if f"{trained}_end" in found:
        said.append(words("training-figure-loss", **{"from": found[f"{trained}_start"], "to": found[f"{trained}_end"]}))
    if "validation_end" in found:
        edges = {"from": found["validation_start"], "to": found["validation_end"], "best": found["validation_best"]}
        said.append(words("training-figure-validation", **edges, step=found["validation_best_step"]))
    if "score_end" in found:
        edges = {"from": found["score_start"], "to": found["score_end"], "asked": found["asked"]}
        said.append(words("training-figure-score", **edges))
    if "check" in found:
        said.append(words("training-figure-check", share=found["check"]))
    return sentence(words("training-next").join(said)) if said else ""


def advised(verdict: TrainingVerdict, words: Words) -> tuple[str, ...]:
    """Return what to change, one sentence for each piece of advice; one that no message knows is shown as its code."""
    return tuple(named(words, "training-advice", code) for code in verdict.advice)


def sentence(text: str) -> str:
    """Return text with a capital letter first and a full stop last.

    >>> sentence("loss 2.0 → 0.1")
    'Loss 2.0 → 0.1.'
    """
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


Maker = Callable[[TrainedAdapter, Words], Cell]


def _share(recipe: str) -> Maker:
    def cell(one: TrainedAdapter, words: Words) -> Cell:
        if recipe not in one.recipe:
            return Cell(ABSENT)
        seen = recipe in one.passes and words("training-passes", examples=one.examples.get(recipe, 0), passes=one.passes[recipe])
        return Cell(numbers.percent(one.recipe[recipe], words.language), seen or "", value=one.recipe[recipe])

    return cell


def _number(value: float | None, say: Callable[[float, str], str], detail: str, words: Words) -> Cell:
    return Cell(say(value, words.language), detail, value=value) if value else Cell(ABSENT)


def _loss(value: float, language: str) -> str:
    return numbers.decimal(value, language, 2)


def _method(one: TrainedAdapter, words: Words) -> Cell:
    names = {"lora": "LoRA", "qlora": "QLoRA", "8bit": "LoRA, 8 bit", "full": "full"}
    ranked = words("training-ranked", rank=one.rank) if one.rank and one.method != "full" else ""
    return Cell(names.get(one.method, plain(one.method)) or ABSENT, ranked)


def _minutes(seconds: float | None, words: Words) -> Cell:
    return Cell(words("training-minutes", minutes=seconds / 60), value=seconds) if seconds else Cell(ABSENT)


def _memory(one: TrainedAdapter, words: Words) -> Cell:
    return Cell(words("training-gigabytes", gigabytes=one.peak_memory / 1e9), value=one.peak_memory) if one.peak_memory else Cell(ABSENT)


def _steps(one: TrainedAdapter, words: Words) -> Cell:
    kept = words("training-kept-step", step=one.best_step) if one.best_step is not None else ""
    return _number(one.steps, numbers.count, kept, words)


def _ended(one: TrainedAdapter, words: Words) -> Cell:
    return Cell(words(f"training-ended-{one.ended}") if one.steps else ABSENT)


def _check(one: TrainedAdapter, words: Words) -> Cell:
    if not one.checked:
        return Cell(ABSENT)
    asked = words("training-asked-as", system=plain(one.check_system)) if one.check_system else ""
    tone = "bad" if one.check_passed is False else ""
    return Cell(words("report-of", part=one.check_correct, whole=one.checked), asked, tone, one.check_correct / one.checked)


def _training_loss(one: TrainedAdapter, words: Words) -> Cell:
    return _number(one.loss_end, _loss, words("training-from-loss", loss=one.loss_start) if one.loss_start else "", words)


def _validation(one: TrainedAdapter, words: Words) -> Cell:
    held = words("training-held-out", questions=one.validation_questions) if one.validation_questions else ""
    return _number(one.validation_loss, _loss, held, words)


_MEASURES: Final[tuple[tuple[str, Maker], ...]] = (
    ("method", _method),
    ("parameters", lambda one, words: _number(one.trainable_parameters, numbers.count, "", words)),
    ("steps", _steps),
    ("tokens", lambda one, words: _number(one.tokens, numbers.count, "", words)),
    ("ended", _ended),
    ("time", lambda one, words: _minutes(one.seconds, words)),
    ("total", lambda one, words: _minutes(one.total_seconds, words)),
    ("speed", lambda one, words: _number(one.tokens_per_second, numbers.count, "", words)),
    ("memory", _memory),
    ("loss", _training_loss),
    ("validation", _validation),
    ("check", _check),
)
