"""Benchmarks: how this compares with others, and with itself when it has grown."""
