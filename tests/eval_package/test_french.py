"""French answers against expectations written by hand, before the code was asked.

Each row of french_pairs.csv: what a reader who knows the definitions works out on paper. Contained, exact and F1 are on
words without articles; ROUGE-L is 2·LCS / (words of both) on stems with articles. `\\uXXXX` stands for a sign that cannot be seen.
"""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from pathlib import Path

import pytest

from chatbot.model import Answer
from eval.metrics.catalogue import METRICS
from eval.metrics.metric import Item
from foundation.language import normal_answer, states
from knowledge_base.model import Question

COLUMNS = ("contained", "exact_match", "token_f1", "rougeL")


def visible(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


with Path(__file__).with_name("french_pairs.csv").open(encoding="utf-8", newline="") as stream:
    PAIRS = [{**row, "answer": visible(row["answer"]), "gold": visible(row["gold"])} for row in csv.DictReader(stream)]


def score(metric: str, answer: str, gold: str, language: str = "fr") -> float | None:
    question = Question("q", "?", language, answers=(gold,), answerable="yes")
    return METRICS.get(metric).score(Item(question, Answer(answer), language)).value


def test_there_are_forty_pairs_on_every_topic_asked_for() -> None:
    assert len(PAIRS) == 40
    topics = {"accents", "elision", "guillemets", "number of nouns", "ligatures", "numbers", "hyphens", "dates", "percent"}
    assert {row["topic"] for row in PAIRS} == topics


@pytest.mark.parametrize("row", PAIRS, ids=lambda row: f"{row['topic']}: {row['answer']} | {row['gold']}")
def test_a_french_pair_scores_as_worked_out_by_hand(row: dict[str, str]) -> None:
    found = {name: score(name, row["answer"], row["gold"]) for name in COLUMNS}
    assert found == pytest.approx({name: float(Fraction(row[name])) for name in COLUMNS})


@pytest.mark.parametrize(
    ("answer", "gold", "value"),
    [
        ("1,234.5 kg", "1234.5 kg", 1.0),
        ("1\u202f234.5 kg", "1,234.5 kg", 1.0),
        ("1,2,3", "123", 0.0),  # a list, not thousands
        ("3,5", "3.5", 0.0),  # no decimal comma in English
        ("10-15 °C", "15 °C", 1.0),  # the dash of a range is no sign
        ("-15 °C", "15 °C", 0.0),
        ("encyclopædia", "encyclopaedia", 1.0),
    ],
)
def test_the_same_in_english(answer: str, gold: str, value: float) -> None:
    assert score("contained", answer, gold, "en") == value


def test_years_and_versions_are_no_thousands() -> None:
    assert normal_answer("en 2024 150 personnes", "fr") == ["en", "2024", "150", "personnes"]
    assert normal_answer("version 1.2.3, page 1,2,3", "fr") == ["version", "1.2.3", "page", "1,2,3"]
    assert normal_answer("à 14:30, le 12/03/2024", "fr") == ["à", "14:30", "12/03/2024"]
    assert not states("Il coûte 12 500 euros.", "500 euros", "fr")
