"""Whether an answer says a gold answer in another form than the metric accepts, and whether a gold answer stands in its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from eval.attribution.terms import content, is_number, quantities, statements, terms, units_named
from eval.attribution.vocabulary import NEGATIONS, UNITS
from eval.metrics.lexical import MOST_WORDS
from foundation.language import LANGUAGES, states, tokenize
from knowledge_base.checks.each_question import ABSTRACTIVE, stands_in_quotes
from knowledge_base.model import Question

_SLACK = 3  # terms that may stand between those of a gold answer
_LISTING: Final = frozenset(["and", "et", "or", "ou", "then", "puis"])
_YES_NO: Final = frozenset(["yes", "no", "oui", "non", "true", "false", "vrai", "faux"])


def another_form(said: str, question: Question, language: str) -> str | None:
    """Return the rule by which `said` gives a gold answer that exact comparison misses, or None when it gives none.

    Rules, in this order: "too-long" (the words are there, the answer has more than 40), "quantity" (the same
    amount in another format or unit), "wording" (the same terms in another order or with other endings, at most
    three others between them), "shorter" (part of the gold answer: all its numbers and units, at least half of its other terms).

    >>> asked = Question("q", "How long?", "en", answers=("1.5 hours",), answerable="yes")
    >>> another_form("It takes ninety minutes.", asked, "en"), another_form("It takes 90 hours.", asked, "en")
    ('quantity', None)
    """
    long = len(tokenize(said, language)) > MOST_WORDS
    asked = frozenset(term for text in (question.text, *(turn.text for turn in question.history)) for term in terms(text, language))
    readings = [terms(said, language, digits) for digits in sorted(LANGUAGES, key=lambda code: code != language)]
    for gold in question.answers:
        if states(said, gold, language):
            if long:
                return "too-long"
            continue
        wanted = terms(gold, language)
        for found in readings:
            if _same_quantity(wanted, found, asked, units_named(question.text, language), language):
                return "quantity"
            if _same_words(wanted, found, language):
                return "wording"
            if not long and _shorter(wanted, found, asked, units_named(question.text, language), language):
                return "shorter"
    return None


def stands_in_evidence(question: Question) -> bool | None:
    """Tell whether a gold answer stands, loosely, in the evidence quotes taken together; None where that cannot be asked.

    It cannot without evidence or gold answers, for answers tagged "abstractive" (made of the evidence, not copied from
    it), for questions with a rule, and for yes and no.

    >>> from knowledge_base.model import Span
    >>> evidence = (Span("d", "r", 0, 29, "It may go down to 35.0 metres"),)
    >>> stands_in_evidence(Question("q", "How deep?", "en", ("thirty-five m",), "yes", evidence))
    True
    """
    golds = [content(terms(gold, question.language), question.language) for gold in question.answers]
    if not question.evidence or question.rule is not None or ABSTRACTIVE in question.tags:
        return None
    if not any(golds) or any(set(gold) <= _YES_NO for gold in golds if gold):
        return None
    quoted = {term for span in question.evidence for term in terms(span.quote, question.language)}
    return stands_in_quotes(question) or any(quoted.issuperset(gold) for gold in golds if gold)


def _same_quantity(wanted: Sequence[str], found: Sequence[str], asked: frozenset[str], units: Collection[str], language: str) -> bool:
    """Tell whether all amounts of the gold answer are given; without a unit when the question names it and nothing else is said."""
    others = [term for term in content(wanted, language) if not is_number(term) and term not in UNITS and term not in asked]
    amounts, given = quantities(wanted), quantities(found)
    if not amounts or others:
        return False
    whole = {quantity.key for quantity in given}
    alone = all(statement in asked or is_number(statement) for statement in statements(found, language))
    unit_known = all(term in units for term in wanted if term in UNITS)
    bare = {quantity.number for quantity in given if alone and unit_known and quantity.number not in asked}
    return all(quantity.key in whole or quantity.number in bare for quantity in amounts)


def _same_words(wanted: Sequence[str], found: Sequence[str], language: str) -> bool:
    """Tell whether all content terms of the gold answer stand close together in what was said, without a negation among them."""
    gold = Counter(content(wanted, language))
    size = sum(gold.values()) + _SLACK
    said = content(found, language)
    for start in range(len(said)):
        window = said[start : start + size]
        if gold and not gold - Counter(window) and (NEGATIONS & gold.keys() or not NEGATIONS.intersection(window)):
            return True
    return False


def _shorter(wanted: Sequence[str], found: Sequence[str], asked: frozenset[str], units: Collection[str], language: str) -> bool:
    """Tell whether what was said beyond the question is the better part of a gold answer that is no list."""
    gold = {term for term in content(wanted, language) if term not in asked}
    said = {term for term in content(found, language) if term not in asked}
    needed = {term for term in gold if is_number(term) or (term in UNITS and term not in units)}
    return bool(said) and said < gold and needed <= said and 2 * len(said) >= len(gold) and not _LISTING.intersection(wanted)
