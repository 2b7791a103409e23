"""Why each answer is right or wrong: one cause by a written rule over the record alone, and their flow per system.

Nothing here asks a model. The rules stand in `eval.attribution.rules`, in words in docs/attribution.md with how
well a reader agrees with them.
"""

from eval.attribution.attributing import attribute
from eval.attribution.flow import STAGES, flow, flow_row
from eval.attribution.model import CAUSES, Attribution, FlowRow

__all__ = ["CAUSES", "STAGES", "Attribution", "FlowRow", "attribute", "flow", "flow_row"]
