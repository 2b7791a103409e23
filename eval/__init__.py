"""Run, record, score, test, compare, decide: what a run folder becomes on its way to a verdict.

Nothing in here trains or builds an index, and a report never reads the live index: whatever it says
stands in the run folder. Always write ``from eval.compare import compare``; a plain ``import eval``
would hide the builtin.
"""
