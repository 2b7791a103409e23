"""From run folders to written reports: score, compare, render, and keep the files beside the run.

Works without the project that made the run. An embedder is used when it is on this machine; it is
never fetched for a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from eval.comparison import Comparison
from eval.metrics.metric import Tools
from eval.runs import RunFolder
from foundation.errors import RagftError
from foundation.files import write_atomically

DEFAULT: Final = ("markdown", "html")


def write_reports(
    folder: Path,
    formats: Sequence[str] = DEFAULT,
    *,
    others: Sequence[Path] = (),
    language: str = "en",
    models: Path | None = None,
    despite: bool = False,
) -> tuple[Comparison, tuple[Path, ...]]:
    """Score a run, write comparison.json and the reports into its folder (pooled runs: one beside it), and return both.

    Args:
        folder: a finished run.
        formats: names of `eval.report` formats.
        others: the same run with other training seeds, pooled with it.
        language: of the reports, "en" or "fr".
        models: the model cache, where the run's embedder may be; None: metrics that need it are left out.
        despite: pool runs that differ in more than their seed, and say in what.

    Raises UnknownNameError for an unknown format or language, and what `eval.compare.compare` raises.
    """
    from eval.compare import compare, folder_of
    from eval.report import render
    from eval.wording import words

    words(language)  # a typo is told before the work
    names = [file_name(name, language) for name in formats]
    comparison = compare(folder, *others, tools=tools_for(folder, models), despite=despite)
    place = folder_of(folder, comparison.run_id, others)
    written = []
    for name, file in zip(formats, names, strict=True):
        page = render(comparison, name, language)
        data = page if isinstance(page, bytes) else page.encode("utf-8")
        write_atomically(place / file, lambda stream, data=data: stream.write(data))  # type: ignore[misc]
        written.append(place / file)
    return comparison, tuple(written)


def file_name(format: str, language: str) -> str:
    """Return the name of a report in a run folder; UnknownNameError for an unknown format.

    >>> file_name("html", "en"), file_name("pdf", "fr")
    ('report.html', 'report.fr.pdf')
    """
    from eval.report.rendering import suffix

    return f"report{'' if language == 'en' else '.' + language}{suffix(format)}"


def tools_for(folder: Path, models: Path | None) -> Tools:
    """Return the embedder of the run in `folder` with the languages that it covers, or none when it is not here."""
    from retrieval.coverage import covered, located
    from retrieval.embedders import embedder

    settings = RunFolder.open(folder).manifest.configuration.get("retrieval") or {}
    name = settings.get("embedder")
    found = located(name, models) if models is not None and isinstance(name, str) else None
    if models is None or found is None or not covered(name):  # one that covers no language that it names has nothing to say
        return Tools(None, ())
    try:
        return Tools(embedder(found, models, settings.get("embedding_engine", "auto")), covered(name))
    except RagftError:
        return Tools(None, ())  # a broken or foreign copy costs two columns, not the report
