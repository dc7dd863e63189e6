"""Measurements: each compares both sides in one run and prints a ratio, the median of several."""
