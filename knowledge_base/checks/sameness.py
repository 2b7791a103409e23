"""Questions that are nearly the same text: copies, near-copies and leaks, with both texts shown.

Exact copies are found by hashing. Near-copies are found with rapidfuzz among pairs that
share a rare word, so that the work grows with the questions and not with their square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from foundation.language import normal_answer, tokenize
from knowledge_base.checks.finding import Finding, shown
from knowledge_base.exposure import LEAK_SIMILARITY, asks_alike, leaks, normal_text
from knowledge_base.model import KnowledgeBase, Question
from knowledge_base.rare_words import RareWords


def duplicates(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield questions with the words of another: same fact, another fact, or other answers."""
    same: dict[tuple[str, ...], list[Question]] = defaultdict(list)
    for question in kb.questions:  # the same words mean another thing after another dialogue
        same[(normal_text(question.text, question.language), *(turn.text for turn in question.history))].append(question)
    for first, *others in same.values():
        for other in others:
            where, both = f"question {other.id}", f"{shown(other.text)} and {shown(first.text)}"
            if contradict(first, other):
                answers = " and ".join(shown(" | ".join(each.answers) or "unanswerable") for each in (other, first))
                message = (
                    f"has the words of {first.id} and another answer ({both}: {answers}). Correct one, or say in the text what differs."
                )
                yield Finding("warning", "contradicting-answers", where, message)
            elif other.fact == first.fact:
                yield Finding("warning", "duplicate", where, f"asks the same in the same words as {first.id}. Keep one ({both}).")
            else:
                message = f"has the words of {first.id} and another fact ({both}). Say in the text what differs, or give both one fact."
                yield Finding("warning", "same-words-other-fact", where, message)


def near_duplicates(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield pairs of questions of one fact or one split that are nearly the same text; leaks are `leaking`'s."""
    for first, other, similarity in _near_pairs([question for question in kb.questions if not question.history]):
        if first.fact != other.fact and {first.split, other.split} == {"train", "test"}:
            continue
        message = (
            f"is nearly ({similarity:.0f} %) question {first.id}: {shown(other.text)} and {shown(first.text)}. Keep one, or reword it."
        )
        yield Finding("warning", "near-duplicate", f"question {other.id}", message)


def leaking(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield test questions that are nearly a training question under another fact."""
    by_id = {question.id: question for question in kb.questions}
    for leak in leaks(kb.split("train"), kb.split("test")):
        message = (
            f"is nearly ({leak.similarity:.0f} %) training question {leak.training_id} under another fact: it would count as unseen. "
            f"{shown(by_id[leak.test_id].text)} and {shown(by_id[leak.training_id].text)}. Give both one fact, or reword it."
        )
        yield Finding("warning", "leak", f"question {leak.test_id}", message)


def contradict(one: Question, other: Question) -> bool:
    """Tell whether two questions of one language have answers of which none holds another, or only one has an answer at all."""
    if one.language == other.language and {one.answerable, other.answerable} == {"yes", "no"}:
        return True
    if not one.answers or not other.answers or one.language != other.language:
        return False
    left, right = ([f" {' '.join(normal_answer(answer, q.language))} " for answer in q.answers] for q in (one, other))
    return not any(a in b or b in a for a in left for b in right)


def _near_pairs(questions: Sequence[Question]) -> Iterator[tuple[Question, Question, float]]:
    """Each pair (earlier, later, percent) that is alike but not equal, the nearest one per later question."""
    from rapidfuzz.fuzz import ratio, token_sort_ratio

    texts = [normal_text(question.text, question.language) for question in questions]
    rare = RareWords([set(tokenize(question.text, question.language)) for question in questions])
    for number, question in enumerate(questions):
        best: tuple[float, int] | None = None
        for other in sorted(rare.near(number)):
            if texts[other] == texts[number]:
                continue
            similarity = max(scorer(texts[number], texts[other], score_cutoff=LEAK_SIMILARITY) for scorer in (ratio, token_sort_ratio))
            if similarity and (best is None or similarity > best[0]) and asks_alike(question.text, questions[other].text):
                best = (similarity, other)
        if best is not None:
            yield questions[best[1]], question, best[0]
        rare.add(number)
