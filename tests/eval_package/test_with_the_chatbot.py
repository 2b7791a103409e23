"""The whole path with the real Chatbot on the scripted engine: questions in, comparison out."""

import pytest

from chatbot.chat import Chatbot
from chatbot.config import ModelConfig, default_systems
from chatbot.engines.scripted import Rule, ScriptedEngine
from eval.compare import compare
from eval.running import run
from eval.wording import words
from foundation.jsonable import to_json
from retrieval.model import Hit
from tests.eval_package.bots import make_chunk, make_question


class Shelf:
    """A retriever that finds the document of the number in the query."""

    def search(self, queries, k):
        return [[Hit(make_chunk(f"d{query.rstrip('?').split()[-1]}"), 1.0, 1)] for query in queries]


@pytest.mark.filterwarnings("default")
def test_a_scripted_chatbot_is_run_compared_and_decided(tmp_path, make_manifest):
    questions = [make_question(i) for i in range(40)]
    rules = [
        Rule(r"product 3\?", error="the engine fell over"),
        *(Rule(rf"(?s)\[1\].*product {i}\?", f"{i} kg [1]") for i in range(30)),
        *(Rule(rf"product {i}\?", f"{i} kg") for i in range(4)),
    ]
    engine = ScriptedEngine(rules, ModelConfig(name="scripted", engine="scripted", languages=("en",)))
    systems = {name: system for name, system in default_systems().items() if name in ("base", "rag")}
    bot = Chatbot(engine, systems, Shelf(), k=1)
    manifest = make_manifest(questions, tuple(to_json(system) for system in systems.values()), engine=to_json(engine.info()))
    run(tmp_path / "r", bot, questions, manifest, batch=8, progress=False)
    found = compare(tmp_path / "r")
    base, rag = found.systems
    # by hand: question 3 fails in both; base knows 0, 1 and 2, RAG 0 to 29 but for 3
    assert base.metrics["correct"].value == pytest.approx(3 / 39) and base.errors == 1
    assert rag.metrics["correct"].value == pytest.approx(29 / 39) and rag.errors == 1
    assert rag.citations == {"with": 29, "without": 10, "wrong": 0}
    assert next(one for one in found.systems if one.system == "rag").metrics["recall@k"].value == 1.0
    assert any("rag is better than base" in words("en").say(said) for said in found.decision.sentences)
