"""The one renderer: what stands in the messages, in which order and language."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.prompts import fingerprint_templates, pack, render, template_names
from foundation.errors import ConfigurationError, UnknownNameError
from knowledge_base.model import Question, Turn
from retrieval.model import Chunk, Hit


def hit(rank: int, text: str, title: str = "Handbook") -> Hit:
    return Hit(Chunk(f"d@{rank}", "d", "r", 0, len(text), text, title), 1.0 / rank, rank)


def test_passages_are_numbered_with_their_titles_and_tidy() -> None:
    system, user = render("How many  days?", language="en", context="retrieval", passages=[hit(1, "Ten\n\n days."), hit(2, "Other", "FAQ")])
    assert (system.role, user.role) == ("system", "user")
    assert "[1] Handbook: Ten days." in user.content
    assert "[2] FAQ: Other" in user.content
    assert user.content.index("[1]") < user.content.index("[2]") < user.content.index("How many days?")


@pytest.mark.parametrize(("language", "phrase"), [("en", "I don't know."), ("fr", "Je ne sais pas."), ("de", "I don't know.")])
@pytest.mark.parametrize("context", ["none", "few-shot", "retrieval"])
def test_instructions_ask_for_abstention_in_the_question_s_language_else_in_english(language: str, phrase: str, context: str) -> None:
    messages = render("?", language=language, context=context, passages=[hit(1, "a")])  # type: ignore[arg-type]
    assert phrase in messages[0].content + messages[-1].content


def test_closed_book_prompt_shows_no_passage() -> None:
    assert "secret" not in "".join(message.content for message in render("?", language="en", context="none", passages=[hit(1, "secret")]))


def test_examples_become_turns_and_those_without_answers_are_passed_over() -> None:
    examples = [Question("1", "Colour?", "en", ("Red", "red")), Question("2", "Size?", "en"), Question("3", "Weight?", "en", ("2 kg",))]
    messages = render("Price?", language="en", context="few-shot", examples=examples)
    assert [message.role for message in messages] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert [message.content for message in messages if message.role == "assistant"] == ["Red", "2 kg"]
    assert "Colour?" in messages[1].content and "Price?" in messages[-1].content


def test_examples_are_for_few_shot_alone() -> None:
    assert len(render("?", language="en", context="none", examples=[Question("1", "Colour?", "en", ("Red",))])) == 2


def test_history_stands_between_instructions_and_question() -> None:
    messages = render("And then?", language="en", context="none", history=[Turn("user", "First?"), Turn("assistant", "This.")])
    assert [(message.role, message.content) for message in messages[1:3]] == [("user", "First?"), ("assistant", "This.")]
    assert messages[-1].role == "user" and "And then?" in messages[-1].content


def test_text_of_users_is_never_run_as_a_template() -> None:
    question = "{{ 7 * 7 }} {% raw %}"
    assert question in render(question, language="en", context="none")[-1].content


def test_template_of_one_s_own_by_path(tmp_path: Path) -> None:
    file = tmp_path / "brief.j2"
    file.write_text("{% block system %}Brief.{% endblock %}{% block user %}{{ question }} ({{ passages | length }}){% endblock %}")
    messages = render("Why?", language="en", context="retrieval", passages=[hit(1, "a")], template=str(file))
    assert [message.content for message in messages] == ["Brief.", "Why? (1)"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{% block system %}{% endblock %}", "no block user"),
        ("{% block system %}{% endblock %}{% block user %}{{ qestion }}{% endblock %}", "qestion"),
        ("{% block system %}", "line 1"),
        ("{% block system %}{% endblock %}{% block user %}{{ question.__class__.__mro__ }}{% endblock %}", "unsafe|undefined"),
    ],
)
def test_faulty_template_is_one_clear_error(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "mine.j2"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=fault):
        render("Why?", language="en", context="none", template=str(file))


def test_unknown_template_offers_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'retrieval'"):
        render("?", language="en", context="none", template="retrival")


def test_missing_template_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.j2 does not exist"):
        render("?", language="en", context="none", template=str(tmp_path / "gone.j2"))


def test_every_context_has_a_template_and_the_fingerprint_is_stable() -> None:
    assert set(template_names()) >= {"none", "few-shot", "retrieval"}
    assert fingerprint_templates() == fingerprint_templates()
    assert len(fingerprint_templates()) == 16


@given(st.lists(st.integers(1, 50), max_size=8), st.integers(0, 120))
def test_packing_keeps_a_prefix_within_the_budget_and_never_nothing(lengths: list[int], budget: int) -> None:
    hits = [hit(rank, "w " * length, title="") for rank, length in enumerate(lengths, start=1)]
    kept = pack(hits, budget, lambda text: len(text.split()))
    assert list(kept) == hits[: len(kept)]
    assert len(kept) <= 1 or sum(lengths[: len(kept)]) <= budget
    assert bool(kept) == bool(hits)
    if len(kept) < len(hits):
        assert sum(lengths[: len(kept) + 1]) > budget
