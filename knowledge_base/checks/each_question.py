"""What one question needs to be fair: evidence that holds, an answer that stands in it, a rule that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median

from foundation.language import normal_answer, states
from knowledge_base.checks.finding import Finding, shown
from knowledge_base.model import KnowledgeBase, Question
from knowledge_base.rules import problem

LONG = 12  # words: longer answers are seldom given word for word
ABSTRACTIVE = "abstractive"  # the tag of questions whose answers are not copied from their evidence
_JOINING = frozenset(
    ["and", "et", "or", "ou", "with", "avec", "then", "puis", "to", "à", "in", "en", "for", "pour", "at", "by", "par", "on", "of", "de"]
)
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d+)*")


def questions(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield what is wrong with single questions."""
    unscored = 0
    lengths = [min(len(answer.split()) for answer in question.answers) for question in kb.questions if question.answers]
    for question in kb.questions:
        yield from _evidence(question, kb)
        yield from _answers(question)
        yield from _form(question)
        unscored += question.answerable == "unknown" and question.rule is None
    if lengths and median(lengths) >= LONG:
        message = (
            f"half of the gold answers have {median(lengths):g} words or more. The metric `correct` wants them word for word and "
            'allows 40 words in all: compare by another one, such as --set eval.primary=token_f1, and tag them "abstractive".'
        )
        yield Finding("note", "answers-long", "questions", message)
    if unscored:
        yield Finding("note", "unscored", "questions", f"{unscored} of {len(kb.questions)} have no answer and stay unscored.")


def _evidence(question: Question, kb: KnowledgeBase) -> Iterator[Finding]:
    where = f"question {question.id}"
    for span in question.evidence:
        try:
            text = kb.document(span.document_id).text
        except KeyError:
            yield Finding("error", "unknown-document", where, f"its evidence names document {span.document_id!r}, which does not exist.")
            continue
        if text[span.start : span.end] != span.quote:
            yield Finding(
                "error", "quote-mismatch", where, f"its evidence does not match the text of {span.document_id!r}. Quote it again."
            )
    if kb.documents and question.answerable == "yes" and not question.evidence and question.rule is None:
        yield Finding(
            "warning",
            "no-evidence",
            where,
            "has no evidence, so retrieval is not measured on it. Quote the sentence that holds the answer.",
        )
    if question.answerable == "no" and question.evidence:
        message = "is marked unanswerable and has evidence. Remove the evidence, or write the answer that it gives."
        yield Finding("error", "unanswerable-with-evidence", where, message)


def _answers(question: Question) -> Iterator[Finding]:
    where = f"question {question.id}"
    if question.answerable == "no" and question.answers:
        yield Finding("error", "unanswerable-with-answers", where, "is marked unanswerable and has answers. Remove one of the two.")
    if question.answerable == "yes" and not question.answers and question.rule is None:
        message = "is marked answerable and has neither answer nor rule. Add an answer, or mark it unknown."
        yield Finding("error", "no-answer", where, message)
    if (
        question.answers
        and question.evidence
        and ABSTRACTIVE not in question.tags
        and question.rule is None
        and not stands_in_quotes(question)
    ):
        quotes = " … ".join(span.quote for span in question.evidence)
        message = (
            f"none of its answers ({shown(' | '.join(question.answers))}) stands in its evidence ({shown(quotes)}). "
            f'Mend the quote or the answer; for an answer in free words add the tag "{ABSTRACTIVE}".'
        )
        yield Finding("warning", "answer-not-in-quote", where, message)
    if (pair := _disagreeing(question.answers)) is not None:
        message = f"two of its answers differ in their numbers: {shown(pair[0])} and {shown(pair[1])}. Keep the right one."
        yield Finding("warning", "answers-disagree", where, message)


def _form(question: Question) -> Iterator[Finding]:
    where = f"question {question.id}"
    if question.rule is not None and (fault := problem(question.rule)) is not None:
        yield Finding("error", "rule-unknown", where, f"its rule {shown(question.rule)} cannot be used: {fault}")
    if question.history and question.history[-1].role == "user":
        message = (
            "its history ends with a turn of the user. The question itself is the next one: add the assistant's answer or drop the turn."
        )
        yield Finding("error", "history-ends-with-user", where, message)
    for name in ("fact", "group"):
        value = getattr(question, name)
        if value != value.strip() or not value:
            message = (
                f"its {name} {value!r} is blank or has blanks around it, so it is not the {name} that it looks like. Write it without."
            )
            yield Finding("error", f"blank-{name}", where, message)


def stands_in_quotes(question: Question) -> bool:
    """Tell whether an answer stands in the evidence: whole in one quote, or all its words over several quotes."""
    quotes = [span.quote for span in question.evidence]
    if any(states(quote, answer, question.language) for answer in question.answers for quote in quotes):
        return True
    words = {word for quote in quotes for word in normal_answer(quote, question.language)} | _JOINING
    return len(quotes) > 1 and any(words.issuperset(normal_answer(answer, question.language)) for answer in question.answers)


def _disagreeing(answers: tuple[str, ...]) -> tuple[str, str] | None:
    """Return two answers that are the same words around different numbers.

    >>> _disagreeing(("35 metres", "35 m", "53 metres"))
    ('35 metres', '53 metres')
    >>> _disagreeing(("1,200 km", "1 200 km", "24 hours", "1 day", "07:15 h", "7:15 h"))
    """
    seen: dict[str, tuple[str, list[str]]] = {}
    for answer in answers:
        frame = " ".join(_NUMBER.sub("#", answer).casefold().split())
        numbers = sorted(_digits(number) for number in _NUMBER.findall(answer))  # sorted: 3/4 and 4/3 may be one date
        first = seen.setdefault(frame, (answer, numbers))
        if first[1] != numbers and len(frame.replace("#", "").strip()) > 0:
            return first[0], answer
    return None


def _digits(number: str) -> str:
    """A number without its separators, leading zeros and the zeros that end its decimals: 1,200 → 1200, 3.50 → 35."""
    decimals = re.search(r"[.,](\d+)$", number)
    if decimals and len(decimals[1]) != 3:
        number = number.rstrip("0")
    return re.sub(r"\D", "", number).lstrip("0")
