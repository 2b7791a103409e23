"""The HTML page through its public door: one file, no network, hostile text inert, every question in it, both languages whole."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.comparison import Comparison, Inspected, Output, Passage, Said
from eval.report.html_page import html_page
from eval.report.questions_data import embedded, questions_data
from eval.wording import words
from tests.report.pages import Page
from tests.report.sample import SYSTEMS, comparison

HOSTILE = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>\u2028{{ 7*7 }} \x1b[31m\u202ered"


def data_of(source: str) -> dict[str, Any]:
    """Return the embedded questions as a browser finds them: what stands between the element's tags."""
    found = re.search(r'<script type="application/json" id="questions-data">(.*?)</script>', source, flags=re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def poisoned() -> Comparison:
    one = comparison(0)
    systems = [replace(result, system=f"{result.system}{HOSTILE}", flow=((HOSTILE, "flow-correct", 3),)) for result in one.systems[:2]]
    output = Output(HOSTILE, f"{HOSTILE} [1]", 1.0, cause=HOSTILE, why=HOSTILE, passages=("p",), citations=(1,))
    question = Inspected(HOSTILE, HOSTILE, "en", HOSTILE, HOSTILE, (HOSTILE,), (output,), HOSTILE, (HOSTILE,), (HOSTILE,))
    said = Said("charts-primary-none", {"metric": HOSTILE})
    return replace(
        one,
        run_id=HOSTILE,
        questions=(question,),
        passages={"p": Passage(HOSTILE, HOSTILE, HOSTILE)},
        systems=tuple(systems),
        decision=replace(one.decision, headline=said, sentences=(said,), settle=(said,), support={HOSTILE: 1.0}),
        warnings=(said,),
        contrasts=(replace(one.contrasts[0], a=HOSTILE, b=HOSTILE),),
        slices=(),
        risk_coverage=(),
        explorations=(),
        scope={**one.scope, HOSTILE: HOSTILE},
        provenance={HOSTILE: {HOSTILE: HOSTILE}},
    )


@pytest.fixture(scope="module", params=["en", "fr"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def source(language: str) -> str:
    return html_page(comparison(), language)


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


def test_nothing_is_loaded_from_anywhere(source: str, page: Page) -> None:
    loads = [value for _, name, value in page.attributes if name in {"src", "href", "xlink:href", "srcset", "action", "data", "poster"}]
    assert loads
    assert all(value.startswith("#") for value in loads)
    assert not {"link", "iframe", "object", "embed", "img", "base"} & set(page.tags)
    style = source[source.index("<style>") : source.index("</style>")]
    assert not re.search(r"url\(|@import", style)
    urls = set(re.findall(r"https?://[^\s\"'<]+", re.sub(r'<script type="application/json".*?</script>', "", source, flags=re.DOTALL)))
    assert urls <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names of XML, never fetched


def test_the_policy_forbids_every_load_and_names_our_script_and_style_by_hash(source: str, page: Page) -> None:
    policy = next(value for tag, name, value in page.attributes if tag == "meta" and name == "content" and "default-src" in value)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for element in ("style", "script"):
        text = re.search(rf"<{element}>(.*?)</{element}>", source, flags=re.DOTALL)
        assert text
        digest = base64.b64encode(hashlib.sha256(text[1].encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy
    assert page.tags.count("script") == 2  # the questions and the one script
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]


def test_ids_are_unique_and_every_reference_has_its_target(page: Page) -> None:
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    references = [value for _, name, value in page.attributes if name in {"aria-labelledby", "for"}]
    references += [value[1:] for _, name, value in page.attributes if name == "href"]
    assert references
    assert set(references) <= set(ids)


def test_the_first_page_decides_and_the_appendix_follows(source: str, page: Page, language: str) -> None:
    say = words(language)
    order = [
        say("report-decision-both"),
        say.say(comparison().decision.headline),
        say("html-sure"),
        say("html-to-questions"),
        say("report-appendix"),
        say("html-questions-note"),
    ]
    body = page.text[page.text.index(say("report-title")) :]
    places = [body.index(text) for text in order]
    assert places == sorted(places)
    assert ("html", "lang", language) in page.attributes
    assert page.tags.count("h1") == 1
    assert {"main", "header", "nav", "figure", "noscript"} <= set(page.tags)


def test_every_figure_is_said_in_words(source: str, page: Page) -> None:
    labels = [value for tag, name, value in page.attributes if tag == "figure" and name == "aria-label"]
    # the primary metric, metrics, forest, five slices, causes, five ways, risk, the curves of two adapters
    assert len(labels) == 1 + 1 + 1 + 5 + 1 + 5 + 1 + 2
    assert all(len(label) > 20 for label in labels)
    assert page.tags.count("svg") >= len(labels)


def test_every_question_with_all_outputs_is_in_the_page(source: str) -> None:
    data, one = data_of(source), comparison()
    assert data["systems"] == list(SYSTEMS)
    assert [row["id"] for row in data["questions"]] == [row.question_id for row in one.questions]
    states = {"right": 1.0, "wrong": 0.0}
    for row, question in zip(data["questions"], one.questions, strict=True):
        for out, output in zip(row["out"], question.outputs, strict=True):
            assert states.get(out[0]) == output.correct
            assert [data["passages"][number][2] for number in out[5]] == [one.passages[key].text for key in output.passages]
            assert out[1] == (output.error or output.text)
            assert not out[3] or out[3] in data["names"]["cause"]


def test_without_scripts_there_is_a_note_and_examples_to_read(page: Page, language: str) -> None:
    assert words(language)("html-no-script", shown=20, total=60) in page.text
    assert page.tags.count("details") >= 20
    assert "Every 14 days" in page.text


def test_the_script_gets_all_its_words_and_every_code_a_name(language: str) -> None:
    data = questions_data(comparison(), language)
    assert all(data["words"].values())
    script = html_page.__globals__["_FOLDER"].joinpath("report.js").read_text(encoding="utf-8")
    used = set(re.findall(r"say\.([a-z]+)", script)) | set(re.findall(r'say\["([a-z-]+)"\]', script))
    assert used <= set(data["words"])
    other = questions_data(comparison(), "fr" if language == "en" else "en")
    same = {key for key, said in data["words"].items() if said == other["words"][key]}
    assert not same
    assert data["names"]["cause"]["not retrieved"] == words(language)("report-cause-not-retrieved")


def test_numbers_above_a_thousand_have_thin_blanks() -> None:
    one = comparison()
    asked = tuple(replace(one.questions[place % 60], question_id=f"q{place}", outputs=()) for place in range(1200))
    text = Page(html_page(replace(one, questions=asked))).text
    assert "of the 1\u202f200 questions" in text
    assert "(1\u202f200)" in text
    assert "1,200" not in text


def test_no_english_sentence_is_left_in_the_french_page() -> None:
    """Every message of the page's own files that differs between the languages appears in French alone."""
    french = Page(html_page(comparison(), "fr")).text
    english, own = words("en"), words("fr")
    for key in ("html-sure", "html-questions", "html-filter-search", "html-filter-reset", "html-more", "charts-metrics-note"):
        assert english(key) != own(key)
        assert english(key) not in french
    for key in ("html-sure", "html-questions", "html-filter-search", "charts-risk-note"):
        assert own(key) in french


def test_hostile_text_stays_text_everywhere() -> None:
    source = html_page(poisoned())
    page = Page(source)
    assert page.tags.count("script") == 2
    assert not {"img", "iframe"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert "\x1b" not in source
    assert "\u202e" not in source  # cannot turn the text around it
    assert "{{ 7*7 }}" in page.text  # no template of ours reads it
    data = data_of(source)
    assert data["questions"][0]["text"].startswith("</script><script>alert(1)</script><!--")


@given(st.recursive(st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_embedded_json_is_the_same_data_and_cannot_end_its_element(value: Any) -> None:
    text = embedded({"value": value})
    assert json.loads(text) == {"value": value}
    assert not set(text) & set("<>&\u2028\u2029")


def test_a_comparison_without_scores_or_questions_is_still_a_page() -> None:
    one = comparison(0)
    failed = tuple(replace(result, metrics={}, causes={}, flow=(), errors=60) for result in one.systems)
    empty = replace(one, systems=failed, contrasts=(), slices=(), explorations=(), risk_coverage=(), support={}, training=())
    page = Page(html_page(replace(empty, decision=replace(one.decision, support={}))))
    assert "figure" not in page.tags
    assert "form" not in page.tags
    assert "smollm2-135m-instruct" in page.text


def test_a_thousand_questions_of_six_systems_fit_in_a_mail() -> None:
    one = comparison()
    outputs = tuple(replace(output, system=name) for name in (*SYSTEMS, "imported") for output in one.questions[0].outputs[2:3])
    long = tuple(replace(output, text=f"{output.text} " * 20) for output in outputs)  # about 45 words each
    asked = tuple(replace(one.questions[place % 60], question_id=f"q{place}", outputs=long) for place in range(1000))
    systems = (*one.systems, replace(one.systems[2], system="imported"))
    source = html_page(replace(one, questions=asked, systems=systems))
    assert len(data_of(source)["questions"]) == 1000
    assert len(source.encode()) < 5_000_000
    assert Page(source).tags.count("tr") < 500  # rows are drawn when they are looked at
