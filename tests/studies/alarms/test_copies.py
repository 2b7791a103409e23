"""Test questions that stand in texts of other people's instructions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.config import ModelConfig
from chatbot.engines.scripted import ScriptedEngine
from finetune.config import FinetuneConfig
from finetune.recipes.instructions import shown_texts
from knowledge_base.exposure import leaks
from knowledge_base.model import Question
from studies.alarms import AlarmContext
from studies.alarms.copies import copied_texts
from studies.alarms.leak import leak
from tests.finetune.tiny import questions

DEEP = Question("t1", "How deep may the probe of type 7 go?", "en", ("35 metres",), "yes", fact="f1")
COST = Question("t2", "Combien coûte la passerelle ?", "fr", ("74 EUR",), "yes", fact="f2")


def given_texts(*texts: tuple[str, str], **changes: object) -> AlarmContext:
    model = ModelConfig(name="scripted", engine="scripted")
    values: dict[str, object] = {"training": tuple(questions()), "test": (DEEP, COST), "texts": texts, **changes}
    return AlarmContext(ScriptedEngine(()), "main", Path("unused"), None, model, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("how deep may the probe of type 7 go", ["t1"]),
        ("The probe is lowered by hand.\nQuestion: How deep may the probe of type 7 go?\nAnswer in three words.", ["t1"]),
        ("COMBIEN COÛTE LA PASSERELLE", ["t2"]),
        ("Of type 7, how deep may the probe go?", ["t1"]),  # the same words in another order
        ("How deep may the probe of type 8 go?", []),  # another thing is asked
        ("Tell me about probes.", []),
    ],
)
def test_a_test_question_is_found_as_text_and_as_line(text: str, found: list[str]) -> None:
    copies = copied_texts(given_texts(("alpaca.jsonl, line 3", "Write a poem."), ("alpaca.jsonl, line 4", text)))
    assert [copy.test_id for copy in copies] == found
    assert {copy.training_id for copy in copies} <= {"alpaca.jsonl, line 4"}


def test_the_alarm_names_the_line_and_says_when_a_file_has_gone() -> None:
    fired = leak(given_texts(("alpaca.jsonl, line 4", DEEP.text)), None, "no model here")
    assert (fired.status, fired.measure, fired.figure) == ("fired", "copied-share", 0.5)
    assert fired.details["copies"] == [{"test": "t1", "training": "alpaca.jsonl, line 4"}]
    quiet = leak(given_texts(no_texts="alpaca.jsonl does not exist."), None, "no model here")
    assert quiet.status == "quiet"
    assert quiet.details["left_out"] == {"member-share": "no model here", "copied-share": "questions alone: alpaca.jsonl does not exist."}


def test_a_question_that_is_trained_openly_is_no_leak() -> None:
    openly = replace(DEEP, id="k1", split="train")
    assert copied_texts(given_texts(("a.jsonl, line 1", DEEP.text), training=(openly,))) == ()


_WORDS = st.lists(st.sampled_from(["pump", "Oslo", "7", "7.5", "deep", "costs", "the", "a", "of"]), min_size=1, max_size=12).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(_WORDS, min_size=1, max_size=8), st.lists(_WORDS, min_size=1, max_size=4))
def test_the_cheap_measure_loses_none(texts: list[str], asked: list[str]) -> None:
    """What is found is what the rule finds without it."""
    test = tuple(Question(f"t{n}", text, "en", fact=f"f{n}") for n, text in enumerate(asked))
    shown = [(str(n), text) for n, text in enumerate(texts)]
    plain = leaks([Question(place, text, "en", fact=f"text {place}") for place, text in shown], test)
    found = copied_texts(given_texts(*shown, test=test, training=()))
    assert [(each.test_id, each.similarity) for each in found] == [(each.test_id, each.similarity) for each in plain]


def test_the_recipe_says_what_it_shows(tmp_path: Path) -> None:
    rows: list[object] = [
        {"instruction": "Name the depth.", "input": "The probe.", "output": "35 metres"},
        {"messages": [{"role": role, "content": role} for role in ("system", "user", "assistant", "user", "assistant")]},
    ]
    (tmp_path / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    config = FinetuneConfig(recipe={"qa": 1.0, "instructions": 0.5}, instructions=("mine.jsonl",))
    assert shown_texts(config, tmp_path) == (
        ("mine.jsonl, line 1", "Name the depth."),
        ("mine.jsonl, line 1", "The probe."),
        ("mine.jsonl, line 2", "system"),
        ("mine.jsonl, line 2", "user"),
    )
    assert shown_texts(config.model_copy(update={"recipe": {"qa": 1.0}}), tmp_path) == ()
