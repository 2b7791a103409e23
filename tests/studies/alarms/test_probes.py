"""The shipped probes: every rule can be read, and can be met by an answer that a person would accept."""

from __future__ import annotations

import pytest

from foundation.language import detect
from knowledge_base.rules import holds, problem
from studies.alarms.probes import instructions, passages

# An answer that does what is asked, and one that does not, written by hand.
ANSWERS = {
    "en/one-word-1": ("Blue.", "It is blue."),
    "en/ok-1": ("OK.", "OK, I will."),
    "en/yes-no-1": ("Yes", "Yes, it is."),
    "en/repeat-1": ("The cat sat on the mat.", "The cat sits."),
    "en/repeat-3": ("hello hello hello", "hello hello"),
    "en/capitals-1": ("GOOD MORNING", "Good morning"),
    "en/capitals-2": ("PARIS.", "Paris"),
    "en/lower-1": ("hello world", "HELLO WORLD"),
    "en/list-1": ("Red, blue and green.", "Red and blue."),
    "en/list-2": ("apples, pears, plums", "apples and pears"),
    "en/list-3": ("1. A cat\n2. A dog", "A cat and a dog"),
    "en/list-5": ("- a pan\n- a pot\n- a knife", "a pan, a pot, a knife"),
    "en/json-1": ('{"ok": true}', 'Here it is: {"ok": true}'),
    "en/json-2": ("[1, 2, 3]", "1, 2, 3"),
    "en/number-1": ("4", "The sum is 4"),
    "en/count-2": ("3, 2, 1", "1, 2, 3"),
    "en/start-1": ("Certainly. Of flour.", "Of flour, certainly."),
    "en/end-1": ("Rain is water that falls. Thanks.", "Rain is water that falls."),
    "en/short-1": ("A vehicle with two wheels.", "A bicycle is a vehicle with two wheels that a rider drives with pedals."),
    "en/lacks-1": ("It is white and soft.", "It is white and cold."),
    "en/copy-1": ("A7-KLM-22", "The code is A7-KLM-22"),
    "en/letters-1": ("A, B, C", "The alphabet begins with A."),
    "en/opposite-1": ("Cold.", "The opposite is cold."),
    "fr/un-mot-1": ("Bleu.", "Il est bleu."),
    "fr/majuscules-2": ("ROME", "Rome"),
    "fr/majuscules-1": ("BONNE NUIT", "Bonne nuit"),
    "fr/liste-1": ("rouge, vert et bleu", "rouge et vert"),
    "fr/fin-2": ("Quel est votre plat préféré ?", "J'aime les pâtes."),
    "fr/sans-1": ("Elle est blanche et douce.", "Elle est blanche et froide."),
    "fr/début-1": ("Certainement. De farine.", "De farine."),
}


def test_as_many_as_promised_and_none_twice() -> None:
    for language, texts, asked in (("en", 60, 40), ("fr", 40, 30)):
        found = passages((language,))
        assert len(found) == len(set(found)) == texts
        rules = instructions((language,))
        assert len({each.text for each in rules}) == len({each.id for each in rules}) == asked
    assert len(passages(("en", "fr"))) == 100


def test_each_language_is_what_it_says() -> None:
    for language in ("en", "fr"):
        assert all(detect(text) == language for text in passages((language,)))


@pytest.mark.parametrize("each", instructions(("en", "fr")), ids=lambda each: each.id)
def test_every_rule_can_be_read_and_an_empty_answer_meets_none(each) -> None:  # type: ignore[no-untyped-def]
    assert problem(each.rule) is None
    assert not holds(each.rule, "")
    assert not holds(each.rule, "I don't know.")  # what an adapter that refuses everything says
    assert not holds(each.rule, "Je ne sais pas.")


@pytest.mark.parametrize("name", ANSWERS)
def test_a_rule_tells_doing_from_not_doing(name: str) -> None:
    rule = next(each.rule for each in instructions(("en", "fr")) if each.id == name)
    done, failed = ANSWERS[name]
    assert holds(rule, done)
    assert not holds(rule, failed)
