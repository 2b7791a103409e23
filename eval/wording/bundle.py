"""Load the messages of a language and say one: Fluent resources, with functions that format our numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from eval.comparison import Said
from eval.wording import numbers
from foundation.errors import UnknownNameError

LANGUAGES: Final = {"en": "English", "fr": "français"}
_OTHER: Final = re.compile(r"[^a-z0-9]+")
# Values that are codes → the messages that name them.
_NAMED: Final = {
    "metric": "metric",
    "metrics": "metric",
    "settings": "report-factor",
    "alarm": "training-alarm",
    "alarms": "training-alarm",
}


def slug(name: str) -> str:
    """Return a name as it stands in the keys of messages.

    >>> slug("recall@k"), slug("retrieved, not read"), slug("rougeL_default")
    ('recall-k', 'retrieved-not-read', 'rougel-default')
    """
    return _OTHER.sub("-", name.lower()).strip("-")


class Words:
    """The messages of one language."""

    def __init__(self, language: str) -> None:
        from fluent.runtime import FluentBundle, FluentResource

        self.language = language
        self._bundle = FluentBundle([language], functions=_functions(language), use_isolating=False)
        for path in sorted((Path(__file__).parent / language).glob("*.ftl")):
            self._bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))

    def __contains__(self, key: str) -> bool:
        return bool(self._bundle.has_message(key))

    def say(self, said: Said) -> str:
        """Return the sentence of `said`; KeyError for a message that this language does not have, ValueError for a value it lacks."""
        return self(said.key, **said.values)

    def __call__(self, key: str, /, **values: Any) -> str:
        """Return the message `key` with its values.

        Numbers and strings go as they are (a message formats a number by a function: `{ PERCENT($share) }`); a
        sequence becomes a list in words, None an empty string, and True and False the strings "yes" and "no" to select on.
        What is called `languages`, `metric`, `metrics`, `settings`, `alarm` or `alarms` are codes, and is said by their names where
        they have one; a `date` such as 2026-11-21 is said in words.

        Raises KeyError for a message that this language does not have, ValueError for a missing value.
        """
        if key not in self:
            raise KeyError(f"no message {key!r} in {self.language}")
        given = {name: self._value(self._named(name, value)) for name, value in values.items()}
        text, errors = self._bundle.format_pattern(self._bundle.get_message(key).value, given)
        if errors:
            raise ValueError(f"message {key!r} in {self.language}: {errors[0]}")
        return str(text)

    def _named(self, name: str, value: Any) -> Any:
        """Return a value by the name that a reader knows it by, where what it is called says what it is."""
        if isinstance(value, (list, tuple)):
            return [self._named(name, item) for item in value]
        if not isinstance(value, str):
            return value
        if name == "languages":
            return numbers.tongue(value, self.language)
        if name == "date":
            return numbers.day(value, self.language)
        key = f"{_NAMED[name]}-{slug(value)}" if name in _NAMED else ""
        return self(key) if key in self else value

    def _value(self, value: Any) -> Any:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, (list, tuple)):
            return numbers.listed([str(self._value(item)) for item in value], self.language)
        return value


@cache
def words(language: str) -> Words:
    """Return the messages of "en" or "fr"; UnknownNameError for another language."""
    if language not in LANGUAGES:
        raise UnknownNameError("report language", language, LANGUAGES)
    return Words(language)


def _functions(language: str) -> dict[str, Any]:
    """Return the functions that messages may call: PERCENT, POINTS, SIZE, DECIMAL, COUNT, P, and TONGUE of a code.

    COUNT lets text through: the page's script fills in some counts itself, and is given "{shown}" in their place.
    """

    def of(form: Any) -> Any:
        return lambda value, **options: form(getattr(value, "value", value), language, **options)

    def count(value: Any) -> str:
        return value if isinstance(value, str) else numbers.count(getattr(value, "value", value), language)

    return {
        "PERCENT": of(numbers.percent),
        "POINTS": of(numbers.points),
        "SIZE": of(numbers.size),
        "DECIMAL": of(numbers.decimal),
        "COUNT": count,
        "P": of(numbers.p_value),
        "TONGUE": of(numbers.tongue),
    }


def every_key() -> dict[str, Sequence[str]]:
    """Return the keys of each language's messages, sorted: tests hold them against each other."""
    from fluent.syntax import ast, parse

    return {
        language: sorted(
            entry.id.name
            for path in (Path(__file__).parent / language).glob("*.ftl")
            for entry in parse(path.read_text(encoding="utf-8")).body
            if isinstance(entry, ast.Message)
        )
        for language in LANGUAGES
    }
