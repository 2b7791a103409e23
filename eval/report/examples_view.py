"""Questions for reading side by side: each answer with its mark, its cause, its citations and what it was shown."""

from __future__ import annotations

import re

from eval.comparison import Comparison, Inspected, Output
from eval.report.figures import plain
from eval.report.naming import named
from eval.report.parts import Examples, OutputView, PassageGroup, PassageView, Piece, QuestionView
from eval.report.tables.slices import slice_name
from eval.wording import Words

# The same marks as `chatbot.citations` reads: [1], [1, 2], [1; 2]. A lone number takes its brackets with it.
_MARK = re.compile(r"\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]")
_NUMBER = re.compile(r"\d+")
_USUAL = 20  # examples, when the plan does not say


def examples(comparison: Comparison, words: Words) -> Examples:
    """Return the examples that the plan asks for, at even steps through the questions: none is picked for what was answered."""
    asked = comparison.questions
    wanted = int(comparison.plan.get("examples", _USUAL))
    count = min(wanted, len(asked))
    chosen = [asked[place * len(asked) // count] for place in range(count)]
    return Examples(
        words("report-examples"),
        words("report-note-examples", shown=count, all=len(asked)),
        tuple(question_view(question, comparison, words) for question in chosen),
        (words("report-column-system"), words("report-column-mark"), words("report-column-answer")),
    )


def question_view(question: Inspected, comparison: Comparison, words: Words) -> QuestionView:
    """Return one question, its answers marked and its passages grouped by who saw them."""
    scored = [output for output in question.outputs if output.correct is not None]
    right = sum(output.correct == 1 for output in scored)
    gold = tuple(plain(answer) for answer in question.answers)
    return QuestionView(
        plain(question.question_id),
        plain(question.text),
        question.language,
        slice_name("kind", question.kind, words),
        slice_name("exposure", question.exposure, words),
        gold,
        words("report-gold", answers=" / ".join(gold)) if gold else words("report-no-gold"),
        tuple(_output(output, words) for output in question.outputs),
        _passages(question, comparison, words),
        words("report-tally", right=right, scored=len(scored)) if scored else words("report-mark-unscored"),
        tuple(plain(tag) for tag in question.tags),
    )


def pieces(text: str, passages: int) -> tuple[Piece, ...]:
    """Cut an answer at its citation numbers.

    Args:
        text: the answer.
        passages: how many passages were shown; a higher number points to none.

    >>> [(piece.text, piece.citation, piece.known) for piece in pieces("Red [1], blue [4].", 2)]
    [('Red ', None, True), ('[1]', 1, True), (', blue ', None, True), ('[4]', 4, False), ('.', None, True)]
    """
    found: list[Piece] = []
    end = 0
    for mark in _MARK.finditer(text):
        numbers = list(_NUMBER.finditer(text, mark.start(), mark.end()))
        for number in numbers:
            start, stop = mark.span() if len(numbers) == 1 else number.span()
            found += [Piece(text[end:start])] if start > end else []
            found.append(Piece(text[start:stop], int(number[0]), 1 <= int(number[0]) <= passages))
            end = stop
    return tuple([*found, Piece(text[end:])] if text[end:] else found)


def _output(output: Output, words: Words) -> OutputView:
    mark, word, tone = _mark(output, words)
    text = plain(output.error or output.text) or words("report-no-answer" if output.missing else "report-empty-answer")
    cause = named(words, "report-cause", output.cause) if output.cause not in {"", "correct", "error", "unscored"} else ""
    why = words(output.why) if cause and output.why in words else ""
    return OutputView(plain(output.system), mark, word, tone, pieces(text, len(output.passages)), cause, why)


def _mark(output: Output, words: Words) -> tuple[str, str, str]:
    """Return a sign, the same in words, and the tone of one answer."""
    if output.error is not None:
        return "!", words("report-mark-error"), "bad"
    if output.missing:
        return "·", words("report-mark-missing"), ""
    if output.correct is None:
        return "·", words("report-mark-unscored-abstained" if output.abstained else "report-mark-unscored"), ""
    if 0 < output.correct < 1:
        return "◐", words("report-mark-partly"), ""
    if output.correct == 1:
        return "✓", words("report-mark-correct-abstained" if output.abstained else "report-mark-correct"), "good"
    return ("○", words("report-mark-abstained"), "bad") if output.abstained else ("✗", words("report-mark-incorrect"), "bad")


def _passages(question: Inspected, comparison: Comparison, words: Words) -> tuple[PassageGroup, ...]:
    """Group systems that were shown the same passages: each passage is printed once."""
    seen: dict[tuple[str, ...], list[str]] = {}
    for output in question.outputs:
        if output.passages:
            seen.setdefault(output.passages, []).append(plain(output.system))
    return tuple(
        PassageGroup(
            words("report-shown-to", count=len(keys), systems=systems),
            tuple(systems),
            tuple(
                PassageView(plain(passage.title), plain(passage.document_id), plain(passage.text))
                for passage in (comparison.passages[key] for key in keys)
            ),
        )
        for keys, systems in seen.items()
    )
