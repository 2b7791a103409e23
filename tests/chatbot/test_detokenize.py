"""Streaming text: whole characters, nothing lost. The oracle is decoding all bytes at once."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from chatbot.engines.batching import plan_batches
from chatbot.engines.detokenize import Detokenizer


def decode(ids: Sequence[int]) -> str:
    return bytes(ids).decode(errors="replace")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\ufffd"), max_size=20))
def test_pieces_of_valid_text_are_whole_characters_and_add_up(text: str) -> None:
    stream = Detokenizer(decode)
    pieces = [stream.push(byte) for byte in text.encode()]
    assert "".join(pieces) == text and stream.flush() == ""
    assert not any("\ufffd" in piece for piece in pieces)


@given(st.binary(max_size=20))
def test_broken_bytes_add_up_to_the_decoding_of_all(data: bytes) -> None:
    stream = Detokenizer(decode)
    assert "".join([*(stream.push(byte) for byte in data), stream.flush()]) == decode(data)


@given(st.lists(st.tuples(st.sampled_from([None, "a", "b"]), st.integers(1, 300)), max_size=30), st.integers(1, 5), st.integers(1, 600))
def test_batches_hold_each_request_once_in_order_within_their_limits(
    requests: list[tuple[str | None, int]], size: int, tokens: int
) -> None:
    adapters, lengths = [adapter for adapter, _ in requests], [length for _, length in requests]
    batches = plan_batches(adapters, lengths, size, tokens)
    assert sorted(index for batch in batches for index in batch) == list(range(len(requests)))
    for batch in batches:
        assert batch == sorted(batch) and len(batch) <= size
        assert len({adapters[index] for index in batch}) == 1
        assert len(batch) == 1 or len(batch) * max(lengths[index] for index in batch) <= tokens
