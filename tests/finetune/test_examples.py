"""Examples: the prompt is the engine's, the target is the answer, the citation points to the evidence."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.chat import Chatbot
from chatbot.config import ModelConfig, default_systems
from chatbot.engine import Engine
from chatbot.engines import engine as make_engine
from chatbot.loading import load_tokenizer
from finetune.config import FinetuneConfig
from finetune.examples import ABSTENTIONS, ExampleMaker
from finetune.feed import Feed
from finetune.passages import choose, find_passages
from finetune.wordings import vary, with_gap
from foundation.fingerprint import fingerprint
from tests.finetune.tiny import WordOverlap, build_model, questions


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def engine(tiny: Path) -> Engine:
    return make_engine(ModelConfig(name=str(tiny), weights="random"), Path("unused"))


def maker(tiny: Path, **changes: object) -> ExampleMaker:
    shown = find_passages(WordOverlap(), questions(), 2)
    return replace(ExampleMaker(load_tokenizer(tiny), shown, k=2, passage_tokens=512), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "system"), [("closed-book", "base"), ("retrieval", "rag")])
def test_training_prompts_are_the_bytes_of_inference_prompts(tiny: Path, engine: Engine, kind: str, system: str) -> None:
    question = questions()[0]
    answer = Chatbot(engine, default_systems(), WordOverlap(), k=2, passage_tokens=512, max_new_tokens=1).ask_many([question], system)[0]
    # The order of the passages is drawn: some pass shows the retriever's own order.
    prompts = {fingerprint(maker(tiny).make(question, kind, turn).prompt) for turn in range(20)}  # type: ignore[arg-type]
    assert answer.prompt_hash in prompts
    example = maker(tiny).make(question, kind)  # type: ignore[arg-type]
    assert len(example.prompt_ids) == engine.count_tokens(example.prompt)


def test_the_target_is_the_answer_and_the_end_of_turn(tiny: Path) -> None:
    tokenizer = load_tokenizer(tiny)
    example = maker(tiny).make(questions()[0], "closed-book")
    assert tokenizer.decode(example.target_ids) == "35 metres<|im_end|>"
    assert tokenizer.decode(example.prompt_ids) == example.prompt


def test_citations_number_the_passage_that_holds_the_answer(tiny: Path) -> None:
    places = Counter()
    for turn in range(30):
        for question in questions():
            example = maker(tiny).make(question, "retrieval", turn)
            number = int(example.target.rpartition("[")[2].rstrip("]"))
            passages = example.prompt.partition("[1]")[2].partition("Question:")[0].split("[2]")
            assert question.evidence[0].quote in passages[number - 1]
            places[number] += 1
    assert min(places[1], places[2]) > 30, "gold stands first and second alike (60 expected of 120)"


def test_an_unanswerable_question_abstains_in_the_words_that_the_prompt_asks_for(tiny: Path) -> None:
    for language, sentence in ABSTENTIONS.items():
        question = replace(questions()[0], answers=(), answerable="no", evidence=(), language=language)
        shown = find_passages(WordOverlap(), [question], 2)
        for kind in maker(tiny, shown=shown).kinds(question):
            example = maker(tiny, shown=shown).make(question, kind)
            assert example.target == sentence and sentence in example.prompt


def test_a_question_whose_answer_no_passage_holds_is_trained_closed_book_only(tiny: Path) -> None:
    lost = replace(questions()[0], id="lost", answers=("9999",), evidence=())
    assert maker(tiny, shown=find_passages(WordOverlap(), [lost], 2)).kinds(lost) == ("closed-book",)


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


def test_a_budget_gives_passages_at_most_their_share_and_their_passes(tiny: Path) -> None:
    feed = Feed(maker(tiny), questions(), FinetuneConfig(batch_size=4, retrieval_epochs=2, retrieval_share=0.5), budgeted=True)
    for left in range(100, 0, -1):  # 100 steps of one second, 500 tokens a second
        feed.next_step()
        feed.replan(left - 1, 500.0)
    coverage = feed.coverage(100.0)
    assert coverage.closed_book_seen + coverage.retrieval_seen == 400
    assert 6 <= coverage.retrieval_seen <= 8  # 2 passes of 4, spread over the whole time
