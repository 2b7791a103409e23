"""Every question of a Comparison as JSON for the script of the HTML page: small, and inert whatever an answer says.

The script lists, filters and opens questions; what it says comes from here in the language of the page, so that
it holds no words of its own. Nothing here is markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from eval.comparison import Comparison, Inspected, Output
from eval.report.charts.theme import cause_name
from eval.report.figures import plain
from eval.report.naming import cause_means
from eval.report.tables.slices import slice_name
from eval.wording import words

# What the script says: the tail of the message's key → the values that the script fills in.
SPOKEN: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("right", "wrong", "abstained", "unscored", "error", "missing", "empty"), ()),
    **dict.fromkeys(("gold", "gold-none", "gold-abstain", "evidence", "passages", "none-found", "fact"), ()),
    "count": ("shown", "total"),
    "tally": ("right", "total"),
    "cites": ("number",),
    "cites-nothing": ("number",),
    "sort": ("column",),
    "quoted": ("text",),
}


def state(output: Output) -> str:
    """Return how an answer is marked: "error", "missing", "unscored", "right" or "wrong".

    >>> state(Output("rag", "14 days", 1.0)), state(Output("rag", "", None)), state(Output("rag", "x", 0.0))
    ('right', 'unscored', 'wrong')
    """
    if output.error is not None:
        return "error"
    if output.missing:
        return "missing"
    if output.correct is None:
        return "unscored"
    return "right" if output.correct == 1 else "wrong"


def questions_data(comparison: Comparison, language: str = "en") -> dict[str, Any]:
    """Return what the script needs: systems, questions with all outputs, passages once each, names of codes, words.

    An output is a list: state, text, abstained (0 or 1), cause, why, numbers of its passages.
    """
    systems = [result.system for result in comparison.systems]
    number = {key: place for place, key in enumerate(comparison.passages)}
    say = words(language)
    outputs = [output for row in comparison.questions for output in row.outputs]
    return {
        "systems": [plain(system) for system in systems],
        "questions": [_question(row, systems, number) for row in comparison.questions],
        "passages": [[plain(of.title), plain(of.document_id), plain(of.text)] for of in comparison.passages.values()],
        "names": {
            kind: _names(kind, (getattr(row, kind) for row in comparison.questions), language) for kind in ("kind", "exposure", "language")
        }
        | {"cause": _names("cause", (output.cause for output in outputs), language)},
        "means": {plain(code): cause_means(say, code) for code in sorted({output.cause for output in outputs} - {""})},
        "why": {plain(output.why): _why(output.why, language) for output in outputs if output.why},
        "words": {key: say(f"html-{key}", **{name: f"{{{name}}}" for name in names}) for key, names in SPOKEN.items()}
        | {"colon": say("report-colon"), "by-kind": say("report-by-kind"), "by-exposure": say("report-by-exposure")},
    }


def embedded(data: dict[str, Any]) -> str:
    """Return `data` as JSON that cannot end the script element it stands in: no <, > or &, and no line separators of old scripts.

    >>> embedded({"text": "</script><!--"})
    '{"text":"\\\\u003c/script\\\\u003e\\\\u003c!--"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _question(row: Inspected, systems: list[str], number: dict[str, int]) -> dict[str, Any]:
    by_system = {output.system: output for output in row.outputs}
    return {
        "id": plain(row.question_id),
        "text": plain(row.text),
        "language": plain(row.language),
        "kind": plain(row.kind),
        "exposure": plain(row.exposure),
        "fact": plain(row.fact),
        "tags": [plain(tag) for tag in row.tags],
        "gold": [plain(answer) for answer in row.answers],
        "evidence": [plain(quote) for quote in row.evidence],
        "out": [_output(by_system[system], number) if system in by_system else None for system in systems],
    }


def _output(output: Output, number: dict[str, int]) -> list[Any]:
    return [
        state(output),
        plain(output.error if output.error is not None else output.text),
        int(output.abstained),
        plain(output.cause),
        plain(output.why),
        [number.get(key, -1) for key in output.passages],
    ]


def _names(by: str, codes: Iterable[str], language: str) -> dict[str, str]:
    say = words(language)
    found = sorted({code for code in codes if code})
    return {plain(code): cause_name(code, language) if by == "cause" else slice_name(by, code, say) for code in found}


def _why(code: str, language: str) -> str:
    say = words(language)
    return say(code) if code in say else plain(code)
