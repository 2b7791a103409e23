"""Drafting with a scripted engine: what is proposed, what is discarded and why, and how a second run goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from chatbot.config import ModelConfig
from chatbot.engine import Event, Request
from chatbot.engines.scripted import Rule, ScriptedEngine
from foundation.errors import DataError, EngineError
from knowledge_base.drafts import Draft, read_drafts
from knowledge_base.loading import load
from studies.draft_checks import fault, near_duplicate
from studies.drafting import DraftingSummary, draft_from_passages

RULES = [
    Rule("Statement: The bridge[^?]*\\nBegin", "How many kilometres long is the bridge?"),
    Rule("Statement: The tower[^?]*\\nBegin", "Question: How many metres high is the tower? Answer: 300 metres"),
    Rule("Statement: The tunnel[^?]*\\nBegin", "The tunnel takes 7 minutes."),
    Rule("Statement: The harbour[^?]*\\nBegin", "How many berths does the text mention?"),
    Rule("Statement: The station[^?]*\\nBegin", "Does the station have 24 platforms?"),
    Rule("Statement: The library[^?]*\\nBegin", "How many books does Oxford's library hold?"),
]
SENTENCES = {
    "bridge": "The bridge is 42 kilometres long.",
    "tower": "The tower is 310 metres high.",
    "tunnel": "The tunnel takes 7 minutes to cross.",
    "harbour": "The harbour has 19 berths.",
    "station": "The station has 24 platforms.",
    "library": "The library holds 5,000 books.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    for name, sentence in SENTENCES.items():
        (tmp_path / "documents" / f"{name}.md").write_text(f"---\nlanguage: en\n---\n# The {name}\n\n{sentence}\n")
    return tmp_path


def run(folder: Path, rules: Sequence[Rule] = RULES, **more: int | str) -> DraftingSummary:
    return draft_from_passages(folder, load(folder), ScriptedEngine(rules), progress=False, **more)  # type: ignore[arg-type]


def test_good_drafts_are_proposed_with_their_sentence_and_the_rest_is_counted_by_reason(folder: Path) -> None:
    done = run(folder)
    (draft,) = done.proposed
    assert (draft.question, draft.answer, draft.language) == ("How many kilometres long is the bridge?", "42 kilometres", "en")
    assert [(span.document_id, span.quote) for span in draft.evidence] == [("bridge", SENTENCES["bridge"])]
    assert draft.drafter is not None
    assert draft.drafter.engine == "scripted"
    assert done.discarded == {
        "answer not in the passage": 1,
        "no question mark": 1,
        "points at the text": 1,
        "gives its answer away": 1,
        "names what the document does not": 1,
    }
    assert done.left == 0
    assert load(folder).questions == ()


def test_a_second_run_goes_on_where_the_first_stopped_and_another_engine_tries_the_discarded_again(folder: Path) -> None:
    first = run(folder, count=1)
    assert len(first.proposed) == 1
    run(folder)
    before = read_drafts(folder)
    assert len(before) == len(SENTENCES)
    assert run(folder) == DraftingSummary((), {}, 0)
    assert read_drafts(folder) == before
    again = run(folder, [Rule("Statement: The tower[^?]*\\nBegin", "How many metres high is the tower?"), *RULES])
    assert [draft.question for draft in again.proposed] == ["How many metres high is the tower?"]


def test_sentences_that_have_a_question_are_not_asked_again(folder: Path) -> None:
    (folder / "questions.jsonl").write_text(
        '{"id": "q", "text": "Length?", "answers": ["42 km"], "language": "en", '
        '"evidence": [{"document_id": "bridge", "quote": "42 kilometres"}]}\n'
    )
    assert run(folder).proposed == ()
    assert "bridge" not in {draft.evidence[0].document_id for draft in read_drafts(folder)}


def test_a_question_that_exists_is_not_proposed_twice(folder: Path) -> None:
    (folder / "questions.jsonl").write_text('{"id": "q", "text": "how many kilometres long is the Bridge", "language": "en"}\n')
    assert run(folder).discarded["asks what is asked already"] == 1


def test_the_seed_draws_and_the_same_seed_draws_the_same(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    def order(seed: int) -> list[str]:
        (folder / "drafts.jsonl").unlink(missing_ok=True)
        run(folder, seed=seed)
        return [draft.id for draft in read_drafts(folder)]

    assert order(1) == order(1)
    assert len({tuple(order(seed)) for seed in range(4)}) > 1


def test_documents_of_another_language_are_left_out(folder: Path) -> None:
    with pytest.raises(DataError, match=r"language 'fr'. There are: en"):
        run(folder, language="fr")


class _Failing(ScriptedEngine):
    """Fails at its second batch, as a server that goes away, or a user's Ctrl-C, would."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(RULES, ModelConfig(name="failing", engine="scripted"))
        self._error, self._batches_left = error, 1

    def run(self, requests: Sequence[Request]) -> Iterator[Event]:
        if not self._batches_left:
            raise self._error
        self._batches_left -= 1
        return super().run(requests)


@pytest.mark.parametrize("error", [EngineError("gone"), KeyboardInterrupt()])
def test_what_was_drafted_before_a_failure_or_an_interrupt_is_kept(folder: Path, error: BaseException) -> None:
    with pytest.raises(type(error)):
        draft_from_passages(folder, load(folder), _Failing(error), count=20, batch=2, progress=False)
    kept = read_drafts(folder)
    assert len(kept) == 2
    (folder / "drafts.jsonl").unlink()
    whole = draft_from_passages(folder, load(folder), ScriptedEngine(RULES), count=20, batch=2, progress=False)
    assert len(whole.proposed) == 1


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("How many days does a return number stay valid?", None),
        ("How many days", "no question mark"),
        ("How many?", "under 4 words"),
        ("How " + "very " * 30 + "long?", "over 30 words"),
        ("According to the passage, how many days is it valid?", "points at the text"),
        ("Is a return number valid for 23 days?", "gives its answer away"),
        ("A return number stays valid for days?", "copies the passage"),
        ("How many days does a Hollin number stay valid?", "names what the document does not"),
        ("How many days is return number 7 valid?", "names what the document does not"),
    ],
)
def test_each_rule_finds_its_fault(question: str, reason: str | None) -> None:
    sentence = "A return number stays valid for 23 days."
    assert fault(question, "23 days", None, sentence, sentence, "en") == reason


def test_questions_on_other_numbers_are_no_duplicates() -> None:
    assert near_duplicate("What is the range of the Varnel 150?", "en", ["what is the range of the varnel 120"]) is None


@pytest.mark.slow
def test_the_embedded_model_proposes_questions_that_keep_the_rules(smollm: Path, folder: Path) -> None:
    from chatbot.engines import engine

    config = ModelConfig(name=str(smollm), threads=1)
    done = draft_from_passages(folder, load(folder), engine(config, smollm.parent), count=4, progress=False)
    assert done.proposed
    drafts: tuple[Draft, ...] = done.proposed
    assert all(draft.question.endswith("?") and draft.answer in draft.evidence[0].quote for draft in drafts)
