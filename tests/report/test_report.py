"""The report through its public door: all three renderers, hostile input, and numbers equal to the Comparison's."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from chatbot import citations
from eval.model import Comparison, Contrast, Estimate
from eval.report import render, terminal
from eval.report.charts import primary_chart
from eval.report.examples_view import pieces
from eval.report.figures import interval_bar
from eval.report.tables import verdict_words
from foundation.errors import DataError, UnknownNameError
from retrieval.model import Chunk, Hit
from tests.report.pages import Page
from tests.report.sample import SYSTEMS, comparison, example

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> | `x` [a](http://evil.example) \x1b[31mred"


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render(comparison(), "html"))


def printed(of: Comparison, width: int = 120) -> str:
    stream = io.StringIO()
    terminal(of, Console(file=stream, width=width, force_terminal=False))
    return stream.getvalue()


def hostile() -> Comparison:
    poisoned = replace(example(0, HOSTILE), text=HOSTILE, answers=(HOSTILE,), question_id=HOSTILE)
    one = comparison(0)
    return replace(
        one,
        examples=(poisoned,),
        headline=(HOSTILE,),
        warnings=(HOSTILE,),
        scope={**one.scope, "model": HOSTILE},
        systems=tuple(replace(result, system=f"{result.system}{HOSTILE}") for result in one.systems),
        provenance={HOSTILE: {HOSTILE: HOSTILE}},
    )


def test_the_first_thing_read_is_the_verdict_then_its_scope(page: Page) -> None:
    verdict = comparison().headline[0]
    assert page.headings[0] == verdict
    places = [page.text.index(word) for word in (verdict, "smollm2-135m-instruct", "One training seed", "Scores", "Contrasts", "Examples")]
    assert places == sorted(places)


def test_scores_equal_the_comparison_and_the_primary_metric_comes_first(page: Page) -> None:
    head, *rows = page.tables["Scores"]
    assert head == ["system", "correct primary", "contained", "token_f1", "rouge_l"]
    # By hand from sample.py: 0.4167 ± 0.12 on the scale of 100; 0.4167 × 1.05, × 0.8, × 0.77.
    assert rows[2] == ["rag", "41.729.7–53.7", "43.831.8–55.8", "33.321.3–45.3", "32.120.1–44.1"]
    assert [row[0] for row in rows] == list(SYSTEMS)


def test_every_contrast_appears_with_its_figures_and_a_verdict_in_words(page: Page) -> None:
    rows = {row[0]: row[1:] for row in page.tables["Contrasts"][1:]}
    assert rows["rag − base"] == [
        "+38.3+25.3 to +51.3",
        "0.0001",
        "0.0005",
        "27 / 29 / 4",
        "controlled",
        "rag is better, by more than the margin",
    ]
    assert rows["rag − finetuned"][4:] == ["bundled", "no difference shown"]
    assert rows["finetuned − rag+finetuned"][0].startswith("−36.7")
    assert len(rows) == len(comparison().contrasts)


def test_exposures_kinds_retrieval_and_behaviour_have_tables_of_their_own(page: Page) -> None:
    assert page.tables["By exposure to training"][0] == ["system", "paraphrase (40)", "unseen (20)"]
    assert page.tables["By kind of question"][0] == ["system", "fact (54)", "unanswerable (6)"]
    assert page.tables["Retrieval"][1] == ["recall@2", "95.090.0–100.0", "60"]
    behaviour = {row[0]: row[1:] for row in page.tables["Behaviour and cost"]}
    assert behaviour["answers with wrong citation numbers"] == ["0", "0", "2", "0", "2"]
    assert behaviour["errors"] == ["0", "0", "0", "1", "0"]
    assert behaviour["latency, median"][0] == "1.87 s"


def test_examples_stand_side_by_side_and_are_marked_in_words(page: Page) -> None:
    assert page.text.count("2 of 4 correct") == 20
    for word in ("✗ incorrect", "○ abstained", "✓ correct", "! error", "Gold answer: 14 days / two weeks"):
        assert page.text.count(word) >= 20
    assert page.text.count("2 passages shown to rag, rag+finetuned") == 20
    assert page.tags.count("del") == 20  # [3] in sample.py points to no passage


def test_the_page_is_self_contained_and_accessible(page: Page) -> None:
    loads = [value for _, name, value in page.attributes if name in {"src", "href", "xlink:href", "srcset", "action", "data"}]
    assert loads == []
    assert not {"script", "link", "iframe", "object", "img"} & set(page.tags)
    source = render(comparison(), "html")
    assert not re.search(r"url\(|@import", source)
    assert ("html", "lang", "en") in page.attributes
    assert any(tag == "figure" and name == "aria-label" and "rag 41.7 (29.7–53.7)" in value for tag, name, value in page.attributes)
    assert page.tags.count("svg") == 2  # wide and narrow; CSS shows one
    assert {"main", "header", "figcaption", "details", "summary"} <= set(page.tags)
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    labelled = [value for _, name, value in page.attributes if name == "aria-labelledby"]
    assert labelled
    assert set(labelled) <= set(ids)


def test_hostile_text_stays_text_in_html() -> None:
    source = render(hostile(), "html")
    page = Page(source)
    assert not {"script", "img", "a"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert "<script>alert(1)</script>" in page.text
    assert "\x1b" not in source


def test_hostile_text_stays_text_in_markdown() -> None:
    """markdown-it, an independent CommonMark reader that lets raw HTML through, finds no markup of the attacker's."""
    text = render(hostile(), "markdown")
    assert "\x1b" not in text
    page = Page(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    assert not {"script", "img", "a"} & set(page.tags)
    assert "<script>alert(1)</script>" in page.text
    rows = page.tables["Scores"]
    assert {len(row) for row in rows} == {5}
    assert rows[1][0] == f"base{HOSTILE}".replace("\x1b", "\ufffd")


def test_hostile_text_cannot_steer_the_terminal() -> None:
    shown = printed(hostile())
    assert "\x1b" not in shown
    assert "<script>" in shown


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_terminal_report_fits_and_names_every_system(width: int) -> None:
    shown = printed(comparison(), width)
    assert max(len(line) for line in shown.splitlines()) <= width
    assert all(system in shown for system in SYSTEMS)
    assert "17 more examples" in shown


def test_one_wording_of_each_number_in_all_renderers(page: Page) -> None:
    markdown, shown = render(comparison(), "markdown"), printed(comparison())
    for result in comparison().systems:
        for estimate in result.metrics.values():
            figure = f"{100 * estimate.value:.1f}"
            assert all(figure in text for text in (page.text, markdown, shown))
    for said in (*comparison().warnings, "rag is better, by more than the margin"):
        assert all(said.split()[-1] in text for text in (page.text, markdown, shown))


def test_definitions_and_provenance_are_there(page: Page) -> None:
    markdown = render(comparison(), "markdown")
    for text in (page.text, markdown.replace("\\", "")):
        for said in ("fedcba9876543210", "adapters.main", "2.13.0", "longest common subsequence", "Rajpurkar et al. 2016", "batch_plan"):
            assert said in text


def test_an_unmeasured_figure_is_a_dash_and_never_a_number() -> None:
    one = comparison(0)
    bare = [replace(result, throughput={}, latency={}, metrics={"correct": result.metrics["correct"]}) for result in one.systems]
    tables = Page(render(replace(one, systems=tuple(bare), retrieval={}, contrasts=()), "html")).tables
    assert tables["Scores"][1][2:] == ["–", "–", "–"]
    behaviour = {row[0]: row[1:] for row in tables["Behaviour and cost"]}
    assert behaviour["tokens per second"] == ["–"] * 5
    assert "latency, median" not in behaviour
    assert not {"Contrasts", "Retrieval", "Examples"} & set(tables)


def test_a_comparison_without_any_score_still_renders() -> None:
    one = comparison(0)
    failed = tuple(replace(result, metrics={}, by_exposure={}, by_kind={}, errors=60) for result in one.systems)
    empty = replace(one, systems=failed, contrasts=(), retrieval={}, headline=())
    for text in (render(empty, "html"), render(empty, "markdown"), printed(empty)):
        assert "Nothing may be concluded" in text
        assert "rag+finetuned" in text


def test_an_unknown_format_offers_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'markdown'"):
        render(comparison(0), "markdwn")


def test_without_a_declared_primary_metric_there_is_no_report() -> None:
    with pytest.raises(DataError, match="declares no primary metric"):
        render(replace(comparison(0), plan={}), "markdown")


@pytest.mark.parametrize(
    ("verdict", "low", "high", "words"),
    [
        ("better", 0.06, 0.2, "a is better, by more than the margin"),
        ("better", 0.01, 0.2, "a is better, perhaps by less than the margin"),
        ("worse", -0.2, -0.06, "a is worse, by more than the margin"),
        ("worse", -0.2, -0.01, "a is worse, perhaps by less than the margin"),
        ("not shown", -0.02, 0.04, "no difference shown"),
        ("not shown", -0.02, 0.2, "no difference shown"),
    ],
)
def test_the_words_of_a_verdict_heed_the_margin(verdict: str, low: float, high: float, words: str) -> None:
    gap = Estimate((low + high) / 2, low, high, 60, 60)
    assert verdict_words(Contrast("a", "b", "controlled", gap, 0.01, 0.02, 1, 1, 1, verdict), 0.05) == words  # type: ignore[arg-type]


def test_the_chart_starts_at_zero_and_has_a_panel_per_exposure() -> None:
    chart = primary_chart(comparison()).to_dict()
    rows = chart["data"]["values"]
    assert list(dict.fromkeys(row["group"] for row in rows)) == ["all questions (60)", "paraphrase (40)", "unseen (20)"]
    assert [row["value"] for row in rows[:5]] == pytest.approx([3.33, 6.67, 41.67, 35.0, 71.67])  # sample.py × 100
    assert chart["spec"]["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 100]


@given(st.text(alphabet="[]0123456789,; aé", max_size=40), st.integers(0, 4))
def test_citation_marks_are_those_that_the_chatbot_reads(text: str, passages: int) -> None:
    found = pieces(text, passages)
    assert "".join(piece.text for piece in found) == text
    hits = [Hit(Chunk(str(number), "d", "r", 0, 1, "x"), 1.0, number) for number in range(1, passages + 1)]
    right, wrong = citations.parse(text, hits)
    assert {piece.citation for piece in found if piece.citation is not None and piece.known} == {citation.number for citation in right}
    assert {piece.citation for piece in found if piece.citation is not None and not piece.known} == set(wrong)


@given(st.floats(-1, 2), st.floats(-1, 2), st.floats(-1, 2), st.integers(2, 60))
def test_a_text_bar_is_always_as_wide_as_asked_and_shows_its_value(low: float, value: float, high: float, width: int) -> None:
    low, value, high = sorted((low, value, high))
    bar = interval_bar(low, value, high, width)
    assert len(bar) == width
    assert bar.count("╂") == 1
