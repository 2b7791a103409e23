"""Intervals and tests on paired questions, clustered by fact. Pure numpy, every seed explicit.

Nothing in here knows a system or a metric: arrays in, numbers out.
"""
