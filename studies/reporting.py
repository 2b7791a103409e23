"""From run folders to written reports: score, compare, render, and keep the files beside the run.

Works without the project that made the run. An embedder is used when it is on this machine; it is
never fetched for a report.
"""

from __future__ import annotations

import os
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
    out: Path | None = None,
) -> tuple[Comparison, tuple[Path, ...]]:
    """Score a run, write comparison.json and the reports into its folder (pooled runs: one beside it), and return both.

    Args:
        folder: a finished run.
        formats: names of `eval.report` formats.
        others: the same run with other training seeds, pooled with it.
        language: of the reports, "en" or "fr".
        models: the model cache, where the run's embedder may be; None: metrics that need it are left out.
        despite: pool runs that differ in more than their seed, and say in what.
        out: the folder that everything is written to; default: the run's own (pooled runs: one beside it). Where that cannot be
            written and no format is wanted, nothing is kept.

    Raises UnknownNameError for an unknown format or language, and what `eval.compare.compare` raises.
    """
    from eval.compare import compare, folder_of
    from eval.report import render
    from eval.wording import words

    words(language)  # a typo is told before the work
    names = [file_name(name, language) for name in formats]
    save = bool(formats) or os.access(out or folder, os.W_OK)
    comparison = compare(folder, *others, save=save, into=out, tools=tools_for(folder, models), despite=despite)
    place = out or folder_of(folder, comparison.run_id, others)
    written = []
    for name, file in zip(formats, names, strict=True):
        page = render(comparison, name, language)
        data = page if isinstance(page, bytes) else page.encode("utf-8")
        write_atomically(place / file, lambda stream, data=data: stream.write(data))  # type: ignore[misc]
        written.append(place / file)
    return comparison, tuple(written)


def file_name(format: str, language: str) -> str:
    """Return the name of a report in a run folder; UnknownNameError for an unknown format.

    >>> file_name("html", "en"), file_name("pdf", "fr"), file_name("json", "fr")
    ('report.html', 'report.fr.pdf', 'report.json')
    """
    from eval.report.rendering import suffix

    return f"report{suffix(format, language)}"


def tools_for(folder: Path, models: Path | None) -> Tools:
    """Return the embedder of the run in `folder` with the languages that it covers, or none when it is not here."""
    from retrieval.coverage import covered, located
    from retrieval.embedders import embedder

    settings = RunFolder.open(folder).manifest.configuration.get("retrieval") or {}
    name = settings.get("embedder")
    if models is None or not isinstance(name, str):
        return Tools(None, ())
    found = located(name, models)
    if found is None or not covered(name):  # one that covers no language that it names has nothing to say
        return Tools(None, ())
    try:
        return Tools(embedder(found, models, settings.get("embedding_engine", "auto")), covered(name))
    except RagftError:
        return Tools(None, ())  # a broken or foreign copy costs two columns, not the report
