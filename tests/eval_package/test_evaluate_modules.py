"""Our metrics inside `evaluate`: the same numbers as from our own door, without hub and without a trace at home."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import evaluate
import pytest

from chatbot.model import Answer
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item
from eval.metrics.modules import module, modules
from foundation.errors import DataError, UnknownNameError, UnsupportedError
from knowledge_base.model import Question

SERVING = [name for name in METRICS if set(METRICS.get(name).needs) <= {"answers"}]


@pytest.mark.parametrize("name", SERVING)
def test_a_module_gives_the_mean_of_our_scores(name: str) -> None:
    answers, golds = ["les chevaux blancs", "un oeuf"], [["le cheval blanc", "la jument"], ["un œuf"]]
    own = [
        METRICS.get(name).score(Item(Question("q", "", "fr", tuple(gold), "yes"), Answer(text), "fr")).value
        for text, gold in zip(answers, golds, strict=True)
    ]
    found = module(name, language="fr")
    assert isinstance(found, evaluate.EvaluationModule)
    assert found.compute(predictions=answers, references=golds) == {name: pytest.approx(sum(own) / 2), f"{name}_unscored": 0}
    assert found.compute(predictions=answers, references=golds, per_answer=True) == {name: own}


def test_batches_and_single_pairs_add_up() -> None:
    found = module("contained")
    found.add_batch(predictions=["the cat", "a dog"], references=["cat", "cow"])
    found.add(prediction="a cow", reference="cow")
    assert found.compute() == {"contained": pytest.approx(2 / 3), "contained_unscored": 0}
    assert found.compute(predictions=["a cow"], references=["cow"])["contained"] == 1.0  # nothing is left over


def test_modules_combine() -> None:
    found = evaluate.combine([module("contained"), module("exact_match")]).compute(predictions=["the cat sat"], references=["cat"])
    assert (found["contained"], found["exact_match"]) == (1.0, 0.0)
    assert modules(["contained", "exact_match"]).compute(predictions=["the cat sat"], references=["cat"]) == found


def test_what_cannot_be_scored_is_counted_and_never_a_zero() -> None:
    assert module("token_f1").compute(predictions=["x", "y"], references=["%", "y"]) == {"token_f1": 1.0, "token_f1_unscored": 1}
    with pytest.raises(DataError, match="none of 1 predictions can be scored on token_f1"):
        module("token_f1").compute(predictions=["x"], references=["%"])


@pytest.mark.parametrize(
    ("name", "needed"), [("correct", "answerable and rule"), ("recall@k", "evidence and passages"), ("latency", "timing")]
)
def test_a_metric_that_needs_more_says_what(name: str, needed: str) -> None:
    with pytest.raises(UnsupportedError, match=f"needs {needed}"):
        module(name)


def test_an_unknown_metric_offers_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'rougeL'"):
        module("rogueL")


def test_nothing_is_fetched_or_written_at_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    root = Path(__file__).resolve().parents[2]
    code = (
        f"import sys; sys.path.insert(0, {str(root)!r}); from eval.metrics.modules import module; "
        "print(module('rougeL').compute(predictions=['a b'], references=['a b']))"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "XDG_"))}
    environment |= {"HOME": str(home), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout.strip() == "{'rougeL': 1.0, 'rougeL_unscored': 0}", done.stderr
    assert list(home.rglob("*")) == []
