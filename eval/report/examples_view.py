"""Examples for reading side by side: each answer with its mark, its citations and what it was shown."""

from __future__ import annotations

import re
from typing import Any

from eval.model import Example
from eval.report.figures import plain
from eval.report.parts import ExampleView, OutputView, PassageGroup, Piece

# The same marks as `chatbot.citations` reads: [1], [1, 2], [1; 2]. A lone number takes its brackets with it.
_MARK = re.compile(r"\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]")
_NUMBER = re.compile(r"\d+")


def example_view(example: Example) -> ExampleView:
    """Return one example, its answers marked and its passages grouped by who saw them."""
    outputs = tuple(_output(output) for output in example.outputs)
    scored = [output for output in example.outputs if output.get("correct") is not None]
    right = sum(bool(output["correct"]) for output in scored)
    return ExampleView(
        plain(example.question_id),
        plain(example.text),
        example.language,
        plain(example.kind),
        plain(example.exposure),
        tuple(plain(answer) for answer in example.answers),
        outputs,
        _passages(example),
        f"{right} of {len(scored)} correct" if scored else "unscored",
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


def _output(output: dict[str, Any]) -> OutputView:
    mark, word, tone = _mark(output)
    text = plain(output.get("error") or output.get("text") or ("(no answer)" if output.get("missing") else "(empty answer)"))
    return OutputView(plain(output["system"]), mark, word, tone, pieces(text, len(output.get("passages") or ())))


def _mark(output: dict[str, Any]) -> tuple[str, str, str]:
    if output.get("error"):
        return "!", "error", "bad"
    if output.get("missing"):
        return "·", "no answer", ""
    abstained = ", abstained" if output.get("abstained") else ""
    if output.get("correct") is None:
        return "·", f"unscored{abstained}", ""
    if output["correct"]:
        return "✓", f"correct{abstained}", "good"
    return ("○", "abstained", "bad") if abstained else ("✗", "incorrect", "bad")


def _passages(example: Example) -> tuple[PassageGroup, ...]:
    """Group systems that were shown the same passages: each passage is printed once."""
    seen: dict[tuple[str, ...], list[str]] = {}
    for output in example.outputs:
        texts = tuple(plain(text) for text in output.get("passages") or ())
        if texts:
            seen.setdefault(texts, []).append(plain(output["system"]))
    return tuple(PassageGroup(tuple(systems), texts) for texts, systems in seen.items())
