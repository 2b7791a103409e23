"""Pairs for training, written by a scripted engine: filtered, counted, resumed, and read by the recipe."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.engine import Event, Request
from chatbot.engines.scripted import Rule, ScriptedEngine
from finetune.recipes import build
from foundation.errors import ConfigurationError, DataError, EngineError
from knowledge_base.loading import load
from knowledge_base.questions import read_questions
from studies.synthesising import Synthesis, synthesise
from tests.finetune.recipes.tiny_materials import materials
from tests.finetune.tiny import build_model

SENTENCES = {
    "bridge": "The bridge is 42 kilometres long.",
    "tower": "The tower is 310 metres high.",
    "tunnel": "The tunnel takes 7 minutes to cross.",
    "harbour": "The harbour has 19 berths.",
    "station": "The station has 24 platforms.",
}
RULES = [
    Rule("Statement: The bridge[^?]*\\nBegin", "How many kilometres long is the bridge?"),
    Rule("Statement: The tower[^?]*\\nBegin", "How many metres high is the tower?"),
    Rule("Statement: The tunnel[^?]*\\nBegin", "How many minutes does it take to cross the tunnel?"),
    Rule("Statement: The harbour[^?]*\\nBegin", "How many berths does the text mention?"),
    Rule("Statement: The station[^?]*\\nBegin", "How many platforms does the station have?"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = tmp_path / "kb"
    (base / "documents").mkdir(parents=True)
    for name, sentence in SENTENCES.items():
        (base / "documents" / f"{name}.md").write_text(f"---\nlanguage: en\n---\n# The {name}\n\n{sentence}\n")
    return base


def ask(folder: Path, *questions: tuple[str, str, str, str]) -> None:
    """Write questions as (document, text, answer, split)."""
    rows = [
        {
            "id": f"q{number}",
            "text": text,
            "answers": [answer],
            "language": "en",
            "evidence": [{"document_id": document, "quote": SENTENCES[document]}],
            "fact": f"fact-{document}",
            "split": split,
        }
        for number, (document, text, answer, split) in enumerate(questions)
    ]
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def run(folder: Path, engine: ScriptedEngine | None = None, **more: int | str) -> Synthesis:
    settings = {"count": 10, "batch": 2, "progress": False, **more}
    return synthesise(folder.parent / "synthetic", "main", load(folder), engine or ScriptedEngine(RULES), **settings)  # type: ignore[arg-type]


def test_pairs_rest_on_their_sentence_and_what_is_not_kept_is_counted(folder: Path) -> None:
    ask(
        folder,
        ("bridge", "how many KILOMETRES long is the bridge", "42 kilometres", "test"),
        ("tower", "How many metres high is this tower?", "310 metres", "validation"),
        ("tunnel", "How long does the tunnel take?", "7 minutes", "train"),
    )
    done = run(folder)
    assert done.discarded == {"points at the text": 1}
    assert done.filtered == {
        "asks a test or validation question word for word": 1,
        "asks a test or validation question in nearly its words": 1,
    }
    assert {pair.text for pair in done.pairs} == {RULES[2].answer, RULES[4].answer}
    tunnel = next(pair for pair in done.pairs if "tunnel" in pair.text)
    assert (tunnel.answers, tunnel.evidence[0].quote, tunnel.fact) == (("7 minutes",), SENTENCES["tunnel"], "fact-tunnel")
    station = next(pair for pair in done.pairs if "station" in pair.text)
    assert station.fact == station.id, "no question asks for it: a fact of its own"
    documents = {document.id: document for document in load(folder).documents}
    assert read_questions(done.path, documents) == done.pairs


def test_a_pair_whose_answer_is_not_stated_in_its_passage_is_filtered(folder: Path) -> None:
    run(folder)
    journal = folder.parent / "synthetic" / "main" / "drafts.jsonl"
    rows = [json.loads(line) for line in journal.read_text().splitlines()]
    wrong = next(row for row in rows if "bridge" in row["question"])
    journal.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {**wrong, "answer": "43 kilometres"}]))
    done = run(folder)
    assert done.filtered == {"answer not stated in its passage": 1}
    assert not any("bridge" in pair.text for pair in done.pairs)


def test_a_pair_whose_passage_has_changed_is_filtered(folder: Path) -> None:
    run(folder)
    (folder / "documents" / "bridge.md").write_text("---\nlanguage: en\n---\n# The bridge\n\nThe bridge fell.\n")
    done = run(folder)
    assert done.filtered == {"its passage is no longer in the documents": 1} and len(done.pairs) == 3


class _Failing(ScriptedEngine):
    """Fails after so many batches, as a server that goes away, or a user's Ctrl-C, would."""

    def __init__(self, error: BaseException, batches: int = 1) -> None:
        super().__init__(RULES)
        self._error, self._left = error, batches

    def run(self, requests: Sequence[Request]) -> Iterator[Event]:
        if not self._left:
            raise self._error
        self._left -= 1
        return super().run(requests)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), EngineError("gone")])
def test_an_interrupt_keeps_what_is_done_and_the_next_run_asks_for_the_rest_alone(folder: Path, error: BaseException) -> None:
    with pytest.raises(type(error)) as caught:
        run(folder, _Failing(error))
    path = folder.parent / "synthetic" / "main.jsonl"
    kept = path.read_text().splitlines()
    assert 1 <= len(kept) <= 2
    if isinstance(error, KeyboardInterrupt):
        assert f"{len(kept)} pairs are in" in str(caught.value)
    whole = run(folder)
    assert [json.loads(line)["id"] for line in kept] == [pair.id for pair in whole.pairs][: len(kept)]
    assert len(whole.pairs) == 4
    before = path.read_bytes()
    again = run(folder, _Failing(EngineError("it was asked again"), batches=0))
    assert again == whole and path.read_bytes() == before


def test_the_count_is_of_the_whole_set(folder: Path) -> None:
    runs = [run(folder, count=count) for count in (1, 3, 3, 2)]
    assert [len(done.pairs) for done in runs] == [1, 3, 3, 3]
    assert runs[0].left is not None and runs[2].left is None, "nothing was tried, so nothing is known of what is left"


def test_no_pair_makes_no_file_and_a_name_that_is_a_path_is_refused(folder: Path) -> None:
    done = run(folder, ScriptedEngine())
    assert done.pairs == () and not done.path.exists() and sum(done.discarded.values()) == 5
    with pytest.raises(ConfigurationError, match="cannot name a set"):
        synthesise(folder, "../x", load(folder), ScriptedEngine())
    with pytest.raises(DataError, match="There are: en"):
        run(folder, language="fr")


def test_the_recipe_reads_the_pairs_and_refuses_those_of_changed_documents(folder: Path, tmp_path: Path) -> None:
    model = build_model(tmp_path / "model")
    done = run(folder)
    base = replace(materials(model), workspace=folder.parent, documents=load(folder).documents)
    recipe = build({"synthetic": 1}, base)["synthetic"]
    assert [recipe.make(index, 0).target for index in range(len(recipe))] == [pair.answers[0] for pair in done.pairs]
    assert done.pairs[0].text in recipe.make(0, 0).prompt
    other = done.path.with_name("other.jsonl")
    other.write_bytes(done.path.read_bytes())
    with pytest.raises(ConfigurationError, match=r"several files in .*: main.jsonl, other.jsonl"):
        build({"synthetic": 1}, base)
    named = replace(base, folder=folder.parent, config=base.config.model_copy(update={"synthetic": "synthetic/other.jsonl"}))
    assert len(build({"synthetic": 1}, named)["synthetic"]) == len(done.pairs)
    changed = replace(named, documents=tuple(replace(document, text="Nothing.") for document in named.documents))
    with pytest.raises(DataError, match=r"other.jsonl, line 1.*run: ragft data synthesize other"):
        build({"synthetic": 1}, changed)
    other.write_text("")
    with pytest.raises(DataError, match="holds no pair"):
        build({"synthetic": 1}, named)
    with pytest.raises(ConfigurationError, match="is no file"):
        build({"synthetic": 1}, replace(named, folder=tmp_path / "elsewhere"))


def test_pairs_on_what_is_held_out_are_not_trained_and_are_counted(folder: Path, tmp_path: Path) -> None:
    model = build_model(tmp_path / "model")
    ask(
        folder,
        ("bridge", "What is the length of the bridge?", "42 kilometres", "train"),
        ("tower", "What is the height of the tower?", "310 metres", "train"),
        ("tower", "And the tower, how high?", "310 metres", "train"),
    )
    run(folder)  # pairs on the bridge, the tower, the tunnel and the station
    knowledge_base = load(folder)
    bridge, tower, other = knowledge_base.questions
    base = replace(materials(model), workspace=folder.parent, documents=knowledge_base.documents, questions=knowledge_base.questions)
    everything = build({"synthetic": 1}, base)["synthetic"]
    assert len(everything) == 4 and everything.left_out == ()

    # a fold, or a split that was moved after the pairs were written: the bridge is asked, and one wording of the tower is watched
    fold = build({"synthetic": 1}, replace(base, questions=(tower,), held_out=(bridge, other)))["synthetic"]
    assert {question.fact for question in fold.questions} >= {"fact-tower"} and len(fold) == 3
    assert not any("bridge" in question.text for question in fold.questions)
    assert fold.left_out == ("synthetic: 1 question left out: its fact is held out to be asked",)

    # written after the pairs, under facts of their own
    younger = replace(bridge, id="young", fact="young", text="Length of the bridge?")
    same = replace(bridge, id="same", fact="same", text="how many minutes does it take to cross the TUNNEL", evidence=())
    near = replace(bridge, id="near", fact="near", text="How many platforms does this station have?", evidence=())
    late = build({"synthetic": 1}, replace(base, questions=(tower,), held_out=(younger, same, near)))["synthetic"]
    assert [question.fact for question in late.questions] == ["fact-tower"]
    assert late.left_out == (
        "synthetic: 1 question left out: its fact is held out to be asked",
        "synthetic: 2 questions left out: a question that is held out asks it in nearly its words",
    )
