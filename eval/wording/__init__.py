"""Sentences in English and French, from one list of messages per language (Project Fluent).

A message is chosen by key; its values are numbers and names, formatted for the language here: shares
become percentages or points, with a decimal comma and narrow no-break spaces in French. What a sentence
claims is decided elsewhere (`eval.decision`, `eval.cautions`); nothing here computes.
"""

from eval.wording.bundle import LANGUAGES, Words, slug, words

__all__ = ["LANGUAGES", "Words", "slug", "words"]
