"""What may be decided from a comparison, how sure that is, and what would change it.

The rule is in docs/decision.md, its cases in tests/eval_package/decision_cases.py. Read `deciding` first, then
`race` (which system nothing beats) and `relations` (what the contrasts say of each pair). Nothing here
says a word: sentences are keys and values, worded in `eval/wording/`.
"""

from eval.decision.deciding import decide
from eval.decision.gates import CEILING, FLOOR
from eval.decision.race import may_be_chosen

__all__ = ["CEILING", "FLOOR", "decide", "may_be_chosen"]
