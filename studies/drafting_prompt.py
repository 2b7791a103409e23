"""What a model is told when it drafts a question for an answer, and how its words are read.

The wording lives in `prompts/draft.<language>.yaml`, worked examples included: they do more
for a small model than any instruction. It is no template of `chatbot.prompts`: no system
answers with it, and another wording here invalidates no adapter and no run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from chatbot.model import Message
from foundation.errors import ConfigurationError
from foundation.files import read_text
from foundation.fingerprint import fingerprint
from foundation.jsonable import from_json
from knowledge_base.model import Document
from studies.answer_spans import AnswerSpan

PROMPTS = Path(__file__).parent / "prompts"
FALLBACK_LANGUAGE = "en"
_SHORT_UNIT = 3  # letters: nobody asks "how many m"
_LABEL = re.compile(r"^\W*(?:question|q)\s*\d*\s*[:：]\s*", re.IGNORECASE)
_ANSWER = re.compile(r"(?:^|(?<=\s))[*_«]*(?:answer|réponse)\s*[:：]\W*(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Example:
    """One worked example of a prompt."""

    statement: str
    answer: str
    begin: str
    question: str


@dataclass(frozen=True)
class DraftPrompt:
    """The wording in one language. `begin` maps a kind of answer to the words that a question for it begins with."""

    system: str
    user: str
    begin: dict[str, str]
    examples: tuple[Example, ...]

    @property
    def fingerprint(self) -> str:
        """Another wording, another fingerprint."""
        return fingerprint(self)

    def messages(self, statement: str, answer: str, kind: str) -> tuple[Message, ...]:
        """Return the chat that ends with this statement and answer."""
        kind = "percentage" if kind == "amount" and re.search(r"[%‰]|cent\b", answer) else kind
        unit = re.sub(r"^[\d\s.,]+(?:(?:to|à|et|and|–|-) [\d.,]+)?\s*", "", answer).split(" and ")[0].split(" et ")[0]
        if kind == "quantity" and len(unit) < _SHORT_UNIT:
            kind = "measure"
        turns = [*self.examples, Example(statement, answer, self.begin[kind].format(unit=unit), "")]
        messages = [Message("system", self.system)]
        for turn in turns:
            messages.append(Message("user", self.user.format(statement=turn.statement, answer=turn.answer, begin=turn.begin)))
            if turn.question:
                messages.append(Message("assistant", turn.question))
        return tuple(messages)


@cache
def draft_prompt(language: str) -> DraftPrompt:
    """Return the wording for a language, in English where there is none in it.

    >>> draft_prompt("fr").begin["date"], draft_prompt("de") == draft_prompt("en")
    ('À quelle date', True)
    """
    path = PROMPTS / f"draft.{language}.yaml"
    if not path.is_file():
        path = PROMPTS / f"draft.{FALLBACK_LANGUAGE}.yaml"
    try:
        loaded = yaml.safe_load(read_text(path, "draft prompt"))
    except yaml.YAMLError as error:
        raise ConfigurationError(f"draft prompt {path} is not valid YAML: {error}.") from None
    return from_json(DraftPrompt, loaded, str(path))


def statement(document: Document, span: AnswerSpan) -> str:
    """Return the sentence around an answer without Markdown marks; a table row becomes "title. first cell, header: cell".

    >>> text = "| Article | Price |\\n|---|---|\\n| Pump | 9 EUR |"
    >>> statement(Document("d", "r", "Prices", text), AnswerSpan("amount", 39, 44, 30, 46))
    'Prices. Pump, Price: 9 EUR'
    """
    line = document.text[span.sentence_start : span.sentence_end]
    if not line.startswith("|"):
        plain = " ".join(re.sub(r"\*\*|__|`|(?<!\w)[*_]|[*_](?!\w)", "", line).split())
        return f"{document.title}. {plain}" if line.startswith("**") else plain  # a label and its value name no subject
    cells = _cells(line)
    column = document.text[span.sentence_start : span.start].count("|") - 1
    header = _cells(_table_head(document.text, span.sentence_start))
    name = f", {header[column]}" if column < len(header) and column and header != cells else ""
    return f"{document.title}. {cells[0]}{name}: {cells[column]}" if column else f"{document.title}. {' '.join(cells)}"


def parse(completion: str) -> tuple[str, str | None]:
    """Return (question, answer) of a completion, whatever labels it carries; the answer is None where none is given.

    >>> parse("Question: How long is the bridge? Answer: 42 km")
    ('How long is the bridge?', '42 km')
    >>> parse('"Who designed it?"\\n\\nI hope this helps!')
    ('Who designed it?', None)
    """
    text = completion.strip()
    answer = _ANSWER.search(text)
    if answer:
        text = text[: answer.start()].strip()
    first = next((line for line in text.splitlines() if line.strip()), "")
    asked = _LABEL.sub("", first.strip()).strip(" \"'“”«»*\u00a0")
    end = asked.find("?")
    return (asked[: end + 1] if end >= 0 else asked), (answer[1].strip().splitlines()[0].strip(' ."*') if answer else None)


def _cells(row: str) -> list[str]:
    return [cell.strip().strip("*") for cell in row.strip().strip("|").split("|")]


def _table_head(text: str, start: int) -> str:
    """Return the first of the table rows that end at `start`."""
    above: list[str] = []
    for line in reversed(text[:start].rstrip("\n").split("\n")):
        if not line.startswith("|"):
            break
        above.append(line)
    return above[-1] if above else ""
