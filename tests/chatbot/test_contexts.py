"""What gold and documents show: the evidence itself, and whole documents within a budget."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.chat import Chatbot
from chatbot.config import default_systems
from chatbot.contexts import document_hits, gold_hits
from chatbot.engines.scripted import Rule, ScriptedEngine
from foundation.errors import ConfigurationError, InputError
from knowledge_base.model import Document, Question, Span
from retrieval.model import Chunk, Hit

DEPTH = Document("depth", "r1", "Depth", "A Varnel goes down to 35 metres. " + "Wash it. " * 3, "en")
PRICE = Document("price", "r2", "Price", "The Varnel costs 1,485 EUR.", "en")
TARIF = Document("tarif", "r3", "Tarif", "Le Varnel coûte 1 485 EUR.", "fr")
SHELF = {document.id: document for document in (DEPTH, PRICE, TARIF)}


class Sentences:
    """Cuts after every full stop, as a stand-in for a chunker with known borders."""

    def cut(self, documents: Sequence[Document]) -> list[list[Chunk]]:
        found = []
        for document in documents:
            ends = [place + 1 for place, letter in enumerate(document.text) if letter == "."]
            starts = [0, *ends[:-1]]
            found.append(
                [
                    Chunk(
                        f"{document.id}@{start}-{end}", document.id, document.revision, start, end, document.text[start:end], document.title
                    )
                    for start, end in zip(starts, ends, strict=True)
                ]
            )
        return found


class Ranked:
    """Finds the documents in a fixed order, two passages of each."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        names = [name for name in self.names for _ in range(2)]
        hits = [Hit(Chunk(f"{name}@{rank}", name, "r", 0, 5, "text"), 1 / rank, rank) for rank, name in enumerate(names, start=1)]
        return [hits[:k] for _ in queries]


def words(text: str) -> int:
    return len(text.split())


def span(document: Document, quote: str, part: str = "") -> Span:
    start = document.text.index(quote)
    return Span(document.id, document.revision, start, start + len(quote), quote, part)


def shown(*evidence: Span, language: str = "en") -> list[str]:
    (hits,) = gold_hits([Question("q", "How?", language, ("x",), "yes", evidence)], SHELF, Sentences())
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    return [hit.chunk.text for hit in hits]


def test_gold_shows_the_passage_that_holds_the_quote() -> None:
    assert shown(span(DEPTH, "35 metres")) == ["A Varnel goes down to 35 metres."]


def test_gold_shows_a_passage_for_each_part_and_one_only_for_alternatives() -> None:
    assert shown(span(DEPTH, "35 metres"), span(PRICE, "1,485 EUR")) == ["A Varnel goes down to 35 metres.", "The Varnel costs 1,485 EUR."]
    assert shown(span(PRICE, "1,485 EUR", "p"), span(TARIF, "1 485 EUR", "p")) == ["The Varnel costs 1,485 EUR."]


def test_gold_takes_the_alternative_in_the_language_of_the_question() -> None:
    assert shown(span(PRICE, "1,485 EUR", "p"), span(TARIF, "1 485 EUR", "p"), language="fr") == ["Le Varnel coûte 1 485 EUR."]


def test_gold_shows_both_neighbours_of_a_border_that_a_quote_lies_across_and_no_passage_twice() -> None:
    assert shown(span(DEPTH, "metres. Wash")) == ["A Varnel goes down to 35 metres.", " Wash it."]
    assert shown(span(DEPTH, "Varnel"), span(DEPTH, "35")) == ["A Varnel goes down to 35 metres."]


def test_gold_without_evidence_shows_nothing_and_evidence_of_elsewhere_is_an_error() -> None:
    assert shown() == []
    with pytest.raises(InputError, match="'gone'"):
        shown(Span("gone", "r", 0, 1, "x"))


def test_documents_are_shown_whole_the_best_first_each_once() -> None:
    (hits,) = document_hits(["q"], Ranked("price", "depth"), SHELF, 100, words)
    assert [(hit.rank, hit.chunk.document_id) for hit in hits] == [(1, "price"), (2, "depth")]
    assert hits[0].chunk.text == PRICE.text and hits[0].score == 1.0 and hits[1].score == 1 / 3


def test_a_document_that_does_not_fit_ends_the_list_and_titles_count() -> None:
    # price: 1 title word and 5; depth: 1 and 13
    assert [hit.chunk.document_id for hit in document_hits(["q"], Ranked("price", "depth"), SHELF, 20, words)[0]] == ["price", "depth"]
    assert [hit.chunk.document_id for hit in document_hits(["q"], Ranked("price", "depth", "tarif"), SHELF, 19, words)[0]] == ["price"]


@given(budget=st.integers(2, 13))
def test_a_first_document_over_the_budget_is_cut_to_it(budget: int) -> None:
    ((hit,),) = document_hits(["q"], Ranked("depth", "price"), SHELF, budget, words)
    assert words(f"{hit.chunk.title} {hit.chunk.text}") == budget
    assert DEPTH.text[hit.chunk.start : hit.chunk.end] == hit.chunk.text


def test_an_index_of_another_knowledge_base_says_how_to_mend_it() -> None:
    with pytest.raises(ConfigurationError, match="ragft index update"):
        document_hits(["q"], Ranked("gone"), SHELF, 10, words)


def test_the_chatbot_shows_gold_and_documents_as_passages_to_cite() -> None:
    engine = ScriptedEngine([Rule("(?s)35 metres.*How deep", "35 metres [1]")])
    chatbot = Chatbot(engine, default_systems(), Ranked("price", "depth"), documents=tuple(SHELF.values()), cutter=Sentences())
    question = Question("q", "How deep?", "en", ("35 metres",), "yes", (span(DEPTH, "35 metres"),))
    gold = chatbot.ask_many([question], "gold")[0]
    assert gold.text == "35 metres [1]" and [item.document_id for item in gold.citations] == ["depth"]
    whole = chatbot.ask_many([question], "documents")[0]
    assert whole.text == "35 metres [1]" and [item.document_id for item in whole.citations] == ["price"]
    assert whole.timing.retrieval > 0 and gold.timing.retrieval == 0
    with pytest.raises(ConfigurationError, match="ragft compare"):
        chatbot.ask("How deep?", "gold")
