"""One Comparison, many renderers: terminal, Markdown, one self-contained HTML page, PDF, CSV and JSON, in English and French.

What people read comes from the view-model of `eval.report.view`, so a number has one wording; what machines read (CSV, JSON)
comes from the Comparison itself, in full precision. Nothing here computes a statistic or reads a run.
"""

from eval.report.rendering import FORMATS, render, terminal

__all__ = ["FORMATS", "render", "terminal"]
