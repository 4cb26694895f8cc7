"""Benchmarks: how this compares with others, and with itself when it has grown."""

from onrecord.tuning import tune

tune()  # what is measured is done as the program does it, and so is what it is measured against
