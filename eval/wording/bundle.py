"""Load the messages of a language and say one: Fluent resources, with functions that format our numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from eval.comparison import Said
from eval.wording import numbers
from foundation.errors import UnknownNameError

LANGUAGES: Final = {"en": "English", "fr": "français"}


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
        What is called `languages` are codes, and is said by their names.

        Raises KeyError for a message that this language does not have, ValueError for a missing value.
        """
        if key not in self:
            raise KeyError(f"no message {key!r} in {self.language}")
        if "languages" in values:
            values["languages"] = [numbers.tongue(str(code), self.language) for code in values["languages"]]
        given = {name: self._value(value) for name, value in values.items()}
        text, errors = self._bundle.format_pattern(self._bundle.get_message(key).value, given)
        if errors:
            raise ValueError(f"message {key!r} in {self.language}: {errors[0]}")
        return str(text)

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
    """Return the functions that messages may call: PERCENT, POINTS, POINTS1, SHARE, DECIMAL, P, and LANGUAGE of a code."""

    def of(form: Any) -> Any:
        return lambda value, **options: form(getattr(value, "value", value), language, **options)

    return {
        "PERCENT": of(numbers.percent),
        "POINTS": of(numbers.points),
        "SIZE": of(numbers.size),
        "DECIMAL": of(numbers.decimal),
        "COUNT": of(numbers.count),
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
