"""Every chart of the report: one Vega-Lite specification each, live in Streamlit, as SVG in HTML and print.

A chart is a function of a Comparison, a language and a width; its rows are a function of their own, so that
figures are tested by value; and each has a sentence (`…_words`) for those who cannot see it. Colours are
Okabe and Ito's, and no chart says anything by colour alone: labels, letters, shapes or dashes say it too.
Nothing here computes a statistic.
"""

from eval.report.charts.causes import causes_chart, causes_rows, causes_words
from eval.report.charts.flow import flow_chart, flow_nodes, flow_ribbons, flow_words
from eval.report.charts.forest import forest_chart, forest_rows, forest_words
from eval.report.charts.metrics import metrics_chart, metrics_rows, metrics_words
from eval.report.charts.primary import primary_chart, primary_rows, primary_words
from eval.report.charts.risk import risk_chart, risk_rows, risk_words
from eval.report.charts.slices import slices_chart, slices_rows, slices_words
from eval.report.charts.theme import is_share, specification, svg
from eval.report.charts.training import answer_rows, training_chart, training_rows, training_words

__all__ = [
    "answer_rows",
    "causes_chart",
    "causes_rows",
    "causes_words",
    "flow_chart",
    "flow_nodes",
    "flow_ribbons",
    "flow_words",
    "forest_chart",
    "forest_rows",
    "forest_words",
    "is_share",
    "metrics_chart",
    "metrics_rows",
    "metrics_words",
    "primary_chart",
    "primary_rows",
    "primary_words",
    "risk_chart",
    "risk_rows",
    "risk_words",
    "slices_chart",
    "slices_rows",
    "slices_words",
    "specification",
    "svg",
    "training_chart",
    "training_rows",
    "training_words",
]
