"""What one answer is worth: one object per metric, resolved by name in `eval.metrics.catalogue`.

A metric sees one question and one answer. Averaging, intervals and tests are not its business
(`eval.stats`), and neither is what a difference means (`eval.decision`).
"""
