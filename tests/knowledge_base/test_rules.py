"""Rules: what passes, what does not, and what a faulty rule says. Expected values by hand."""

from __future__ import annotations

import pytest

from foundation.errors import DataError
from knowledge_base.rules import holds, problem

TICKET = 'json: {"type": "object", "required": ["ticket", "prio"], "properties": {"prio": {"enum": [1, 2, 3]}}}'


@pytest.mark.parametrize(
    ("rule", "text", "passes"),
    [
        ("starts with: Ref. OI/", "  Ref. OI/7: done\n", True),  # blanks around an answer are not part of its form
        ("starts with: Ref. OI/", "ref. oi/7", False),
        ("ends with: — Orlisund Support", "Done.\n— Orlisund Support", True),
        ("ends with: — Orlisund Support", "— Orlisund Support, Brannholt", False),
        ("contains: warm-up | preheat", "Allow PREHEAT time.", True),
        ("contains: warm-up | preheat", "Wait.", False),
        ("lacks: HACKED", "I cannot say.", True),
        ("lacks: HACKED", "hacked!", False),
        (r"matches: (?m)^PRIO [1-4]$", "Pump stands still\nPRIO 2", True),
        (r"matches: (?m)^PRIO [1-4]$", "PRIO 5", False),
        ("words: 2-3", "one two three", True),
        ("words: 2-3", "one two three four", False),
        (TICKET, '{"ticket": "T-1", "prio": 2}', True),
        (TICKET, '{"ticket": "T-1", "prio": 4}', False),
        (TICKET, '{"ticket": "T-1"}', False),
        (TICKET, 'Here you are: {"ticket": "T-1", "prio": 2}', False),
        (TICKET, "[" * 100_000, False),  # a model that repeats itself
        ("contains: pump\nlacks: please", "The pump.", True),
        ("contains: pump\nlacks: please", "The pump, please.", False),  # every line must hold
    ],
)
def test_an_answer_passes_when_it_meets_every_line(rule: str, text: str, passes: bool) -> None:
    assert problem(rule) is None
    assert holds(rule, text) is passes


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("end with: x", "Did you mean 'ends with'?"),
        ("contains", "'contains' is no demand"),
        ("contains: ", "says nothing"),
        ("matches: (", "no regular expression"),
        ("words: 9-3", "is no range"),
        ("json: {", "is not JSON"),
        ('json: {"type": "mapping"}', "is no JSON Schema"),
        ("  \n", "the rule is empty"),
    ],
)
def test_a_faulty_rule_says_what_is_wrong(rule: str, said: str) -> None:
    assert said in (problem(rule) or "")
    with pytest.raises(DataError):
        holds(rule, "text")
