"""Text as Streamlit Markdown: foreign words disarmed, citations as badges, what an answer stands on marked.

Pure functions; what is drawn where is the page's business.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.model import Answer, Context, System
from eval.report.examples_view import pieces
from eval.report.figures import plain, seconds

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_CONTEXTS: dict[Context, str] = {
    "none": "no context",
    "few-shot": "examples",
    "retrieval": "passages found",
    "gold": "the evidence",
    "documents": "whole documents",
}
_ANY = 99  # while an answer streams, its passages are not known yet and every number is shown as a citation


def describe(system: System) -> str:
    """Return a system's two switches in words.

    >>> describe(System("rag", "retrieval")), describe(System("finetuned", adapter="main"))
    ('passages found, no adapter', 'no context, adapter main')
    """
    return f"{_CONTEXTS[system.context]}, {'adapter ' + system.adapter if system.adapter else 'no adapter'}"


def marked(text: str, passages: int = _ANY) -> str:
    """Return an answer as Streamlit Markdown: foreign markup disarmed, citations as badges.

    Args:
        text: what the model said.
        passages: how many it was shown; a number above points to none and is shown in red with a question mark.

    >>> marked("*Red* [1] ![x](http://y) [3]", 2)
    '\\\\*Red\\\\* :blue-badge[1] \\\\!\\\\[x\\\\]\\\\(http\\\\:\\\\/\\\\/y\\\\) :red-badge[3 ?]'
    """
    return "".join(
        disarmed(piece.text)
        if piece.citation is None
        else f":blue-badge[{piece.citation}]"
        if piece.known
        else f":red-badge[{piece.citation} ?]"
        for piece in pieces(plain(text), passages)
    )


def highlighted(passage: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a passage as Streamlit Markdown, disarmed, with a coloured ground behind each of `spans`.

    Args:
        passage: the text.
        spans: (start, end) offsets in it, in order, none within another. A span over several
            lines is coloured line by line: a colour does not reach over a paragraph's end.

    >>> highlighted("Call us. It is [red].\\nBye", [(9, 21)])
    'Call us\\\\. :yellow-background[It is \\\\[red\\\\]\\\\.]  \\nBye'
    """
    parts, end = [], 0
    for start, stop in spans:
        lines = passage[start:stop].split("\n")
        parts += [disarmed(passage[end:start]), disarmed("\n").join(_ground(line) for line in lines)]
        end = stop
    return "".join([*parts, disarmed(passage[end:])])


def _ground(line: str) -> str:
    return f":yellow-background[{disarmed(line)}]" if line.strip() else disarmed(line)


def disarmed(text: str) -> str:
    """Return foreign text as Markdown that shows it as it is: no images, formulas or links under another name; line breaks kept.

    A bare web address still becomes a link to itself: Streamlit finds it behind any escape.

    >>> disarmed("a_b\\nc")
    'a\\\\_b  \\nc'
    """
    return _PUNCTUATION.sub(r"\\\1", plain(text)).replace("\n", "  \n")


def effort(answer: Answer) -> str:
    """Return what an answer took, in one line: seconds per stage, tokens, tokens per second, as far as they were counted.

    >>> from chatbot.model import Timing, Usage
    >>> effort(Answer("x", usage=Usage(420, 30), timing=Timing(0, 0.02, 0.4, 2.0)))
    'retrieval 20 ms · prefill 400 ms · decode 2.00 s · 420 prompt + 30 answer tokens · 15.0 tokens/s'
    >>> effort(Answer("x", usage=Usage(None, None), timing=None, finish_reason="cancelled"))
    'stopped'
    """
    timing, usage = answer.timing, answer.usage
    parts = []
    if timing is not None:
        parts += [f"retrieval {seconds(timing.retrieval)}"] if timing.retrieval else []
        parts += [f"prefill {seconds(timing.prefill)}", f"decode {seconds(timing.decode)}"]
    if usage.prompt_tokens is not None and usage.completion_tokens is not None:
        parts.append(f"{usage.prompt_tokens} prompt + {usage.completion_tokens} answer tokens")
    if timing is not None and timing.decode > 0 and usage.completion_tokens:
        parts.append(f"{usage.completion_tokens / timing.decode:.1f} tokens/s")
    endings = {"length": "cut at the token limit", "cancelled": "stopped"}
    return " · ".join([*parts, endings[answer.finish_reason]] if answer.finish_reason in endings else parts)
