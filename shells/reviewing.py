"""The review of drafts in a terminal: show one, ask, write the decision, next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import typer

from knowledge_base.deciding import accept, reject, settle
from knowledge_base.drafts import STATUSES, Draft, anchored, read_drafts
from knowledge_base.exposure import normal_text
from knowledge_base.model import Document, KnowledgeBase
from shells.options import say
from studies.draft_checks import near_duplicate

_AROUND = 160  # characters shown on either side of the evidence
_ALIKE = 75.0  # percent: weaker than what discards a draft, since here a person looks
_KEYS = "[a]ccept, [e]dit, [r]eject, [s]kip, [q]uit"
_ANSWERS = "aersq"
_CLEAR = "-"  # typed for "no answer": an empty line keeps what there is


def list_drafts(folder: Path) -> None:
    """Print every draft that was not discarded, and the counts per status."""
    drafts = read_drafts(folder)
    for draft in drafts:
        if draft.status != "discarded":
            say(f"{draft.status:<9} {draft.id}  {draft.question}  →  {draft.answer or '(no answer)'}")
    counts = Counter(draft.status for draft in drafts)
    say(", ".join(f"{counts[status]} {status}" for status in STATUSES))
    for reason, number in Counter(draft.reason for draft in drafts if draft.status == "discarded").most_common():
        say(f"  discarded: {reason}: {number}")


def review_drafts(folder: Path, kb: KnowledgeBase) -> None:
    """Ask for a decision on each proposed draft until there is none left or the user quits."""
    drafts = read_drafts(folder)
    settled = {draft.id for draft in settle(folder, drafts)}
    documents = {document.id: document for document in kb.documents}
    waiting = [draft for draft in drafts if draft.status == "proposed" and draft.id not in settled]
    found = [current for draft in waiting if (current := anchored(draft, documents)) is not None]
    if len(found) < len(waiting):
        say(f"{len(waiting) - len(found)} drafts rest on sentences that are no longer in the documents and are passed over.")
    if not found:
        say("There is nothing to review. Propose some: ragft questions draft")
        return
    known = {normal_text(question.text, question.language): f"question {question.id}" for question in kb.questions}
    counts: Counter[str] = Counter()
    for number, draft in enumerate(found, start=1):
        _show(draft, documents, f"{number}/{len(found)}", known)
        try:
            decided = _decide(folder, draft)
        except typer.Abort:  # end of input, or Ctrl-C at a prompt: what was decided is on the disk
            say()
            break
        if decided is None:
            break
        counts[decided.status] += 1
        if decided.status in ("accepted", "edited"):
            known[normal_text(decided.question, decided.language)] = f"draft {decided.id}"
    done = sum(counts[status] for status in ("accepted", "edited", "rejected"))
    say(f"{counts['accepted']} accepted, {counts['edited']} edited, {counts['rejected']} rejected, {len(found) - done} left")


def _decide(folder: Path, draft: Draft) -> Draft | None:
    """Ask for one decision and write it; return the draft as it stands then, or None to quit."""
    key = typer.prompt(_KEYS, value_proc=_key)
    if key == "q":
        return None
    if key == "a":
        return accept(folder, draft)
    if key == "r":
        return reject(folder, draft, typer.prompt("reason (may stay empty)", default="", show_default=False))
    if key == "s":
        return draft
    question = typer.prompt("question", default=draft.question, value_proc=_worded)
    answer = typer.prompt(f"answer ({_CLEAR} for none)", default=draft.answer or _CLEAR)
    language = typer.prompt("language", default=draft.language, value_proc=_language)
    return accept(folder, draft, question=question, answer="" if answer.strip() == _CLEAR else answer, language=language)


def _key(text: str) -> str:
    key = text.strip().lower()[:1]
    if key not in _ANSWERS:
        raise typer.BadParameter(f"type one of the letters {', '.join(_ANSWERS)}")
    return key


def _worded(text: str) -> str:
    if not text.strip():
        raise typer.BadParameter("a question needs words")
    return text


def _language(text: str) -> str:
    code = text.strip().lower()
    if len(code) != 2 or not code.isalpha():
        raise typer.BadParameter("a two-letter code such as en or fr")
    return code


def _show(draft: Draft, documents: Mapping[str, Document], place: str, known: Mapping[str, str]) -> None:
    say(f"\n{place}  {typer.style(draft.question, bold=True)}  ({draft.language})")
    say(f"answer    {draft.answer or '(none known: it would stay unscored)'}")
    for span in draft.evidence:
        text = documents[span.document_id].text
        before, after = _around(text[: span.start], text[span.end :])
        marked = typer.style(f">>{span.quote}<<", bold=True)
        say(f"evidence  {documents[span.document_id].title} ({span.document_id}, {span.start}-{span.end})")
        say(f"          {before} {marked} {after}")
    if draft.drafter:
        say(f"origin    {draft.drafter.model} through {draft.drafter.engine}")
    if draft.log:
        say(f"origin    {draft.log}, asked {draft.frequency} times, line {', '.join(map(str, draft.log_lines[:8]))}")
    near = near_duplicate(draft.question, draft.language, known, _ALIKE)
    if near:
        say(f"similar   {known[near]}: {near}")


def _around(before: str, after: str) -> tuple[str, str]:
    """Return the words on either side of the evidence, none cut in two."""
    left, right = before[-_AROUND:], after[:_AROUND]
    if len(before) > _AROUND:
        left = f"… {left.partition(' ')[2]}"
    if len(after) > _AROUND:
        right = f"{right.rpartition(' ')[0]} …"
    return " ".join(left.split()), " ".join(right.split())
