"""Which passages a training prompt shows, and other wordings of its question."""

from __future__ import annotations

import random
from dataclasses import replace

from finetune.passages import choose, find_passages
from finetune.wordings import vary, with_gap
from tests.finetune.tiny import WordOverlap, questions


def test_passages_never_exceed_k_and_ranks_follow_the_prompt() -> None:
    shown = find_passages(WordOverlap(), questions(), 2)["q1"]
    for k in (1, 2, 3):
        picked, number = choose(shown, k, 5, random.Random(0))
        assert len(picked) == k and [hit.rank for hit in picked] == list(range(1, k + 1))
        assert number is not None and picked[number - 1].chunk.document_id == "probe"


def test_other_wordings_keep_order_and_hide_the_answer() -> None:
    text = "How deep may the probe go under the surface of a lake?"
    shorter = vary(text, 0.4, random.Random(1)).split()
    words = iter(text.split())
    assert 3 <= len(shorter) < 12 and all(word in words for word in shorter)  # a subsequence: `in` consumes the iterator
    for question in questions():
        gapped = with_gap(question)
        assert gapped is not None and "..." in gapped and question.answers[0] not in gapped
    assert with_gap(replace(questions()[0], evidence=())) is None
