"""How answers are scored: the same few sums for every task, in training, validation and test."""

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from rnnlab.batch import IGNORE


def names(*stages: str) -> list[str]:
    """What a check logs of each stage, as `loss/validation`; for text, bits_per_character besides."""
    return [f"{score}/{stage}" for stage in stages for score in ("loss", "accuracy", "exact_match")]


class Score(NamedTuple):
    """Sums over a batch, each a scalar tensor, so that adding batches weighs every asked step the same.

    nats: negative log likelihood of the asked targets. asked, right: steps. exact, rows: examples.
    """

    nats: Tensor
    asked: Tensor
    right: Tensor
    exact: Tensor
    rows: Tensor


def score(logits: Tensor, targets: Tensor) -> Score:
    """Scores (B, T, V) logits against (B, T) targets. A row is exact when all its asked steps are right.

    Where answers are fed back, teacher-forced exactness equals greedy exact match: up to the first mistake both
    have seen the same inputs.
    """
    asked = targets != IGNORE
    precise = logits if logits.dtype == torch.float64 else logits.float()  # 16 bits are too few to add up in
    nats = functional.cross_entropy(precise.flatten(0, 1), targets.flatten(), ignore_index=IGNORE, reduction="sum")
    right = (logits.detach().argmax(2) == targets) & asked
    exact = (right == asked).all(1) & asked.any(1)
    return Score(nats, asked.sum(), right.sum(), exact.sum(), asked.any(1).sum())


def summary(sums: Tensor, text: bool = False) -> dict[str, float]:
    """loss (nats per asked step), accuracy, exact_match, and for text bits_per_character, of summed-up Scores (5,)."""
    nats, asked, right, exact, rows = sums.tolist()
    asked, rows = max(asked, 1), max(rows, 1)
    values = {"loss": nats / asked, "accuracy": right / asked, "exact_match": exact / rows}
    return values | ({"bits_per_character": nats / asked / math.log(2)} if text else {})


def total(scores: Score) -> Tensor:
    """A Score as one tensor (5,), float64, ready to be added up."""
    return torch.stack([value.detach().double() for value in scores])
