"""What is doubtful in a knowledge base: findings, each with a code, a place and what to do about it.

`check` judges a knowledge base in memory. `check_folder` begins at the files and also
lists everything that `knowledge_base.loading.load` would refuse, so that a person can
mend it all in one go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge_base.checks import copies, each_question, sameness, spread, tongue, truth, wordings
from knowledge_base.checks.finding import SEVERITIES, Finding, Severity
from knowledge_base.checks.wordings import Wordings
from knowledge_base.model import KnowledgeBase
from knowledge_base.tolerant import read_tolerantly

__all__ = ["SEVERITIES", "Finding", "Report", "Severity", "check", "check_folder"]

_CHECKS = (
    copies.documents,
    copies.overlaps,
    each_question.questions,
    sameness.duplicates,
    sameness.near_duplicates,
    sameness.leaking,
    truth.facts,
    truth.documents,
    tongue.languages,
    spread.kinds,
    spread.tags,
    spread.names,
    spread.groups,
    spread.balance,
    wordings.alike,
)


@dataclass(frozen=True)
class Report:
    """All findings about one folder, with how alike the wordings of its facts are."""

    kb: KnowledgeBase
    findings: tuple[Finding, ...]
    wordings: Wordings

    @property
    def sound(self) -> bool:
        """True without errors: warnings and notes are for a person to judge."""
        return all(finding.severity != "error" for finding in self.findings)

    def only(self, codes: Sequence[str]) -> tuple[Finding, ...]:
        """Return the findings of some codes; all of them when none is given."""
        return tuple(finding for finding in self.findings if not codes or finding.code in codes)

    @property
    def counts(self) -> dict[str, int]:
        """Number of findings per code, in the order of the findings."""
        return dict(Counter(finding.code for finding in self.findings))


def check(kb: KnowledgeBase) -> tuple[Finding, ...]:
    """Return everything that is doubtful, errors first; empty when there is nothing to say."""
    return _sorted([finding for one in _CHECKS for finding in one(kb)])


def check_folder(path: str | Path, *, seed: int = 0) -> Report:
    """Return all findings about the knowledge base at `path`, what cannot be loaded included.

    Raises DataError only when nothing can be read: no folder, no documents, a broken kb.toml.
    """
    reading = read_tolerantly(path, seed=seed)
    unanchored = {fault.where for fault in reading.faults}
    findings = [Finding("error", fault.code, fault.where, fault.message, fault.line) for fault in reading.faults]
    for finding in check(reading.kb):
        if finding.code == "no-evidence" and finding.where in unanchored:
            continue  # it has evidence, which the fault is about
        line = reading.lines.get(finding.where.removeprefix("question ")) if finding.where.startswith("question ") else None
        findings.append(replace(finding, line=line))
    return Report(reading.kb, _sorted(findings), wordings.wordings(reading.kb))


def _sorted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """By severity, then by code in order of first appearance, so that a kind of finding stands together."""
    codes = list(dict.fromkeys(finding.code for finding in findings))
    return tuple(sorted(findings, key=lambda finding: (SEVERITIES.index(finding.severity), codes.index(finding.code))))
