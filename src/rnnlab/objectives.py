"""The names of scores: what checks log of each stage, what may say which check is best, what a search may improve."""

from typing import Literal

Monitored = Literal[
    "loss/train",
    "accuracy/train",
    "exact_match/train",
    "loss/validation",
    "accuracy/validation",
    "exact_match/validation",
]
"""What every check of a training has."""

Objective = Literal[
    "loss/validation",
    "accuracy/validation",
    "exact_match/validation",
    "loss/test",
    "accuracy/test",
    "exact_match/test",
]
"""What every run has of its best checkpoint."""
