"""The report through its public door: what it says, in which order, in two languages; hostile input; numbers equal in all formats."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from chatbot import citations
from eval.attribution import STAGES
from eval.comparison import Cause, Comparison, Contrast, Decision, Equivalence, MarginCase, Said, Verdict
from eval.metrics.catalogue import METRICS
from eval.model import Estimate
from eval.report import FORMATS, charts, render, terminal
from eval.report.bearing import MOST, first_page
from eval.report.examples_view import pieces
from eval.report.figures import interval_bar
from eval.report.parts import Table
from eval.report.report_figures import figures
from eval.report.tables.contrasts import verdict_words
from eval.report.view import View, build_view
from eval.stats.effects import EFFECTS
from eval.stats.intervals import METHODS
from eval.wording import slug, words
from eval.wording.bundle import every_key
from foundation.errors import DataError, UnknownNameError
from retrieval.model import Chunk, Hit
from studies.reporting import file_name
from tests.report.pages import Page
from tests.report.sample import CONTEXTS, SYSTEMS, comparison

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> | `x` [a](http://evil.example) \x1b[31mred \u202egnorw"
SAFE = HOSTILE.replace("\x1b", "\ufffd").replace("\u202e", "\ufffd")
LANGUAGES = ("en", "fr")
# Share of the resamples, how many there were, and how sure that is.
LEADS = (
    (1.0, 10_000, ">\u00a099.9\u00a0%", ">\u00a099,9\u202f%"),
    (0.9996, 10_000, ">\u00a099.9\u00a0%", ">\u00a099,9\u202f%"),
    (0.0, 10_000, "<\u00a00.1\u00a0%", "<\u00a00,1\u202f%"),
    (1.0, 200, ">\u00a099.5\u00a0%", ">\u00a099,5\u202f%"),  # one in 200 is the least that 200 can tell
)


def page(of: Comparison, language: str = "en", format: str = "markdown") -> Page:
    """Return a report as a browser would show it; Markdown by markdown-it, an independent reader that lets raw HTML through."""
    text = render(of, format, language)
    assert isinstance(text, str)
    return Page(MarkdownIt("commonmark", {"html": True}).enable("table").render(text) if format == "markdown" else text)


@cache
def shown(language: str, format: str = "markdown") -> Page:
    """Return a report on the sample, made once: charts take seconds."""
    return page(comparison(), language, format)


def printed(of: Comparison, width: int = 120, language: str = "en") -> str:
    stream = io.StringIO()
    terminal(of, Console(file=stream, width=width, force_terminal=False), language)
    return stream.getvalue()


def table(id: str, of: Comparison | None = None, language: str = "en") -> Table | None:
    sections = build_view(of or comparison(), language).sections
    return next((one for section in sections for one in section.tables if one.id == id), None)


def cells(id: str, of: Comparison | None = None, language: str = "en") -> dict[str, list[str]]:
    """Return row header → the other cells of a table, with what qualifies them in brackets."""
    found = table(id, of, language)
    assert found is not None
    return {row[0].text: [f"{cell.text} ({cell.detail})" if cell.detail else cell.text for cell in row[1:]] for row in found.rows}


@pytest.fixture(scope="module")
def one() -> Comparison:
    return comparison()


def hostile() -> Comparison:
    whole = comparison()
    poisoned = tuple(
        replace(
            row,
            text=HOSTILE,
            answers=(HOSTILE,),
            question_id=HOSTILE,
            kind=HOSTILE,
            tags=(HOSTILE,),
            outputs=tuple(replace(output, system=f"{output.system}{HOSTILE}", text=HOSTILE, cause=HOSTILE) for output in row.outputs),
        )
        for row in whole.questions[:3]
    )
    return replace(
        whole,
        run_id=HOSTILE,
        questions=poisoned,
        decision=replace(whole.decision, headline=Said("decision-unscored", {"metric": HOSTILE})),
        warnings=(Said("cautions-untaught", {"adapter": HOSTILE}),),
        scope={**whole.scope, "model": HOSTILE},
        systems=tuple(replace(result, system=f"{result.system}{HOSTILE}", causes={HOSTILE: 3}) for result in whole.systems),
        slices=tuple(
            replace(part, name=HOSTILE, scores={f"{name}{HOSTILE}": value for name, value in part.scores.items()}) for part in whole.slices
        ),
        passages={key: replace(passage, title=HOSTILE, text=HOSTILE) for key, passage in whole.passages.items()},
        provenance={HOSTILE: {HOSTILE: HOSTILE}},
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_executives_read_the_verdict_what_it_stands_on_what_would_settle_it_its_scope_and_cautions_first(
    one: Comparison, language: str
) -> None:
    view = build_view(one, language)
    text = shown(language).text
    first = (view.verdict, view.stands_on.title, view.stands_on.items[0], view.settle.items[0], view.scope.title, view.care.items[0])
    places = [text.index(words) for words in (*first, view.sections[0].title, view.examples.title, view.definitions.title)]
    assert places == sorted(places)


def test_at_most_six_sentences_stand_on_the_first_page(one: Comparison) -> None:
    first, rest = first_page(one.decision)
    assert len(first) == MOST == 6
    assert sorted(map(str, (*first, *rest))) == sorted(map(str, one.decision.sentences))
    # the sentences about the winner and its rivals, not those on base and few-shot
    assert {said.key for said in first} >= {"decision-scope", "decision-better", "decision-level"}
    assert all("base" not in said.values.values() for said in first)


@pytest.mark.parametrize("format", ["markdown", "html", "pdf", "terminal"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_decision_stands_in_every_format(one: Comparison, format: str, language: str) -> None:
    view = build_view(one, language)
    assert view.findings.items  # of the sample, more than the first page takes
    if format == "pdf":
        pypdfium2 = pytest.importorskip("pypdfium2", reason="the reader of PDF files is not installed")
        text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(render(one, "pdf", language)))
    else:
        text = printed(one, 80, language) if format == "terminal" else shown(language, format).text

    def bare(said: str) -> str:  # lines are broken, words at their ends divided, and the headline has a frame
        return re.sub(r"[\s\ufffe\u00ad\u2010│-]+", "", said)

    for said in (view.verdict, view.findings.title, *view.stands_on.items, *view.findings.items, *view.settle.items):
        assert bare(said) in bare(text), said


def test_the_main_and_the_other_sentences_are_apart_in_the_html_page(one: Comparison) -> None:
    view, text = build_view(one), shown("en", "html").text
    places = [
        text.rindex(said) for said in (view.stands_on.items[-1], view.appendix, view.findings.items[0], view.sections[0].tables[0].title)
    ]
    assert places == sorted(places)


def test_marks_are_by_correct_and_every_page_says_so(one: Comparison) -> None:
    """Under another primary metric too: token F1 of a wrong answer is 0.2 in the sample, and no answer is partly right."""
    other = replace(one, plan={**one.plan, "primary": "token_f1"})
    for language, said in (("en", "by the metric “correct”"), ("fr", "suivent la métrique «\u202fcorrect\u202f»")):
        assert said in build_view(other, language).examples.marks
        assert said in words(language)("html-questions-note")
        assert said in page(other, language).text
    assert {output.mark for row in build_view(other).examples.items for output in row.outputs} <= set("✓✗○·!")


def test_scores_have_their_interval_and_a_mark_where_it_was_made_in_another_way() -> None:
    found = table("scores")
    assert found is not None
    assert [column.title for column in found.columns] == ["system", "correct", "contains gold", "token F1", "ROUGE-L"]
    assert [column.primary for column in found.columns] == [False, True, False, False, False]
    # By hand from sample.py: 2, 4, 25, 20 (of 59) and 43 right of 60, ± 12 points.
    assert {name: row[0] for name, row in cells("scores").items()} == {
        "base": "3.3 (0.0–15.3 †)",
        "few-shot": "6.7 (0.0–18.7)",
        "rag": "41.7 (29.7–53.7)",
        "finetuned": "33.9 (21.9–45.9)",
        "rag+finetuned": "71.7 (59.7–83.7)",
    }
    assert "† marks another interval: Wilson’s score interval." in found.note
    assert "59–60 scored questions on 40 facts" in found.note


def test_every_contrast_has_its_figures_and_a_verdict_in_words(one: Comparison) -> None:
    rows = cells("contrasts")
    assert len(rows) == len(one.contrasts)
    # 25 right of 60 less 2 of 60, ± 13; equivalence ± 10.9; Holm 5 × 0.0001
    assert rows["rag − base"] == [
        "+38.3 (+25.3 to +51.3)",
        "0.0001",
        "0.0005",
        "23 / 37 / 0",
        "+27.4 to +49.2 (not shown, p = 1.000)",
        "rag is better, by more than the margin",
    ]
    assert rows["rag − finetuned"][-1] == "no difference shown"
    assert rows["rag − finetuned"][3] == "16 / 31 / 12 (1 left out)"  # finetuned failed on one question
    assert rows["finetuned − rag+finetuned"][0] == "−37.3 (−50.3 to −24.3)"
    assert cells("contrasts-detail")["rag − base"] == ["controlled (context)", "6.6", "0.69", "0.77", "–", "0.0002", "18.6", "830"]


def test_small_slices_are_counts_without_an_interval() -> None:
    rows = cells("by-kind")
    assert rows["rag"] == ["39.6 (24.6–54.6)", "3 of 6 (few)", "3 of 6 (few)"]
    assert rows["finetuned"][0].endswith(", on 47)")  # of 48: one failed
    assert "list (6 questions, 4 facts)" in [column.title for column in table("by-kind").columns]  # type: ignore[union-attr]


def test_a_slice_at_the_floor_is_marked(one: Comparison) -> None:
    marked = replace(one, slices=tuple(replace(part, edge="floor") if part.name == "list" else part for part in one.slices))
    assert "list (6 questions, 4 facts, floor)" in [column.title for column in table("by-kind", marked).columns]  # type: ignore[union-attr]


def test_exposures_stand_in_the_order_of_how_close_they_are_to_training(one: Comparison) -> None:
    verbatim = replace(next(part for part in one.slices if part.by == "exposure"), name="verbatim")
    found = table("by-exposure", replace(one, slices=(*one.slices, verbatim)))
    assert found is not None
    assert [column.title.partition(" (")[0] for column in found.columns[1:]] == ["word for word", "reworded", "never seen"]


def test_what_goes_against_the_primary_metric_is_said() -> None:
    """ROUGE-L favours finetuned by 9.1 points, `correct` leans to rag; the slice and the metrics that agree are not listed."""
    rows = cells("against")
    assert rows == {
        "rag − finetuned": [
            "ROUGE-L",
            "all questions",
            "−9.1 (−17.1 to −1.1)",
            "0.0004",
            "0.0031",
            "favours finetuned; “correct” leans to rag, not shown",
        ]
    }


def test_only_explorations_below_the_false_discovery_rate_are_shown_strongest_first(one: Comparison) -> None:
    found = table("explorations")
    assert found is not None
    strongest = [row[-1].value for row in found.rows]
    assert strongest == sorted(q for q in (made.q_value for made in one.explorations) if q < 0.05)
    assert "Of 7 differences on other metrics and in slices, 4 stay" in found.note


def test_causes_add_up_to_the_questions() -> None:
    rows = cells("causes")
    for place, system in enumerate(SYSTEMS):
        assert sum(int(row[place].split(" ")[0]) for row in rows.values()) == 60, system
    assert rows["correct"] == ["2 (3\u00a0%)", "4 (7\u00a0%)", "25 (42\u00a0%)", "20 (33\u00a0%)", "43 (72\u00a0%)"]


def test_what_has_no_score_is_counted_with_its_reason_and_never_shown_as_zero() -> None:
    rows = cells("unscored")
    assert rows["correct, token F1, answer tokens"] == ["–", "–", "–", "1 failed", "–"]
    assert rows["contains gold, ROUGE-L"] == ["6 not applicable"] * 3 + ["1 failed, 6 not applicable", "6 not applicable"]
    assert rows["recall@k, MRR, groundedness"][0] == "60 not applicable"
    assert set(cells("retrieval")) == {name for name in SYSTEMS if CONTEXTS[name] == "retrieval"}


def test_a_system_without_any_score_is_a_dash(one: Comparison) -> None:
    failed = tuple(replace(result, metrics={}) if result.system == "base" else result for result in one.systems)
    assert cells("scores", replace(one, systems=failed))["base"] == ["–"] * 4


def test_risk_over_coverage_is_held_against_chance() -> None:
    # sample.py: area 0.36 against 35 wrong of 60; risk at half coverage 35/60 × (0.3 + 0.7 × 0.5)
    assert cells("risk")["rag"] == ["score of the best passage", "36.0", "58.3", "−22.3", "37.9"]


def test_the_decision_at_other_margins_marks_the_declared_one(one: Comparison) -> None:
    cases = (
        MarginCase(0.0, "both", "rag+finetuned"),
        MarginCase(0.17, "not enough evidence", None),
        MarginCase(0.43, "equivalent", "base"),
    )
    changed = replace(one, decision=replace(one.decision, margins=cases, margin=0.2))
    assert cells("margins", changed) == {
        "from 0.0 to 17.0": ["RAG + fine-tuning", "rag+finetuned", ""],
        "from 17.0 to 43.0": ["Not enough evidence", "–", "declared"],
        "from 43.0": ["Equivalent", "base", ""],
    }


def test_behaviour_says_what_was_not_measured_and_where_an_imported_file_is_silent(one: Comparison) -> None:
    rag = replace(one.systems[2], imported="answers.csv", missing=8, citations={}, throughput={}, latency={})
    rows = cells("behaviour", replace(one, systems=(*one.systems[:2], rag, *one.systems[3:])))
    assert rows["questions answered"] == ["60", "60", "52", "59", "60"]
    assert rows["answers with citations"] == ["–", "–", "n/a", "–", "54"]
    assert rows["tokens per second"][2] == "n/a"
    assert rows["latency, median"][0] == "1.87 s"
    assert rows["answer tokens"][1] == "5.0 (2.5–7.5)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_empty_is_not_shown(one: Comparison, language: str) -> None:
    bare = replace(
        one, contrasts=(), explorations=(), slices=(), tongues=(), risk_coverage=(), support={}, questions=(), passages={}, warnings=()
    )
    bare = replace(bare, training=(), systems=tuple(replace(r, seeds={}, causes={}, statuses={}) for r in bare.systems))
    bare = replace(bare, decision=replace(bare.decision, sentences=(), settle=(), margins=()))
    assert [section.id for section in build_view(bare, language).sections] == ["scores", "retrieval", "behaviour"]
    say = words(language)
    text = page(bare, language)
    for key in ("section-contrasts", "section-slices", "section-risk", "examples", "care", "settle"):
        assert say(f"report-{key}") not in text.headings
        assert f"{say(f'report-{key}')}\n" not in text.text
    assert one.systems[0].system in printed(bare, 80, language)


def test_one_slice_of_all_questions_is_no_table_but_one_tag_is(one: Comparison) -> None:
    whole = replace(one.slices[0], by="language", name="en", questions=60)
    tag = replace(one.slices[0], by="tag", name="safety", questions=12)
    thin = replace(one, slices=(whole, tag))
    assert table("by-language", thin) is None
    assert table("by-tag", thin) is not None


def test_a_question_without_a_score_makes_no_slice_of_the_others(one: Comparison) -> None:
    """One of 60 questions is scored for nobody: the one slice of a kind then holds all 59 that are, and says nothing new."""
    scored = {"correct": Estimate(0.5, 0.4, 0.6, 59, 40)}
    systems = tuple(replace(result, metrics={**result.metrics, **scored}) for result in one.systems)
    whole = tuple(replace(one.slices[0], by=by, name="en", questions=59) for by in ("exposure", "kind", "language", "length"))
    thin = replace(one, systems=systems, slices=whole)
    assert [table(f"by-{part.by}", thin) for part in whole] == [None] * 4
    assert not [name for name in figures(thin) if name.startswith("by-")]
    assert table("by-tag", replace(thin, slices=(replace(whole[0], by="tag", questions=58),))) is not None


def test_causes_have_one_order_everywhere_and_each_says_what_it_means(one: Comparison) -> None:
    order = list(get_args(Cause))
    full = replace(one, systems=tuple(replace(result, causes=dict.fromkeys(reversed(order), 1)) for result in one.systems))
    found = table("causes", full)
    assert found is not None
    assert [row[0].text for row in found.rows] == [words("en")(f"report-cause-{slug(cause)}") for cause in order]
    assert [row[0].help for row in found.rows] == [words("en")(f"attribution-means-{slug(cause)}") for cause in order]
    assert [row["cause"] for row in charts.causes_rows(full) if row["system"] == "rag"] == order
    assert list(STAGES[-1]) == [f"flow-{slug(cause)}" for cause in order]
    for language in LANGUAGES:
        titles = {value for _, name, value in shown(language, "html").attributes if name == "title"}
        assert words(language)("attribution-means-hallucinated") in titles


@pytest.mark.parametrize(("share", "resamples", "en", "fr"), LEADS)
def test_what_all_resamples_say_is_no_certainty(one: Comparison, share: float, resamples: int, en: str, fr: str) -> None:
    sure = replace(
        one,
        plan={**one.plan, "resamples": resamples},
        support={"rag": share},
        decision=replace(one.decision, support={"rag": share}),
    )
    assert cells("support", sure)["rag"] == [en]
    for language, said in (("en", en), ("fr", fr)):
        made = page(sure, language, "html").text
        assert f" {said}" in made[made.index(words(language)("html-sure")) :][:200]


@pytest.mark.parametrize("format", ["markdown", "html", "terminal"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_of_a_message_is_left_in_a_page(one: Comparison, format: str, language: str) -> None:
    text = printed(one, 200, language) if format == "terminal" else shown(language, format).text
    keys = {key for key in every_key()[language] if key.count("-") > 1 or key.startswith("report-")}
    assert len(keys) > 200
    assert not {key for key in keys if re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", text)}


def _said(view: View) -> set[str]:
    """Return all headings, columns and notes of a view: what is never foreign text."""
    tables = [one for section in view.sections for one in section.tables]
    blocks = (view.stands_on, view.findings, view.settle, view.care, view.scope, view.examples, view.definitions)
    found = {block.title for block in blocks} | {section.title for section in view.sections} | {view.title, view.appendix, view.badge}
    found |= {one.title for one in tables} | {one.note for one in tables}
    return found | {column.title for one in tables for column in one.columns if column.title not in SYSTEMS}


def test_nothing_that_the_report_says_itself_is_english_in_french(one: Comparison) -> None:
    alike = {"", "p", "p (Holm)", "q", "area", "correct", "ROUGE-L", "MRR", "cause", "causes", "Causes", "questions", "signal"}
    alike |= {"verdict", "main", "qa-only"}  # the same word, and names of adapters
    assert (_said(build_view(one, "en")) & _said(build_view(one, "fr"))) - alike == set()
    english = {"the", "of", "with", "and", "not", "answers", "is", "which", "by"}
    for text in _said(build_view(one, "fr")):
        assert not english & set(re.findall(r"[a-zé’]+", text.lower())), text


@pytest.mark.parametrize("format", ["markdown", "html"])
def test_figures_in_french_have_a_decimal_comma_and_spaced_per_cents(one: Comparison, format: str) -> None:
    figures = [cell for rows in shown("fr", format).tables.values() for row in rows for cell in row]
    assert any("41,7" in cell for cell in figures)
    assert [cell for cell in figures if re.search(r"\d\.\d", cell)] == []
    assert [cell for cell in figures if re.search(r"[\d\s]%", cell.replace("\u202f%", ""))] == []
    assert "59,7–83,7" in printed(one, 120, "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_equal_in_markdown_html_and_terminal(one: Comparison, language: str) -> None:
    """Every figure of every table of the view-model stands in each of the pages that people read; the terminal leaves three tables out."""
    texts = {format: shown(language, format).text for format in ("markdown", "html")}
    texts["terminal"] = printed(one, 200, language)
    absent = {"contrasts-detail", "explorations", "by-length"}
    broken = {"training-verdicts", "training-alarms"}  # running text, which a terminal breaks into lines
    for section in build_view(one, language).sections:
        for made in section.tables:
            for cell in (cell for row in made.rows for cell in row):
                for format, text in texts.items():
                    if format != "terminal" or made.id not in absent | broken:
                        assert cell.text in text, (made.id, format)
                        assert cell.detail in text, (made.id, format)


def test_examples_are_spread_evenly_and_show_marks_causes_and_passages_once(one: Comparison) -> None:
    view = build_view(one)
    assert [example.question_id for example in view.examples.items] == [f"q{place:03d}" for place in range(0, 60, 3)]
    example = next(example for example in view.examples.items if example.question_id == "q021")
    marks = {output.system: (output.mark, output.word, output.cause) for output in example.outputs}
    assert marks["base"] == ("✗", "incorrect", "hallucinated")
    assert [group.said for group in example.passages] == ["4 passages shown to rag and rag+finetuned"]
    assert [piece.known for piece in example.outputs[2].pieces if piece.citation] == [True, False]  # sample.py: [1] and [9] of 4
    assert build_view(replace(one, plan={**one.plan, "examples": 0})).examples.items == ()


def test_the_words_of_an_answer_that_failed_abstained_or_is_missing(one: Comparison) -> None:
    row = one.questions[0]
    base = row.outputs[0]
    changed = (
        replace(base, error="out of memory", correct=None),
        replace(base, text="", correct=None, missing=True),
        replace(base, text="", correct=None),
        replace(base, abstained=True, correct=0.0),
        replace(base, abstained=True, correct=1.0),
    )
    view = build_view(replace(one, questions=(replace(row, outputs=changed, answers=()),)))
    example = view.examples.items[0]
    assert [(output.mark, output.word) for output in example.outputs] == [
        ("!", "error"),
        ("·", "no answer"),
        ("·", "unscored"),
        ("○", "abstained"),
        ("✓", "correct, abstained"),
    ]
    assert ["".join(piece.text for piece in output.pieces) for output in example.outputs[:3]] == [
        "out of memory",
        "(no answer)",
        "(empty answer)",
    ]
    assert example.gold_words.startswith("No gold answer")


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_text_stays_text_in_markdown(language: str) -> None:
    text = render(hostile(), "markdown", language)
    assert isinstance(text, str)
    assert not {"\x1b", "\u202e"} & set(text)
    made = page(hostile(), language)
    assert not {"script", "img", "a"} & set(made.tags)
    assert made.tags.count("code") == 1  # the text chart
    assert SAFE in made.text
    rows = made.tables[words(language)("report-table-scores")]
    assert {len(row) for row in rows} == {5}
    assert rows[1][0] == f"base{SAFE}"
    outside = "\n".join(line for line in text.splitlines() if not line.startswith("    "))  # of the text chart, which is code
    assert "http://evil.example" not in outside  # GitHub would make a link of it


def test_hostile_text_stays_text_in_html() -> None:
    source = render(hostile(), "html")
    assert isinstance(source, str)
    made = Page(source)
    assert "img" not in made.tags
    assert not [name for _, name, _ in made.attributes if name.startswith("on")]
    assert "\x1b" not in source
    assert SAFE in made.text


def test_an_unknown_format_or_language_offers_the_known_ones(one: Comparison) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'markdown'"):
        render(one, "markdwn")
    with pytest.raises(UnknownNameError, match="Known: en, fr"):
        render(one, "markdown", "de")
    assert {"markdown", "html", "pdf", "csv", "questions-csv", "json"} <= set(FORMATS)
    assert all(FORMATS.entry(name).summary for name in FORMATS)


def test_without_a_declared_primary_metric_there_is_no_report(one: Comparison) -> None:
    with pytest.raises(DataError, match="declares no primary metric"):
        render(replace(one, plan={}), "markdown")


@pytest.mark.parametrize(
    ("verdict", "equivalent", "beyond", "said", "plain"),
    [
        ("better", False, True, "a is better, by more than the margin", "a is better"),
        ("better", False, False, "a is better, perhaps by less than the margin", "a is better"),
        ("better", True, False, "a is better, by less than the margin", "a is better"),
        ("worse", False, True, "a is worse, by more than the margin", "a is worse"),
        ("worse", False, False, "a is worse, perhaps by less than the margin", "a is worse"),
        ("not shown", True, False, "too small to matter", "no difference shown"),
        ("not shown", False, False, "no difference shown", "no difference shown"),
    ],
)
def test_the_words_of_a_verdict_are_those_of_its_tests_and_not_of_an_interval(
    verdict: str, equivalent: bool, beyond: bool, said: str, plain: str
) -> None:
    tested = Equivalence(-0.3, 0.3, 0.01, 0.02, shown=equivalent)
    contrast = Contrast(
        "a",
        "b",
        "controlled",
        Estimate(0.0, -0.3, 0.3, 60, 60),
        0.02,
        0.01,
        0.02,
        1,
        1,
        1,
        verdict,
        tested,
        beyond=beyond,  # type: ignore[arg-type]
    )
    assert verdict_words(contrast, 0.05, words("en")) == said
    assert verdict_words(contrast, 0.0, words("en")) == plain


def test_a_difference_that_failed_answers_hide_is_called_that() -> None:
    tested = Equivalence(-0.3, 0.3, 0.01, 0.02, shown=True)
    gap = Estimate(0.2, 0.1, 0.3, 60, 60)
    contrast = Contrast("a", "b", "controlled", gap, 0.02, 0.001, 0.002, 20, 30, 10, "not shown", tested, fragile=True)
    assert verdict_words(contrast, 0.05, words("en")) == "not shown: rests on leaving out failures"
    assert verdict_words(contrast, 0.0, words("fr")) == "non démontré\u202f: ne tient que sans les échecs"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_metric_of_the_catalogue_has_a_name_and_texts(language: str) -> None:
    say = words(language)
    lacking = [f"metric-{slug(name)}{end}" for name in METRICS for end in ("", "-summary", "-missing")]
    assert [key for key in lacking if key not in say] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_interval_method_effect_size_and_cause_has_a_name(language: str) -> None:
    names = {"method": METHODS, "effect": EFFECTS, "cause": get_args(Cause), "decision": get_args(Verdict)}
    say = words(language)
    assert [key for group, found in names.items() for name in found if (key := f"report-{group}-{slug(name)}") not in say] == []


def test_both_languages_have_the_same_messages_of_the_report() -> None:
    keys = {language: [key for key in found if key.startswith(("report-", "metric-"))] for language, found in every_key().items()}
    assert keys["en"] == keys["fr"]


def test_an_undecided_comparison_says_so_first() -> None:
    undecided = Decision("not enough evidence", None, ("rag",), "unscored", 0.05, Said("decision-unscored", {"metric": "correct"}))
    view = build_view(replace(comparison(), decision=undecided), "fr")
    assert (view.badge, view.decided) == ("Données insuffisantes", False)


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


def test_a_headline_that_names_a_loser_has_the_sentence_that_shows_it_on_the_first_page() -> None:
    levels = tuple(Said("decision-level", {"system": name}) for name in ("rag", "both", "a", "b", "c"))
    worse = tuple(Said("decision-better", {"a": a, "b": b}) for a, b in (("x", "base"), ("rag", "base"), ("rag", "z")))
    headline = Said("decision-undecided", {"among": ["rag", "both"], "out": ["base"], "beaten": 1})
    sentences = (Said("decision-scope"), *levels, Said("decision-open", {"a": "rag", "b": "both"}), *worse)
    first, _ = first_page(Decision("not enough evidence", None, ("rag", "both"), "open", 0.05, headline, sentences))
    assert worse[1] in first
    assert worse[0] not in first


def test_an_answer_that_goes_on_for_pages_is_cut_with_a_count_of_what_is_left_out(one: Comparison) -> None:
    row = one.questions[0]
    made = replace(one, questions=(replace(row, outputs=(replace(row.outputs[0], text="x" * 5000),)),))
    assert "… (3\u202f000 more characters)" in shown_of(render(made, "markdown"))
    assert "(4\u202f400 caractères omis)" in re.sub(r"\n", " ", printed(made, 80, "fr"))


def shown_of(page: str | bytes) -> str:
    return page if isinstance(page, str) else page.decode()


def test_machine_formats_have_one_file_for_all_languages() -> None:
    names = {format: file_name(format, "fr") for format in FORMATS}
    spoken = {format for format, name in names.items() if name.startswith("report.fr.")}
    assert spoken == {"markdown", "html", "pdf"}
    assert all(file_name(format, "en") == names[format] for format in set(names) - spoken)
