"""Questions for reading side by side: each answer with its mark, its cause, its citations and what it was shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from chatbot.citations import MARKER
from eval.comparison import Comparison, Inspected, Output
from eval.report.figures import plain
from eval.report.naming import named
from eval.report.parts import Examples, OutputView, PassageGroup, PassageView, Piece, QuestionView
from eval.report.tables.slices import slice_name
from eval.wording import Words

_NUMBER = re.compile(r"\d+")
_Item = TypeVar("_Item")
_USUAL = 20  # examples, when the plan does not say


def examples(comparison: Comparison, words: Words) -> Examples:
    """Return the examples that the plan asks for, at even steps through the questions: none is picked for what was answered."""
    asked = comparison.questions
    chosen = spread(asked, int(comparison.plan.get("examples", _USUAL)))
    return Examples(
        words("report-examples"),
        words("report-note-examples", shown=len(chosen), all=len(asked)),
        words("report-note-marks"),
        tuple(question_view(question, comparison, words) for question in chosen),
        (words("report-column-system"), words("report-column-mark"), words("report-column-answer")),
    )


def spread(items: Sequence[_Item], most: int) -> list[_Item]:
    """Return at most `most` of the items, at even steps from the first one on.

    >>> spread("abcdefghijk", 6), spread("ab", 6)
    (['a', 'b', 'd', 'f', 'h', 'j'], ['a', 'b'])
    """
    count = min(most, len(items))
    return [items[place * len(items) // count] for place in range(count)]


def clipped(text: str, longest: int, words: Words) -> str:
    """Return a text of at most `longest` characters as it is, of a longer one its beginning and how much is left out.

    >>> from eval.wording import words
    >>> clipped("abcdef", 6, words("en")), clipped("abcdef", 2, words("en"))
    ('abcdef', 'ab … (4 more characters)')
    """
    return text if len(text) <= longest else f"{text[:longest].rstrip()} {words('report-cut', count=len(text) - longest)}"


def question_view(question: Inspected, comparison: Comparison, words: Words) -> QuestionView:
    """Return one question, its answers marked and its passages grouped by who saw them."""
    scored = [output for output in question.outputs if output.correct is not None]
    right = sum(output.correct == 1 for output in scored)
    gold = tuple(plain(answer) for answer in question.answers)
    return QuestionView(
        plain(question.question_id),
        plain(question.text),
        question.language,
        _about(question, words),
        words("report-gold", answers=" / ".join(gold)) if gold else words("report-no-gold"),
        tuple(_output(output, words) for output in question.outputs),
        _passages(question, comparison, words),
        words("report-tally", right=right, scored=len(scored)) if scored else words("report-mark-unscored"),
    )


def _about(question: Inspected, words: Words) -> tuple[str, ...]:
    """Return what sorts a question; kind and exposure are labelled, since both may be called "reworded"."""
    labelled = (
        f"{words(f'report-by-{by}')}{words('report-colon')}{slice_name(by, name, words)}"
        for by, name in (("kind", question.kind), ("exposure", question.exposure))
        if name
    )
    return (plain(question.question_id), *labelled, *(plain(tag) for tag in question.tags))


def pieces(text: str, passages: int) -> tuple[Piece, ...]:
    """Cut an answer at its citation numbers; a lone number takes its brackets with it, of a range the two ends are cut out.

    Args:
        text: the answer.
        passages: how many passages were shown; a higher number points to none.

    >>> [(piece.text, piece.citation, piece.known) for piece in pieces("Red [1], blue [4].", 2)]
    [('Red ', None, True), ('[1]', 1, True), (', blue ', None, True), ('[4]', 4, False), ('.', None, True)]
    >>> [(piece.text, piece.citation) for piece in pieces("[1–3] in [2020]", 3)]
    [('[', None), ('1', 1), ('–', None), ('3', 3), ('] in [2020]', None)]
    """
    found: list[Piece] = []
    end = 0
    for marker in MARKER.finditer(text):
        numbers = list(_NUMBER.finditer(text, marker.start(), marker.end()))
        for number in numbers:
            start, stop = marker.span() if len(numbers) == 1 else number.span()
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
            tuple(
                PassageView(plain(passage.title), plain(passage.document_id), plain(passage.text))
                for passage in (comparison.passages[key] for key in keys)
            ),
        )
        for keys, systems in seen.items()
    )
