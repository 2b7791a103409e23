"""Rules: what an answer must look like when its form is the point, not its words.

A house style (a signature, a ticket in JSON, fixed abbreviations) has no gold answer to compare
with: many texts are right. A question's `rule` says what all of them share, one demand per line,
and an answer passes when it meets every line:

    starts with: Ref. OI/
    contains: warm-up | warm up
    lacks: please
    matches: (?m)^PRIO [1-4]$
    words: 5-40
    json: {"required": ["ticket"], "properties": {"ticket": {"pattern": "^T-"}}}

`json` takes a JSON Schema (draft 2020-12). Upper and lower case differ in all but `contains` and `lacks`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from foundation.errors import DataError
from foundation.files import parse_json
from foundation.suggest import did_you_mean

Demand = Callable[[str], bool]


def holds(rule: str, text: str) -> bool:
    """Tell whether `text` meets every line of `rule`. Raises DataError for a rule that cannot be read.

    >>> holds("starts with: Ref.\\ncontains: warm-up | warm up", "Ref. 7: allow a Warm-up of 3 min")
    True
    >>> holds("words: 2-3", "one")
    False
    """
    return all(demand(text.strip()) for demand in _demands(rule))


def problem(rule: str) -> str | None:
    """Return what is wrong with `rule`, or None for one that can be scored.

    >>> problem("words: many")
    "'words: many' is no range. Write the fewest and the most words, such as 'words: 5-40'."
    """
    try:
        _demands(rule)
    except DataError as error:
        return str(error)
    return None


@lru_cache(maxsize=1024)
def _demands(rule: str) -> tuple[Demand, ...]:
    lines = [line.strip() for line in rule.splitlines() if line.strip()]
    if not lines:
        raise DataError("the rule is empty. Write one demand per line, such as 'starts with: Ref.', or leave the rule away.")
    return tuple(_demand(line) for line in lines)


def _demand(line: str) -> Demand:
    name, colon, value = line.partition(":")
    name, value = name.strip().lower(), value.strip()
    if not colon or name not in _MAKERS:
        raise DataError(f"{name!r} is no demand.{did_you_mean(name, _MAKERS)} Known: {', '.join(_MAKERS)}.")
    if not value:
        raise DataError(f"the demand {name!r} says nothing. Write what the answer must show after the colon.")
    return _MAKERS[name](value)


def _starts(value: str) -> Demand:
    return lambda text: text.startswith(value)


def _ends(value: str) -> Demand:
    return lambda text: text.endswith(value)


def _contains(value: str) -> Demand:
    choices = [choice.strip().casefold() for choice in value.split("|") if choice.strip()]
    return lambda text: any(choice in text.casefold() for choice in choices)


def _lacks(value: str) -> Demand:
    found = _contains(value)
    return lambda text: not found(text)


def _matches(value: str) -> Demand:
    try:
        pattern = re.compile(value)
    except re.error as error:
        raise DataError(f"{value!r} is no regular expression: {error}.") from None
    return lambda text: pattern.search(text) is not None


def _words(value: str) -> Demand:
    numbers = re.fullmatch(r"(\d+)\s*-\s*(\d+)", value)
    if numbers is None or int(numbers[1]) > int(numbers[2]):
        raise DataError(f"'words: {value}' is no range. Write the fewest and the most words, such as 'words: 5-40'.")
    fewest, most = int(numbers[1]), int(numbers[2])
    return lambda text: fewest <= len(text.split()) <= most


def _json(value: str) -> Demand:
    from jsonschema import Draft202012Validator, SchemaError

    try:
        schema = parse_json(value)
        Draft202012Validator.check_schema(schema)
    except ValueError as error:
        raise DataError(f"the schema after 'json:' is not JSON: {error}.") from None
    except SchemaError as error:
        raise DataError(f"the schema after 'json:' is no JSON Schema: {error.message}.") from None
    validator = Draft202012Validator(schema)

    def valid(text: str) -> bool:
        try:
            parsed: Any = parse_json(text)
        except ValueError:
            return False
        return bool(validator.is_valid(parsed))

    return valid


_MAKERS: dict[str, Callable[[str], Demand]] = {
    "starts with": _starts,
    "ends with": _ends,
    "contains": _contains,
    "lacks": _lacks,
    "matches": _matches,
    "words": _words,
    "json": _json,
}
