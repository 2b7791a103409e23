"""One Comparison, three renderers: terminal, Markdown, and one self-contained HTML page.

All three read the view-model of `eval.report.view`, so a number has one wording. Nothing
here computes a statistic, reads a run folder or writes a file.
"""

from eval.report.rendering import render, terminal

__all__ = ["render", "terminal"]
