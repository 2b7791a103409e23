"""The feed: every example once a pass, shares by tokens, the end of the plan, and going on from where it stood."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from finetune.config import FinetuneConfig
from finetune.feed import Feed
from finetune.model import TrainingExample
from knowledge_base.model import Question


class Numbers:
    """A recipe of `size` examples; example n has `length` + n % 3 tokens, the last of them to be learnt."""

    left_out: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()

    def __init__(self, name: str, size: int, length: int) -> None:
        self.name, self.size, self.length = name, size, length

    def __len__(self) -> int:
        return self.size

    def make(self, index: int, turn: int) -> TrainingExample:
        prompt = tuple(range(index * 1000, index * 1000 + self.length - 1 + index % 3))
        return TrainingExample(f"{index}/{turn}", self.name, "", "", prompt, (1,))


def feed(sizes: dict[str, tuple[int, int]], weights: dict[str, float], **settings: object) -> Feed:
    config = FinetuneConfig(recipe=weights, **settings)  # type: ignore[arg-type]
    return Feed({name: Numbers(name, size, length) for name, (size, length) in sizes.items()}, config)


def drawn(source: Feed) -> list[list[TrainingExample]]:
    steps = []
    while source.progress != 1.0:
        steps.append(source.next_step())
    return steps


@given(st.integers(1, 30), st.integers(1, 7), st.integers(1, 4), st.booleans())
def test_every_example_comes_once_a_pass(size: int, batch: int, epochs: int, grouped: bool) -> None:
    steps = drawn(feed({"qa": (size, 9)}, {"qa": 1.0}, batch_size=batch, epochs=epochs, group_by_length=grouped))
    assert [len(step) for step in steps[:-1]] == [batch] * (len(steps) - 1) and 1 <= len(steps[-1]) <= batch
    counts = Counter(example.source for step in steps for example in step)
    assert counts == {f"{index}/{turn}": 1 for index in range(size) for turn in range(epochs)}


@given(st.floats(0.1, 10), st.integers(2, 60), st.integers(20, 400))
def test_recipes_get_their_shares_of_the_tokens(weight: float, short: int, long: int) -> None:
    source = feed({"qa": (40, short), "raft": (40, long)}, {"qa": 1.0, "raft": weight}, tokens=60_000)
    drawn(source)
    spent = {name: each.spent for name, each in source.passes.items()}
    assert sum(spent.values()) == source.tokens and 60_000 <= source.tokens <= 60_000 + 4 * (long + 2)
    # Each is at most one example away from its share.
    assert abs(spent["raft"] - source.tokens * weight / (1 + weight)) <= long + short + 4


def test_the_first_recipe_at_its_passes_ends_the_plan() -> None:
    source = feed({"qa": (10, 10), "raft": (10, 100)}, {"qa": 1.0, "raft": 1.0}, epochs=2, batch_size=4)
    drawn(source)
    assert source.passes["qa"].seen == 20 and 1 <= source.passes["raft"].seen <= 3
    coverage = source.coverage(None, None)
    assert coverage.seen["qa"].passes == 2.0 and coverage.seen["raft"].size == 10
    assert any("raft examples were never seen" in line for line in coverage.left_out)
    planned = source.planned_tokens
    assert planned is not None and 0.9 * planned <= source.tokens <= 1.2 * planned + 102


def test_a_time_budget_plans_no_tokens() -> None:
    source = feed({"qa": (10, 10)}, {"qa": 1.0}, budget="5m")
    assert source.progress is None and source.planned_tokens is None and source.steps is None
    assert len(source.next_step()) == 4


@given(st.integers(0, 25))
def test_it_goes_on_from_where_it_stood(steps: int) -> None:
    sizes, weights = {"qa": (7, 9), "raft": (5, 40)}, {"qa": 2.0, "raft": 1.0}
    whole, resumed = feed(sizes, weights, tokens=10**6), feed(sizes, weights, tokens=10**6)
    for _ in range(steps):
        whole.next_step()
    resumed.restore(whole.state())
    assert [whole.next_step() for _ in range(5)] == [resumed.next_step() for _ in range(5)]


def test_examples_of_like_length_share_a_step() -> None:
    def spread(grouped: bool) -> int:
        source = feed({"qa": (96, 9)}, {"qa": 1.0}, batch_size=4, epochs=1, group_by_length=grouped)
        return sum(len({example.tokens for example in step}) for step in drawn(source))

    assert spread(grouped=True) < spread(grouped=False)


class Beginnings(Numbers):
    """The first `alike` examples begin with the same 400 tokens, the others with nothing in common."""

    def make(self, index: int, turn: int) -> TrainingExample:
        start = tuple(range(400)) if index < 4 else ()
        return TrainingExample(str(index), self.name, "", "", (*start, *range(index * 1000 + 500, index * 1000 + 520)), (1,))


def test_a_common_beginning_counts_once_in_a_step_and_never_against_others() -> None:
    config = FinetuneConfig(recipe="instructions", batch_size=4, epochs=1, group_by_length=False)  # type: ignore[arg-type]
    source = Feed({"instructions": Beginnings("instructions", 40, 0)}, config)
    source.sharing = True
    total = 0
    while source.progress != 1.0:
        step = source.next_step()
        sharers = sum(int(example.source) < 4 for example in step)
        computed = sum(21 for example in step) + (400 if sharers else 0)  # the beginning once, whoever has it
        total += computed
        assert source.tokens == total
    assert total < 40 * 421


def test_what_was_drawn_is_known_and_kept() -> None:
    source = feed({"qa": (10, 9)}, {"qa": 1.0}, tokens=40, group_by_length=False)
    shown = {example.source for step in drawn(source) for example in step}
    assert set(source.drawn) == shown and len(shown) < 10
    other = feed({"qa": (10, 9)}, {"qa": 1.0}, tokens=40)
    other.restore(source.state())
    assert other.drawn == source.drawn
