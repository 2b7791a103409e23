"""The nouns of attribution: the cause of one answer with the rule that gave it, and one row of the flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from eval.comparison import Cause
from knowledge_base.model import Answerable

Evidence = Literal["shown", "not shown", "unknown", "no passages"]
CAUSES: Final[tuple[Cause, ...]] = get_args(Cause)


@dataclass(frozen=True)
class Attribution:
    """Why one answer is worth what it is worth.

    `why` is the key of the rule's sentence in `eval/wording/*/attribution.ftl`.
    """

    cause: Cause
    why: str


@dataclass(frozen=True)
class FlowRow:
    """One record on its way: was the evidence shown, did the system answer, what came of it.

    `evidence` "unknown": passages were shown, and no evidence is marked. `abstained` None: there is no answer.
    """

    cause: Cause
    evidence: Evidence
    abstained: bool | None
    answerable: Answerable = "yes"
