"""Exposure of test questions to training, and leaks."""

from __future__ import annotations

from knowledge_base.exposure import exposure, leaks
from knowledge_base.model import Question

TRAINED = [
    Question("t1", "How long does the battery of the Varnel 120 last?", "en", fact="f1"),
    Question("t2", "Quelle est la durée de l'été ?", "fr", fact="f2"),
]


def asked(text: str, fact: str, language: str = "en") -> Question:
    return Question("q", text, language, fact=fact)


def test_three_exposures() -> None:
    assert exposure(asked("how long does the battery of the VARNEL 120 last", "f1"), TRAINED) == "verbatim"
    assert exposure(asked("quelle est la durée de l’été", "f2", "fr"), TRAINED) == "verbatim"  # a curly apostrophe is no other word
    assert exposure(asked("What is the runtime of a Varnel 120?", "f1"), TRAINED) == "paraphrase"
    assert exposure(asked("What is the runtime of a Varnel 120?", "f9"), TRAINED) == "unseen"
    assert exposure(asked("Quelle est la durée de l'ete ?", "f9", "fr"), TRAINED) == "unseen"  # accents tell words apart


def test_nearly_the_same_text_under_another_fact_is_a_leak() -> None:
    (leak,) = leaks(TRAINED, [asked("How long does a battery of the Varnel 120 last?", "f9")])
    assert (leak.test_id, leak.training_id) == ("q", "t1")
    assert 95 <= leak.similarity < 100


def test_what_is_no_leak() -> None:
    same_fact = asked("How long does a battery of the Varnel 120 last?", "f1")
    other_number = asked("How long does the battery of the Varnel 150 last?", "f9")
    other_question = asked("How deep may the Varnel 120 go?", "f9")
    assert leaks(TRAINED, [same_fact, other_number, other_question]) == []
    assert leaks([], [same_fact]) == [] and leaks(TRAINED, []) == []
