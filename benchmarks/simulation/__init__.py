"""Do the intervals, tests and decisions hold? Made-up systems of known truth, a thousand comparisons in each of many settings."""
