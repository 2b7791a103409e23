"""Marks of personal data in a text or table: e-mail, telephone, IBAN, card and social security numbers.

Chat and ticket logs hold them, and nothing of a log may be drafted from, shown to a model
or kept in a question set before somebody has decided what to do about them. Only what has
a form is found: names, addresses and what people tell about themselves are not, so an
unflagged log is not an anonymous one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from knowledge_base.tabular import Row

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "email": "e-mail address",
        "iban": "bank account (IBAN)",
        "nir": "French social security number",
        "card": "payment card number",
        "telephone": "telephone number",
    }
)

_EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]+@(?:[\w-]+\.)+[^\W\d_]{2,}")
# Looked ahead for, so that what stands before cannot swallow one; what stands after is cut off by the check digits.
_IBAN = re.compile(r"(?<!\w)(?=([A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?(?!\w)))", re.IGNORECASE)
_GROUP_END = re.compile(r"(?<=\w)(?!\w)")
_NIR = re.compile(r"(?<![\w.,-])[12378][ .]?\d{2}[ .]?\d{2}[ .]?(?:\d{2}|2[AB])[ .]?\d{3}[ .]?\d{3}[ .]?\d{2}(?![\w-])", re.IGNORECASE)
_CARD = re.compile(r"(?<![\w.,-])[2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w-])|(?<![\w.,-])3[47]\d{2}[ -]?\d{6}[ -]?\d{5}(?![\w-])")
_DIGITS = re.compile(r"(?:\d\D{0,3}){7}")  # fewer digits are no telephone number, and most lines end here
_REGIONS = ("FR", "DE", "GB", "US")  # whose numbers are known without a country code
_COUNTRY_CODE = re.compile(r"\+(?=[\d(])")
_LONGEST = 30  # characters of an international number with its blanks and brackets
_TRUNK = re.compile(r"[(\s]*(?:\+|0)")  # how a number is dialled from within or without, but for North America
_LEAST_DIGITS = 8
_SAYS_TELEPHONE = re.compile(r"\b(?:tele)?phone|\bcall|\bcell|\bmobile|\bfax|\bt[eé]l|\breach", re.IGNORECASE)
_NEAR = 30  # characters before ten bare digits: an order number looks the same


@dataclass(frozen=True)
class Mark:
    """One mark: `text[start:end]` looks like personal data of a kind, a key of `LABELS`."""

    kind: str
    start: int
    end: int


def find_marks(text: str) -> tuple[Mark, ...]:
    """Return the marks of personal data in `text`, in order, none within another.

    IBANs, card and French social security numbers must pass their check digits, telephone
    numbers the numbering plan of their country (libphonenumber; without a country code
    those of France, Germany, the United Kingdom and North America, whose ten digits in one
    run count after a word such as "call" only), so that product codes, prices and dates
    are left alone.

    >>> text = "Write to ann@example.org or call +33 1 42 68 53 00 about order OI-12001, 1 485,00 EUR"
    >>> [(mark.kind, text[mark.start : mark.end]) for mark in find_marks(text)]
    [('email', 'ann@example.org'), ('telephone', '+33 1 42 68 53 00')]
    """
    found: list[Mark] = []
    for mark in _candidates(text):
        if all(mark.end <= other.start or other.end <= mark.start for other in found):
            found.append(mark)
    return tuple(sorted(found, key=lambda mark: mark.start))


def redact(text: str) -> str:
    """Return `text` with every mark replaced by its kind in square brackets.

    >>> redact("Call 06 12 34 56 78 or write to ann@example.org.")
    'Call [telephone] or write to [email].'
    """
    for mark in reversed(find_marks(text)):
        text = f"{text[: mark.start]}[{mark.kind}]{text[mark.end :]}"
    return text


def mask(value: str) -> str:
    """Return `value` for a message: first and last character, the rest hidden.

    >>> mask("ann@example.org")
    'a*************g'
    """
    return value[:1] + "*" * max(len(value) - 2, 3) + value[-1:]


def _candidates(text: str) -> Iterator[Mark]:
    """Yield marks by kind, surest kinds first."""
    for match in _EMAIL.finditer(text) if "@" in text else ():
        yield Mark("email", *match.span())
    if not _DIGITS.search(text):
        return
    from stdnum import iban, luhn
    from stdnum.fr import nir

    for match in _IBAN.finditer(text):
        ends = [end.start() for end in _GROUP_END.finditer(match[1])]
        length = next((end for end in reversed(ends) if iban.is_valid(match[1][:end])), 0)
        if length:
            yield Mark("iban", match.start(), match.start() + length)
    for match in _NIR.finditer(text):
        if nir.is_valid(match[0].replace(".", "")):
            yield Mark("nir", *match.span())
    for match in _CARD.finditer(text):
        if luhn.is_valid(re.sub(r"\D", "", match[0])):
            yield Mark("card", *match.span())
    yield from _telephones(text)


def _telephones(text: str) -> Iterator[Mark]:
    from phonenumbers import Leniency, PhoneNumberMatcher

    for sign in _COUNTRY_CODE.finditer(text):  # by itself: the library passes a number over when another sign stands before it
        for match in PhoneNumberMatcher(text[sign.start() : sign.start() + _LONGEST], None, leniency=Leniency.VALID):
            if match.start == 0:
                yield Mark("telephone", sign.start(), sign.start() + match.end)
    for region in _REGIONS:
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID):
            raw = match.raw_string
            enough = sum(letter.isdigit() for letter in raw) >= _LEAST_DIGITS
            bare = raw.isdigit() and not _SAYS_TELEPHONE.search(text[max(0, match.start - _NEAR) : match.start])
            if enough and (_TRUNK.match(raw) or (region == "US" and not bare)):
                yield Mark("telephone", match.start, match.end)


@dataclass(frozen=True)
class PersonalData:
    """Marks of one kind in a log: on which lines, and one of them masked."""

    kind: str
    count: int
    lines: tuple[int, ...]
    example: str


def find_personal_data(rows: Iterable[Row]) -> tuple[PersonalData, ...]:
    """Return the marks of personal data in all cells, per kind, most frequent first; empty for none.

    >>> [(found.kind, found.lines) for found in find_personal_data([(2, {"name": "ann@example.org", "n": 3})])]
    [('email', (2,))]
    """
    from tqdm import tqdm

    lines: dict[str, list[int]] = {}
    examples: dict[str, str] = {}
    for line, row in tqdm(rows, desc="Looking for personal data", unit="row", delay=2.0, leave=False):
        for cell in row.values():
            text = str(cell)
            for found in find_marks(text):
                lines.setdefault(found.kind, []).append(line)
                examples.setdefault(found.kind, mask(text[found.start : found.end]))
    return tuple(
        PersonalData(kind, len(where), tuple(dict.fromkeys(where)), examples[kind])
        for kind, where in sorted(lines.items(), key=lambda item: -len(item[1]))
    )


def redact_rows(rows: Iterable[Row]) -> list[Row]:
    """Return the rows with every mark of personal data replaced by its kind in square brackets."""
    from tqdm import tqdm

    scanned = tqdm(rows, desc="Redacting", unit="row", delay=2.0, leave=False)
    return [(line, {name: redact(str(cell)) if find_marks(str(cell)) else cell for name, cell in row.items()}) for line, row in scanned]
