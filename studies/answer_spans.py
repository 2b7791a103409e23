"""Spans of a passage that a question could ask for: amounts, dates, times, codes, names.

A weak model writes a fair question for an answer that it is given and a poor one from a
passage alone, so drafting begins with the answer. Rules find the spans: they are the same
for every model, and each answer stands in its document by construction. What they miss
(reasons, definitions, lists) stays for people to write.

Source: answer-aware question generation, Du and Cardie 2018 (arXiv:1805.05942).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
)
_NUMBER = r"\d+(?:[,.\u00a0\u202f ]\d{3})*(?:[.,]\d+)?"
_CURRENCY = r"(?:€|\$|£|EUR\b|USD\b|GBP\b|CHF\b|euros?\b|dollars?\b)"
_EDGE = r"(?<![\w.,:/–-])"  # not inside a word, a number or a code
_TIME = r"\d{1,2}(?::\d{2}|[ \u00a0]?h[ \u00a0]?\d{2})(?:[ \u00a0](?:a\.m\.|p\.m\.|am\b|pm\b))?"
_SCALE = r"(?: (?:million|billion|millions? d['’e]|milliards? d['’e]))?"
_NO_UNIT = (  # words after a number that do not belong to it
    "the|of|in|and|to|for|or|is|are|was|were|with|from|on|at|by|as|that|which|who|may|must|can|will|should|would|has|have|had|but|if|when|not|it|each|per|"
    "st|nd|rd|th|s|e|er|ers|ère|ème|before|after|avant|après|de|du|des|à|au|en|et|le|la|les|un|une|ou|est|sont|dans|sur|pour|par|avec|que|qui|ne|se|il|elle|mais|si|a|ont|sera"
)
_UNIT = (
    rf"(?!(?:{_NO_UNIT})\b)[^\W\d_]{{1,15}}(?:/[^\W\d_]+)?"
    r"(?:(?:(?<=working)|(?<=calendar)|(?<=business)) days?| (?:ouvrés|ouvrables|calendaires)\b)?"
)
_WORD = r"[A-ZÀ-Þ][^\W\d_]+(?:[-’'][^\W\d_]+)*"

_KINDS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "date",
            rf"{_EDGE}(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}(?:er|st|nd|rd|th)? {_MONTH}(?: \d{{4}})?|"
            rf"{_MONTH} \d{{1,2}}(?:, \d{{4}})?)(?!\w)",
        ),
        ("hours", rf"{_EDGE}{_TIME} (?:to|and|à|et|–|-) {_TIME}(?![\w:])"),
        ("time", rf"{_EDGE}{_TIME}(?![\w:])"),
        ("amount", rf"(?:[€$£] ?{_NUMBER}{_SCALE}|{_EDGE}{_NUMBER}{_SCALE}[ \u00a0\u202f]?(?:[%‰]|per ?cent\b|pour cent\b|{_CURRENCY}))"),
        (
            "quantity",
            rf"{_EDGE}{_NUMBER}(?: (?:to|à|et|and|–|-) {_NUMBER})?[ \u00a0\u202f]?(?:°[CF]?|{_UNIT}(?: (?:and|et) {_NUMBER} {_UNIT})?)",
        ),
        ("code", r"(?<![\w-])[A-Z]{1,5}-?\d{2,6}(?:-\d+)?[A-Z]?(?![\w-])"),
        ("name", rf"{_WORD}(?: (?:(?:of|de|du|des|von|van) )?{_WORD})+"),
    )
)
_OPENER = re.compile(  # capitals that begin a sentence and no name
    "About|After|At|Before|By|Every|For|From|In|On|Only|Over|Under|Until|Up|Within|With|"
    "Après|Avant|Chaque|Dans|De|Dès|Depuis|En|Environ|Les|Plus|Pour|Pendant|Sous|Sur"
)
_SENTENCE_END = re.compile(r"[.!?…][)\"”»*]*(?=\s+[^\W\d_a-zà-ÿ]|\s+\d|\s*$)")


@dataclass(frozen=True)
class AnswerSpan:
    """One possible answer: `text[start:end]`, and the sentence or line around it, both in offsets of the same text."""

    kind: str  # date, hours, time, amount, quantity, code or name
    start: int
    end: int
    sentence_start: int
    sentence_end: int


def answer_spans(text: str) -> tuple[AnswerSpan, ...]:
    """Return the spans of `text` that a question could ask for, in order, none within another.

    Left out: what stands more than once in its sentence, headings, the first words of a
    sentence (mostly its subject) and numbers that end a name (Varnel 120).

    >>> text = "Parcels go to dock 6. A return number stays valid for 23 days."
    >>> [(span.kind, text[span.start : span.end]) for span in answer_spans(text)]
    [('quantity', '23 days')]
    """
    found: list[AnswerSpan] = []
    for start, end in sentences(text):
        sentence = text[start:end]
        taken: list[tuple[int, int]] = []
        for kind, pattern in _KINDS:
            for match in pattern.finditer(sentence):
                first, last = match.span()
                if any(first < other_end and other_start < last for other_start, other_end in taken):
                    continue
                taken.append((first, last))
                if sentence.count(match[0]) == 1 and not _belongs_to_the_subject(kind, sentence, first):
                    found.append(AnswerSpan(kind, start + first, start + last, start, end))
    return tuple(sorted(found, key=lambda span: span.start))


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence, list item and table row of Markdown `text`; headings and rulers are left out.

    >>> text = "# Leave\\n\\nPlan early. Ask twice.\\n- one item"
    >>> [text[start:end] for start, end in sentences(text)]
    ['Plan early.', 'Ask twice.', 'one item']
    """
    for line in re.finditer(r"[^\n]+", text):
        body = re.match(r"\s*(?:[-*+]\s+|\d+[.)]\s+|>\s*)?", line[0])
        start, end = line.start() + (body.end() if body else 0), line.end()
        if text[start:end].lstrip().startswith("#") or not re.search(r"[^\W\d_]", text[start:end]):
            continue
        if text[start] == "|":
            yield start, end
            continue
        for stop in _SENTENCE_END.finditer(text, start, end):
            if text[start : stop.end()].strip():
                yield start, stop.end()
            start = stop.end() + len(text[stop.end() : end]) - len(text[stop.end() : end].lstrip())
        if text[start:end].strip():
            yield start, end


def _belongs_to_the_subject(kind: str, sentence: str, start: int) -> bool:
    before = sentence[:start].rstrip(' |*"“«')
    if not before and not sentence.startswith("|"):
        return True
    last = re.search(r"[\w’'-]+$", before)
    return kind == "quantity" and last is not None and last[0][0].isupper() and not _OPENER.fullmatch(last[0])
