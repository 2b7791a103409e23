"""What `ragft questions gaps` prints and writes: topics with their questions, and what the threshold rests on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from foundation.files import write_text
from foundation.first_few import first_few
from studies.gaps import TOPIC_DISTANCE, Calibration, Gap, Gaps

_HEADER = ("topic", "times_asked", "question", "language", "score", "nearest_document", "lines")
_WEAK = 0.7  # AUC below which a threshold tells little


def gap_lines(found: Gaps, examples: int) -> Iterator[str]:
    """Yield the lines to print, `examples` further questions per topic."""
    yield from calibration_lines(found.calibration)
    yield f"{found.questions} different questions in the log, {found.gaps} of them below the threshold, in {len(found.topics)} topics"
    if found.left_out:
        yield f"{found.left_out} of the least frequent were left out of the topics"
    if found.topics:
        yield f"(topics: average linkage, cosine distance under {TOPIC_DISTANCE:g})"
    for number, topic in enumerate(found.topics, start=1):
        first = topic.gaps[0]
        yield f"\n{number}. {first.question.text}"
        yield f"   asked {_times(topic.asked)}, {len(topic.gaps)} different; nearest: {_nearest(first)}"
        others = (f"{gap.question.text} ({_times(gap.question.frequency)})" for gap in topic.gaps[1:])
        yield from (f"   - {line}" for line in first_few(others, examples))


def calibration_lines(calibration: Calibration) -> Iterator[str]:
    """Yield what the threshold is, where it comes from, and how much it can tell."""
    yield f"threshold {calibration.threshold:.3f} ({calibration.source}; {calibration.answerable} questions)"
    if calibration.auc is None or calibration.caught is None:
        yield "How well it separates is not known: there are too few questions to measure it on."
        return
    others = "answerable questions, their own documents left out" if calibration.simulated else "questions marked unanswerable"
    yield (
        f"On this knowledge base it catches {calibration.caught:.0%} of {calibration.without_answer} {others}; "
        f"AUC {calibration.auc:.2f} (0.5 is chance). The rest goes unseen."
    )
    if calibration.auc < _WEAK:
        yield "That is weak: take what follows as the questions that search serves worst, not as a list of what is missing."


def write_csv(path: Path, found: Gaps) -> None:
    """Write one row per gap, with a byte order mark so that spreadsheets read the accents."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_HEADER)
    for number, topic in enumerate(found.topics, start=1):
        for gap in topic.gaps:
            question = gap.question
            lines = " ".join(map(str, question.lines))
            writer.writerow(
                (number, question.frequency, _cell(question.text), question.language, f"{gap.score:.4f}", _cell(gap.nearest), lines)
            )
    write_text(path, "\ufeff" + stream.getvalue())


def _cell(text: str) -> str:
    """A user's words, and the name of a file, must not become a formula when a spreadsheet opens them."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _nearest(gap: Gap) -> str:
    return f"{gap.nearest_title} ({gap.nearest}), {gap.score:.2f}" if gap.nearest else "nothing"
