"""The report as one HTML file: no script, no network, no external font.

Answers and passages are hostile input. The template escapes everything; the only markup
let through is the SVG that vl-convert wrote, whose texts are escaped XML.
"""

from __future__ import annotations

from eval.model import Comparison
from eval.report.view import build_view


def html_page(comparison: Comparison) -> str:
    """Return a self-contained page, light and dark, for screen, phone and print."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    from eval.report.charts import primary_svg

    environment = Environment(
        loader=PackageLoader("eval.report", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    view = build_view(comparison)
    charts = {"wide": Markup(primary_svg(comparison)), "narrow": Markup(primary_svg(comparison, 230, 1))} if view.bars else {}
    return environment.get_template("report.html.j2").render(view=view, charts=charts)
