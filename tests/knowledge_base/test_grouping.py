"""Facts, groups and splits that nobody wrote."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.grouping import with_facts, with_groups, with_splits
from knowledge_base.model import Question, Span


def span(document: str, start: int) -> Span:
    return Span(document, "r", start, start + 3, "abc")


def question(name: str, *evidence: Span, **given: str) -> Question:
    return Question(name, f"{name}?", "en", evidence=evidence, **given)  # type: ignore[arg-type]


def facts(*questions: Question) -> list[str]:
    return [filled.fact for filled in with_facts(questions)]


def test_the_same_gold_span_is_one_fact() -> None:
    assert facts(question("a", span("d", 0)), question("b", span("d", 0)), question("c", span("d", 1)), question("e")) == [
        "a",
        "a",
        "c",
        "e",
    ]


def test_a_written_fact_stays_and_names_the_others_on_its_span() -> None:
    assert facts(question("a", span("d", 0)), question("b", span("d", 0), fact="f"), question("c", fact="g")) == ["f", "f", "g"]


def test_groups_default_to_the_document() -> None:
    filled = with_groups(with_facts([question("a", span("d", 0)), question("b"), question("c", span("d", 1), group="mine")]))
    assert [item.group for item in filled] == ["d", "b", "mine"]


def test_written_splits_stay_and_groups_stay_whole() -> None:
    questions = [replace(question(f"q{n}"), group=f"g{n // 3}", fact=f"q{n}") for n in range(90)]
    questions[0] = replace(questions[0], split="validation")
    drawn = with_splits(questions, seed=1)
    assert drawn[0].split == "validation"
    by_group = {group: {item.split for item in drawn[1:] if item.group == group} for group in {item.group for item in drawn}}
    assert all(len(splits) == 1 for splits in by_group.values())
    # 30 groups at one half each: fewer than 5 on a side has odds of 1 in 30,000 (binomial), and the seed is fixed.
    assert 5 <= sum(splits == {"test"} for splits in by_group.values()) <= 25
    assert {item.split for item in with_splits(questions, seed=1, test_share=1.0)[1:]} == {"test"}


def test_one_group_is_split_by_fact() -> None:
    questions = [replace(question(f"q{n}"), group="only", fact=f"f{n // 2}") for n in range(40)]
    drawn = with_splits(questions)
    assert {item.split for item in drawn} == {"train", "test"}
    assert all(first.split == second.split for first, second in zip(drawn[::2], drawn[1::2], strict=True))


@given(st.integers(0, 5), st.sets(st.text(min_size=1), min_size=12, max_size=30), st.sets(st.text(min_size=1), max_size=9))
def test_adding_groups_moves_nobody(seed: int, names: set[str], more: set[str]) -> None:
    def drawn(groups: list[str]) -> dict[str, str | None]:
        return {
            item.group: item.split
            for item in with_splits([replace(question(name), group=name, fact="f" + name) for name in groups], seed=seed)
        }

    before, after = drawn(sorted(names)), drawn(sorted(names | more))
    if len(set(before.values())) == 2 and len(set(after.values())) == 2:  # else the draw is not by group
        assert all(after[name] == split for name, split in before.items())
