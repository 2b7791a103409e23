"""Does the model speak the language of the questions? Without that, answers say nothing about systems.

A model that declares its languages is taken at its word. For one that does not, the share of its
answers that are in the language of their question decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eval.comparison import Tongue
from eval.model import Asked, RunManifest, RunRecord
from foundation.language import LANGUAGES, detect

THRESHOLD: Final = 0.5
FEWEST = 5  # answers long enough to have a language; with fewer the share means nothing


def tongues(manifest: RunManifest, asked: Sequence[Asked], records: Sequence[RunRecord]) -> tuple[Tongue, ...]:
    """Return one Tongue per language of the questions, in order of first appearance."""
    declared = tuple(str(code) for code in manifest.engine.get("languages", ()))
    language = {row.question.id: row.question.language for row in asked}
    found = []
    for code in dict.fromkeys(language.values()):
        count = sum(other == code for other in language.values())
        if declared:
            found.append(Tongue(code, count, code in declared, declared))
            continue
        if code not in LANGUAGES:  # we cannot tell it from another
            found.append(Tongue(code, count, None, ()))
            continue
        texts = [r.answer.text for r in records if r.answer is not None and not r.answer.abstained and language[r.question_id] == code]
        told = [detected for text in texts if (detected := detect(text)) is not None]
        matching = sum(detected == code for detected in told)
        spoken = matching / len(told) >= THRESHOLD if len(told) >= FEWEST else None
        found.append(Tongue(code, count, spoken, (), len(told), matching))
    return tuple(found)
