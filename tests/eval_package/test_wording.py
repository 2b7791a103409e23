"""Messages: the same keys and the same values in both languages, and French as it is set in print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fluent.syntax import ast, parse, visitor

import eval.wording
from eval.comparison import Said
from eval.wording import LANGUAGES, words
from eval.wording.bundle import every_key
from foundation.errors import UnknownNameError
from tests.eval_package.decision_cases import CASES

FOLDER = Path(eval.wording.__file__).parent
FILES = sorted(path.name for path in (FOLDER / "en").glob("*.ftl"))
ENGLISH = re.compile(r"\b(the|of|and|is|are|was|were|than|not|with|which|better|shown|margin|no|by|points? over)\b", re.IGNORECASE)


class Named(visitor.Visitor):
    """The values that a message names, those of messages it refers to included."""

    def __init__(self, messages):
        self.messages, self.names = messages, set()

    def visit_VariableReference(self, node):  # noqa: N802 - the library's name
        self.names.add(node.id.name)

    def visit_MessageReference(self, node):  # noqa: N802 - the library's name
        self.visit(self.messages[node.id.name])


def values_named(language):
    """Key → the values that its message names, over all files of a language."""
    messages = {}
    for path in (FOLDER / language).glob("*.ftl"):
        parsed = parse(path.read_text(encoding="utf-8"))
        assert not [entry for entry in parsed.body if isinstance(entry, ast.Junk)], f"{path} has lines that are no message"
        messages |= {entry.id.name: entry.value for entry in parsed.body if isinstance(entry, ast.Message)}
    found = {}
    for key, value in messages.items():
        reader = Named(messages)
        reader.visit(value)
        found[key] = reader.names
    return found


def test_both_languages_have_the_same_files():
    assert sorted(path.name for path in (FOLDER / "fr").glob("*.ftl")) == FILES


def test_both_languages_have_the_same_keys():
    keys = every_key()
    assert set(keys) == set(LANGUAGES)
    assert keys["en"] == keys["fr"]
    assert len(set(keys["en"])) == len(keys["en"])


def test_a_message_names_the_same_values_in_both_languages():
    english, french = values_named("en"), values_named("fr")
    own = {"own"}  # metrics say what they are in English themselves: there the message is the value
    assert {key: names for key, names in english.items() if names - own != french[key] - own} == {}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_a_decision_can_be_said(language, name):
    made = CASES[name]().decision
    for said in (made.headline, *made.sentences, *made.settle):
        sentence = words(language).say(said)
        assert re.fullmatch(r"\S.*[.)]", sentence, re.DOTALL), sentence
        assert "  " not in sentence
        assert "None" not in sentence


@pytest.mark.parametrize("name", CASES)
def test_no_english_word_stands_in_the_french_of_a_decision(name):
    made = CASES[name]().decision
    for said in (made.headline, *made.sentences, *made.settle):
        assert not ENGLISH.search(words("fr").say(said)), words("fr").say(said)


@pytest.mark.parametrize("name", ["decision.ftl", "cautions.ftl"])
def test_french_punctuation_is_never_parted_from_its_word(name):
    text = "".join(line for line in (FOLDER / "fr" / name).read_text(encoding="utf-8").splitlines(True) if not line.startswith("#"))
    options = re.sub(r"\w+: \d", "", text)  # arguments of functions
    assert not re.search(r" [;!?%»]|« ", options)
    assert not re.search(r"[^\u00a0\u202f\s]:(?= )", options)
    assert "'" not in text


COUNTS = {"count", "shown", "total", "right", "scored", "part", "whole", "tested", "found", "all"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_counts_in_the_messages_of_the_report_are_written_as_in_its_tables(language):
    """A number that a message does not format is written by the library: with a comma in English."""
    named = {key: names for key, names in values_named(language).items() if key.startswith(("report-", "html-", "charts-"))}
    counted = {key: names for key, names in named.items() if names & COUNTS}
    assert len(counted) > 10
    for key, names in counted.items():
        text = words(language)(key, **{name: 12_345 if name in COUNTS else "x" for name in names})
        assert "12\u202f345" in text, key
        assert "12,345" not in text, key


def test_a_count_that_the_page_fills_in_itself_is_left_to_it():
    assert words("en")("html-count", shown="{shown}", total="{total}") == "{shown} of {total} questions"


def test_sizes_in_points_are_singular_where_there_is_one():
    said = Said("decision-settle-margin", {"margin": 0.01, "verdict": "rag", "system": "rag"})
    assert words("en").say(said) == "At a margin of 1 point: rag."
    assert words("fr").say(said) == "À une marge de 1 point\u00a0: rag."


def test_a_missing_value_a_missing_message_and_an_unknown_language_are_errors():
    with pytest.raises(ValueError, match="decision-settle-margin"):
        words("en")("decision-settle-margin", margin=0.01)
    with pytest.raises(KeyError, match="no message 'decision-nothing' in fr"):
        words("fr")("decision-nothing")
    with pytest.raises(UnknownNameError, match="Known: en, fr"):
        words("de")


def test_codes_and_dates_are_said_in_the_language_of_the_sentence():
    imported = Said("cautions-imported", {"system": "bot", "file": "bot.csv", "date": "2026-11-21"})
    assert "on 21 November 2026," in words("en").say(imported)
    assert "le 21 novembre 2026," in words("fr").say(imported)
    partly = Said("cautions-partly", {"metrics": ["citation_precision", "ndcg@k", "my_own"], "count": 3, "most": 4})
    assert "citation precision, nDCG@k and my_own" in words("en").say(partly)
    assert "précision des citations, nDCG@k et my_own" in words("fr").say(partly)
    bundled = Said("decision-bundled-settings", {"a": "rag", "b": "base", "settings": ["context", "prompt"]})
    assert "(contexte et prompt)" in words("fr").say(bundled)


def test_french_has_the_singular_for_none_and_for_one():
    cut = {"system": "rag", "answers": 6}
    assert words("fr")("cautions-cut", cut=1, **cut).endswith("1 réponse sur 6 a été coupée à la limite de tokens.")
    assert words("fr")("cautions-cut", cut=2, **cut).endswith("2 réponses sur 6 ont été coupées à la limite de tokens.")
    assert words("fr")("decision-tally", wins=1, ties=2, losses=0) == "1 question gagnée, 2 à égalité, 0 perdue"


def test_what_is_said_of_a_language_that_the_model_does_not_speak_is_that_it_counts_all_the_same():
    said = Said("decision-language-left-out", {"language": "fr", "questions": 112})
    assert "112 questions in it are counted in all figures" in words("en").say(said)
    assert words("fr").say(said).startswith("112 questions sont dans une langue")
