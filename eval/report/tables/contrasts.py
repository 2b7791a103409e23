"""The declared contrasts, in short and in detail."""

from __future__ import annotations

from eval.comparison import Comparison, Contrast
from eval.report.figures import difference, difference_interval, factor, plain
from eval.report.naming import level, metric_name, named, primary_metric
from eval.report.parts import ABSENT, Cell, Column, Table
from eval.report.tables.cells import method_marks, methods_note
from eval.wording import Words, numbers

_WORDY = frozenset({"contrast", "kind", "differs", "verdict"})


def contrasts(comparison: Comparison, words: Words) -> Table:
    """Return the declared contrasts with difference, interval, p-values, wins, equivalence and the verdict in words."""
    primary, language = primary_metric(comparison), words.language
    scale = factor(comparison.metric_info.get(primary, {}))
    margin = comparison.decision.margin
    marks = method_marks(contrast.difference for contrast in comparison.contrasts)
    note = words("report-note-contrasts", metric=metric_name(words, primary), level=level(comparison, language))
    note += " " + words("report-note-margin", margin=numbers.size(margin * scale / 100, language)) if margin else ""
    rows = tuple(
        (
            Cell(_pair(contrast)),
            Cell(
                difference(contrast.difference, language, scale),
                f"{difference_interval(contrast.difference, language, scale)}{marks.get(contrast.difference.method, '') and ' '}"
                f"{marks.get(contrast.difference.method, '')}",
                value=contrast.difference.value,
            ),
            _p(contrast.p_value, language),
            _p(contrast.p_holm, language),
            _won(contrast, words),
            _equivalence(contrast, margin, scale, words),
            Cell(verdict_words(contrast, margin, words), tone={"better": "good", "worse": "bad"}.get(contrast.verdict, "")),
        )
        for contrast in comparison.contrasts
    )
    columns = _columns(words, "contrast", "difference", "p", "p-holm", "won", "equivalence", "verdict")
    return Table("contrasts", words("report-table-contrasts"), note + methods_note(marks, words), columns, rows)


def detail(comparison: Comparison, words: Words) -> Table:
    """Return what statisticians ask next: what sets the two apart, effect sizes, McNemar, and what these questions could show."""
    language = words.language
    scale = factor(comparison.metric_info.get(primary_metric(comparison), {}))
    effects = list(dict.fromkeys(name for contrast in comparison.contrasts for name in contrast.effects))
    rows = tuple(
        (
            Cell(_pair(contrast)),
            Cell(
                words(f"report-kind-of-contrast-{contrast.kind}"),
                ", ".join(named(words, "report-factor", name) for name in contrast.differs),
            ),
            Cell(numbers.decimal(contrast.standard_error * scale, language), value=contrast.standard_error),
            *(
                Cell(numbers.decimal(contrast.effects[name], language, 2), value=contrast.effects[name])
                if name in contrast.effects
                else Cell(ABSENT)
                for name in effects
            ),
            Cell(ABSENT) if contrast.mcnemar is None else _p(contrast.mcnemar, language),
            Cell(numbers.decimal(contrast.smallest * scale, language), value=contrast.smallest) if contrast.smallest else Cell(ABSENT),
            Cell(ABSENT) if contrast.needed is None else Cell(numbers.count(contrast.needed, language), value=contrast.needed),
        )
        for contrast in comparison.contrasts
    )
    fixed = _columns(words, "contrast", "kind", "error", "mcnemar", "smallest", "needed")
    columns = (*fixed[:3], *(Column(named(words, "report-effect", name)) for name in effects), *fixed[3:])
    return Table("contrasts-detail", words("report-table-contrasts-detail"), words("report-note-contrasts-detail"), columns, rows)


def verdict_words(contrast: Contrast, margin: float, words: Words) -> str:
    """Return the verdict of a contrast in words.

    Args:
        contrast: its `verdict` is already after Holm at 5 %.
        margin: the practical margin in the unit of the difference (0 for none).
        words: of the language.
    """
    if contrast.fragile:
        return words("report-verdict-fragile")
    if contrast.verdict == "not shown":
        return words("report-verdict-equivalent" if contrast.equivalence.shown and margin else "report-verdict-not-shown")
    size = "plain" if not margin else "within" if contrast.equivalence.shown else "beyond" if contrast.beyond else "perhaps"
    return words(f"report-verdict-{contrast.verdict}-{size}", system=plain(contrast.a))


def _columns(words: Words, *names: str) -> tuple[Column, ...]:
    return tuple(Column(words(f"report-column-{name}"), numeric=name not in _WORDY) for name in names)


def _pair(contrast: Contrast) -> str:
    return f"{plain(contrast.a)} {numbers.MINUS} {plain(contrast.b)}"


def _p(value: float, language: str) -> Cell:
    return Cell(numbers.probability(value, language), value=value)


def _won(contrast: Contrast, words: Words) -> Cell:
    counts = " / ".join(numbers.count(count, words.language) for count in (contrast.wins, contrast.ties, contrast.losses))
    left_out = words("report-left-out", count=contrast.dropped) if contrast.dropped else ""
    return Cell(counts, left_out, value=contrast.wins - contrast.losses)


def _equivalence(contrast: Contrast, margin: float, scale: float, words: Words) -> Cell:
    """Return the 90 % interval of the two one-sided tests and what they show; nothing without a margin."""
    if not margin:
        return Cell(ABSENT)
    equivalence, language = contrast.equivalence, words.language
    said = words("report-equivalence-shown" if equivalence.shown else "report-equivalence-not-shown")
    interval = numbers.signed_span(equivalence.low * scale, equivalence.high * scale, language)
    return Cell(interval, f"{said}, {numbers.p_value(equivalence.p_holm, language)}", value=equivalence.p_holm)
