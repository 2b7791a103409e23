"""Answers with passages that support them and passages made to support them no longer, from any knowledge base.

What is made of them is the business of `benchmarks.groundedness`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from eval.sentences import sentences
from foundation.language import normal_answer, states
from knowledge_base.model import KnowledgeBase, Question
from retrieval.model import Chunk

FALSE = ("number replaced", "name replaced", "phrase replaced", "numbers swapped", "other passage")
FORMS = ("short", "restated", "quoted")
_NUMBER = r"\d+(?:[.,:]\d+)*"
_PREPOSITION = "in|at|on|to|from|for|by|à|de|en|dans|pour|par|depuis"
_ASKS = "which|what|who|whom|whose|when|where|why|how (?:many|much|long|old|far|often)|how"
_DEMANDE = "quel(?:le)?s?|que|qu['’]|qui|quand|où|pourquoi|combien(?: de)?|comment"
_VERB = "is|are|was|were|did|does|do|est-ce qu[e'’]|est|sont|était"
_ASKING = re.compile(rf"^(?:(?:{_PREPOSITION}) )?(?:{_ASKS}|{_DEMANDE})\b\s*(?:(?:{_VERB})\b)?\s*", re.IGNORECASE)


_PASSAGE = "The Varnel 120 may be lowered to 35 metres. It must not be used in salt water. Kellan supplies the seals to Orlisund."
BLIND = (  # what is said, whether _PASSAGE supports it, what makes it hard, and the question
    ("The Varnel 120 may be used in salt water.", False, "negation", "Can it be used in the sea?"),
    ("The Varnel 120 may be lowered to 35 feet.", False, "wrong unit beside a right number", "How deep may it go?"),
    ("Orlisund supplies the seals to Kellan.", False, "roles exchanged", "Who supplies the seals?"),
    ("The Varnel 120 may be lowered to thirty-five metres.", True, "number in several words", "How deep may it go?"),
    ("The Varnel 120 may be lowered to 3500 centimetres.", True, "number converted", "How deep may it go?"),
    ("Submersion beyond that depth is forbidden: 35 m at most.", True, "other words", "How deep may it go?"),
)


@dataclass(frozen=True)
class Case:
    """One answer against one passage."""

    question: Question
    form: str  # "short", "restated" or "quoted"
    answer: str
    chunk: Chunk
    kind: str  # "true" or one of FALSE


def cases(kb: KnowledgeBase, chunks: Sequence[Chunk], language: str, *, seed: int = 0) -> list[Case]:
    """Return the cases of every answerable question in `language` whose evidence one passage holds and states.

    Passages in another language than the question are left out: no word of theirs can be found again.
    """
    draw = random.Random(seed)
    chosen = [question for question in kb.questions if question.language == language and question.answerable == "yes" and not question.rule]
    found: list[Case] = []
    for question in chosen:
        true = _true(question, chunks, kb)
        if true is None:
            continue
        chunk, gold = true
        false = [*_replaced(question, gold, chunk, chosen, draw), *_swapped(question, gold, chunk), *_others(question, chunk, chunks, draw)]
        for form, answer in _answers(question, gold, chunk, draw):
            found.append(Case(question, form, answer, chunk, "true"))
            found += [Case(question, form, answer, other, kind) for kind, other in false]
    return found


def _true(question: Question, chunks: Sequence[Chunk], kb: KnowledgeBase) -> tuple[Chunk, str] | None:
    """Return the first passage that holds evidence and states a gold answer, and that answer as it stands in the passage."""
    for span in question.evidence:
        if (kb.document(span.document_id).language or question.language) != question.language:
            continue
        for chunk in chunks:
            if span.within(chunk.document_id, chunk.start, chunk.end):
                for gold in sorted(question.answers, key=len, reverse=True):
                    written = _pattern(gold).search(span.quote) and _pattern(gold).search(chunk.text)
                    if written:
                        return chunk, written[0]
    return None


def _pattern(gold: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,]){re.escape(gold)}(?!\w|[.,]\d)", re.IGNORECASE)


def type_of(answer: str) -> str:
    """Return "number", "name" or "phrase"."""
    if re.search(r"\d", answer):
        return "number"
    words = re.findall(r"[^\W\d_]+", answer)
    return "name" if words and sum(word[0].isupper() for word in words) * 2 >= len(words) else "phrase"


def _replaced(question: Question, gold: str, chunk: Chunk, questions: Sequence[Question], draw: random.Random) -> list[tuple[str, Chunk]]:
    """Return the passage with the gold answer replaced by another question's: a number by a number, its unit kept."""
    kind = type_of(gold)
    others = [other.answers[0] for other in questions if other.fact != question.fact and type_of(other.answers[0]) == kind]
    draw.shuffle(others)
    if kind == "number":
        others.sort(key=lambda other: _shape(other) != _shape(gold))  # as many digits where there is such an answer
    for other in others[:50]:
        value = gold.replace(_number(gold), _number(other), 1) if kind == "number" else other
        if any(states(value, each, question.language) or states(chunk.text, value, question.language) for each in question.answers):
            continue
        if kind != "number" and set(normal_answer(value, question.language)) & set(normal_answer(gold, question.language)):
            continue
        text = chunk.text
        for each in sorted({gold, *question.answers}, key=len, reverse=True):
            written = gold if kind == "number" else each
            if written == gold or kind != "number":
                text = _pattern(written).sub(lambda match, value=value: value, text)  # type: ignore[misc]
        return [(f"{kind} replaced", _with_text(chunk, text))]
    return []


def _swapped(question: Question, gold: str, chunk: Chunk) -> list[tuple[str, Chunk]]:
    """Return the passage with the number of the answer and that of another sentence swapped: both stand there, in the wrong places."""
    if type_of(gold) != "number":
        return []
    own = _number(gold)
    pieces = sentences(chunk.text)
    near = [place for place, piece in enumerate(pieces) if _pattern(gold).search(piece)]
    far = [piece for place, piece in enumerate(pieces) if near and all(abs(place - each) > 1 for each in near)]
    given = set(re.findall(_NUMBER, question.text)) | {own}
    others = [number for piece in far for number in re.findall(_NUMBER, piece) if number not in given]
    if not others or chunk.text.count(own) != 1 or chunk.text.count(others[0]) != 1:
        return []
    text = re.sub(f"{re.escape(own)}|{re.escape(others[0])}", lambda found: others[0] if found[0] == own else own, chunk.text)
    return [("numbers swapped", _with_text(chunk, text))]


def _number(answer: str) -> str:
    return str(re.findall(_NUMBER, answer)[0])


def _shape(answer: str) -> str:
    return re.sub(r"\d", "9", _number(answer))


def _with_text(chunk: Chunk, text: str) -> Chunk:
    return Chunk(chunk.id + "*", chunk.document_id, chunk.revision, chunk.start, chunk.end, text, chunk.title)


def _others(question: Question, chunk: Chunk, chunks: Sequence[Chunk], draw: random.Random) -> list[tuple[str, Chunk]]:
    """Return one other passage of the document, or else of the article (group), that neither holds the evidence nor states an answer."""

    def free(other: Chunk) -> bool:
        held = any(span.overlaps(other.document_id, other.start, other.end) for span in question.evidence)
        return other.id != chunk.id and not held and not any(states(other.text, gold, question.language) for gold in question.answers)

    article = chunk.document_id.rpartition("-")[0]
    near = [other for other in chunks if other.document_id == chunk.document_id and free(other)]
    near = near or [other for other in chunks if other.document_id.rpartition("-")[0] == article and free(other)]
    return [("other passage", draw.choice(near))] if near else []


def _answers(question: Question, gold: str, chunk: Chunk, draw: random.Random) -> list[tuple[str, str]]:
    short = draw.choice(question.answers)  # as a model might write it: not always as the passage does
    asked = _ASKING.sub("", question.text.strip().rstrip("?!. \u00a0\u202f"))
    answers = [("short", short), ("restated", f"{asked[:1].upper()}{asked[1:]} {short}.")]
    quoted = next((sentence for sentence in sentences(chunk.text) if _pattern(gold).search(sentence)), None)
    return [*answers, ("quoted", quoted)] if quoted else answers


def blind_cases() -> list[tuple[str, bool, Case]]:
    """Return what is known to be hard, whether the passage supports the answer, and the case."""
    chunk = Chunk("blind@0", "blind", "r", 0, len(_PASSAGE), _PASSAGE)
    return [
        (why, supported, Case(Question(f"blind-{number}", asked, "en", fact=f"blind-{number}"), "quoted", said, chunk, "true"))
        for number, (said, supported, why, asked) in enumerate(BLIND)
    ]
