"""The small pieces that the view-model is made of: cells, tables, sections, marked answers. Formatted text, no markup."""

from __future__ import annotations

from dataclasses import dataclass, field

ABSENT = "–"


@dataclass(frozen=True)
class Cell:
    """One cell: what is said, and under it what qualifies it (an interval, a count)."""

    text: str
    detail: str = ""
    tone: str = ""  # "good", "bad" or "": never the only carrier of the meaning
    value: float | None = None  # the number behind the text, unrounded, to sort by
    help: str = ""  # what the text means, for those who ask


@dataclass(frozen=True)
class Column:
    """One column; numeric ones are aligned right."""

    title: str
    primary: bool = False
    numeric: bool = True
    help: str = ""


@dataclass(frozen=True)
class Table:
    """A titled table; an empty one is not shown. The first cell of a row is its header."""

    id: str  # the same in all languages
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Section:
    """A chapter of the appendix: tables on one matter. Without rows in any of them it is not shown."""

    id: str  # "scores", "contrasts", "slices", "why", "retrieval", "risk", "behaviour", "training", "unscored", "decision"
    title: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Sentences:
    """A heading and sentences under it; without sentences it is not shown."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Pairs:
    """A heading, and names with what they stand for."""

    title: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bar:
    """One line of the text chart: the primary metric of one system on one group of questions."""

    system: str
    group: str  # all questions, or an exposure, in words
    ends: tuple[float, float, float]  # low, mean and high as shares of the axis, which begins at 0
    value: str
    interval: str


@dataclass(frozen=True)
class Figure:
    """The chart of the primary metric, to be drawn in text."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Piece:
    """A piece of an answer: running text, or a citation number."""

    text: str
    citation: int | None = None
    known: bool = True  # the number points to a passage that was shown


@dataclass(frozen=True)
class OutputView:
    """One system's answer to one question."""

    system: str
    mark: str  # one sign: ✓ ✗ ○ · !
    word: str  # the same in words
    tone: str
    pieces: tuple[Piece, ...]
    cause: str = ""  # in words; empty for a correct answer
    why: str = ""  # the rule that gave the cause, as a sentence


@dataclass(frozen=True)
class PassageView:
    """One passage as it is shown."""

    title: str
    document_id: str
    text: str


@dataclass(frozen=True)
class PassageGroup:
    """Passages, numbered from 1 as the systems saw them, and who saw exactly these."""

    said: str  # "4 passages shown to rag and rag+finetuned"
    passages: tuple[PassageView, ...]


@dataclass(frozen=True)
class QuestionView:
    """One question with every system's answer."""

    question_id: str
    question: str
    language: str  # its code
    about: tuple[str, ...]  # its id, kind and exposure (labelled: some share a name), and its tags
    gold_words: str  # "Gold answer: 14 days / two weeks", or that the right answer is to abstain
    outputs: tuple[OutputView, ...]
    passages: tuple[PassageGroup, ...]
    tally: str  # "2 of 5 correct"


@dataclass(frozen=True)
class Examples:
    """Some of the questions, evenly spread over the run, none picked for what was answered."""

    title: str
    note: str
    marks: str  # what the signs before answers mean
    items: tuple[QuestionView, ...] = ()
    columns: tuple[str, str, str] = ("", "", "")  # headings: system, mark, answer


@dataclass(frozen=True)
class Definition:
    """What one metric means."""

    name: str  # as reports call it
    identifier: str  # as configuration, CSV and JSON call it
    primary: bool
    summary: str
    detail: str  # direction and range
    more: tuple[tuple[str, str], ...]  # label and text: what an answer that is empty or abstains scores, the source


@dataclass(frozen=True)
class Definitions:
    """What all metrics mean."""

    title: str
    primary: str  # the word that marks the primary one
    items: tuple[Definition, ...] = field(default=())


def turned(table: Table) -> Table:
    """Return a table with rows and columns exchanged, for narrow places; a primary column becomes a row marked *."""
    columns = (Column(table.columns[0].title, numeric=False), *(Column(row[0].text) for row in table.rows))
    rows = tuple(
        (Cell(f"{column.title} *" if column.primary else column.title), *(row[place] for row in table.rows))
        for place, column in enumerate(table.columns)
        if place
    )
    return Table(table.id, table.title, table.note, columns, rows if table.rows else ())
