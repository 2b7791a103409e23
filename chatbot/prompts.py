"""The one prompt renderer: what a model is asked at inference is what it was trained on.

Wording lives in `templates/<name>.<language>.j2`, each with a `system` and a `user` block;
this module fills them in and packs passages to a token budget. How messages become one
string is the model's own chat template, applied by the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.model import Context, Message
from foundation.errors import ConfigurationError, UnknownNameError
from foundation.fingerprint import fingerprint
from knowledge_base.model import Question, Turn
from retrieval.model import Hit

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

TEMPLATES = Path(__file__).parent / "templates"
_TEMPLATE_OF = {"gold": "retrieval", "documents": "retrieval"}  # they show passages too: only where these come from differs
FALLBACK_LANGUAGE = "en"  # the language of the instructions when we have none in the question's own


def render(
    question: str,
    *,
    language: str,
    context: Context,
    passages: Sequence[Hit] = (),
    examples: Sequence[Question] = (),
    history: Sequence[Turn] = (),
    template: str | None = None,
) -> tuple[Message, ...]:
    """Return the messages for one question: system, examples as turns, history, then the question.

    Args:
        question: the user's words.
        language: ISO 639-1 code; instructions are in it where a template exists, else in English.
        context: names the template unless `template` does.
        passages: shown in this order, numbered from 1, by the template of "retrieval", "gold" and "documents".
        examples: questions with answers, shown when `context` is "few-shot"; those without an answer are passed over.
        history: earlier turns, oldest first.
        template: a template name, or a path to a `.j2` file with the same two blocks.

    Raises UnknownNameError for a template that does not exist, ConfigurationError for a faulty one.
    """
    found = _load(template or _TEMPLATE_OF.get(context, context), language)
    shown = [
        {"number": number, "title": _tidy(hit.chunk.title), "text": _tidy(hit.chunk.text)} for number, hit in enumerate(passages, start=1)
    ]
    messages = [Message("system", _block(found, "system", _tidy(question), shown))]
    if context == "few-shot":
        for example in examples:
            if example.answers:
                messages += [Message("user", _block(found, "user", _tidy(example.text), [])), Message("assistant", example.answers[0])]
    messages += [Message(turn.role, turn.text) for turn in history]
    messages.append(Message("user", _block(found, "user", _tidy(question), shown)))
    return tuple(messages)


def pack(hits: Sequence[Hit], budget: int, count_tokens: Callable[[str], int]) -> tuple[Hit, ...]:
    """Return the best-ranked hits whose texts together stay within `budget` tokens.

    Packing stops at the first that does not fit: a worse passage never displaces a better
    one. The first passage is always kept, since no passage is worse than a long one.

    >>> from retrieval.model import Chunk
    >>> hits = [Hit(Chunk(str(n), "d", "r", 0, 5, "a b c"), 1.0, n) for n in (1, 2, 3)]
    >>> [hit.rank for hit in pack(hits, 7, lambda text: len(text.split()))]
    [1, 2]
    """
    kept: list[Hit] = []
    for hit in hits:
        budget -= count_tokens(f"{_tidy(hit.chunk.title)} {_tidy(hit.chunk.text)}")
        if budget < 0 and kept:
            break
        kept.append(hit)
    return tuple(kept)


def fingerprint_templates() -> str:
    """Return 16 hex digits over all shipped templates: another wording is another experiment."""
    return fingerprint({path.name: path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.glob("*.j2"))})


def template_names() -> tuple[str, ...]:
    """Return the names of the shipped templates.

    >>> template_names()
    ('few-shot', 'none', 'retrieval')
    """
    return tuple(sorted({path.name.split(".")[0] for path in TEMPLATES.glob("*.j2")}))


def _tidy(text: str) -> str:
    """Collapse blanks and line breaks: Markdown tables and hard-wrapped lines cost tokens and say nothing."""
    return " ".join(text.split())


def _load(name: str, language: str) -> Template:
    from jinja2 import TemplateSyntaxError

    if name.endswith(".j2"):
        path = Path(name)
        if not path.is_file():
            raise ConfigurationError(f"prompt template {path} does not exist.")
    else:
        path = TEMPLATES / f"{name}.{language}.j2"
        if not path.is_file():
            path = TEMPLATES / f"{name}.{FALLBACK_LANGUAGE}.j2"
        if not path.is_file():
            raise UnknownNameError("prompt template", name, template_names(), "Or give the path of a .j2 file.")
    try:
        template = _compiled(path.read_text(encoding="utf-8"))
    except TemplateSyntaxError as error:
        raise ConfigurationError(f"prompt template {path}, line {error.lineno}: {error.message}.") from None
    missing = {"system", "user"} - set(template.blocks)
    if missing:
        raise ConfigurationError(f"prompt template {path} has no block {' and no block '.join(sorted(missing))}.")
    return template


@cache
def _compiled(source: str) -> Template:
    """Compile a template once: a training renders thousands of prompts."""
    return _environment().from_string(source)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)


def _block(template: Template, name: str, question: str, passages: list[dict[str, object]]) -> str:
    from jinja2 import TemplateError

    try:
        return "".join(template.blocks[name](template.new_context({"question": question, "passages": passages}))).strip()
    except TemplateError as error:
        raise ConfigurationError(
            f"prompt template, block {name}: {error}. It may use `question` and `passages` (number, title, text)."
        ) from None
