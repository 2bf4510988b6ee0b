"""The names of the scores that a run can be judged by, and which of two values is the better."""

from typing import Literal

LOWER_IS_BETTER = ("loss", "bits_per_character", "perplexity")
SHARES = ("accuracy", "exact_match", "exact_match_beyond")
"""Scores that cannot be below 0 or above 1."""

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


def lower_is_better(objective: str) -> bool:
    """Whether a smaller value of a metric is the better one."""
    return objective.split("/")[0] in LOWER_IS_BETTER


def is_share(objective: str) -> bool:
    """Whether a metric lies between 0 and 1."""
    return objective.split("/")[0] in SHARES
