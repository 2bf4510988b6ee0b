"""How answers are scored: the same few sums for every task, in training, validation and test."""

import math
from typing import Generic, NamedTuple, TypeVar

import torch
from torch import Tensor
from torch.nn import functional

from rnnlab.batch import IGNORE, Answer

T = TypeVar("T", Tensor, float)


class Score(NamedTuple, Generic[T]):
    """Sums over a batch or over many, so that adding batches weighs every asked step the same.

    nats: negative log likelihood of the asked targets. asked, right: steps. exact, rows: examples.
    """

    nats: T
    asked: T
    right: T
    exact: T
    rows: T


def score(logits: Tensor, targets: Tensor) -> Score[Tensor]:
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


def nothing() -> Tensor:
    """The total of no Score at all."""
    return torch.zeros(len(Score._fields), dtype=torch.float64)


def total(scores: Score[Tensor]) -> Tensor:
    """A Score as one tensor (5,), float64, ready to be added up."""
    return torch.stack([value.detach().double() for value in scores])


def named(totals: Tensor) -> Score[float]:
    """What totals (5,) that were added up are the sums of."""
    return Score(*totals.tolist())


def summary(sums: Score[float], answer: Answer) -> dict[str, float]:
    """loss (nats per asked step), accuracy, exact_match, and for text bits_per_character."""
    asked, rows = max(sums.asked, 1), max(sums.rows, 1)
    values = {"loss": sums.nats / asked, "accuracy": sums.right / asked, "exact_match": sums.exact / rows}
    return values | ({"bits_per_character": sums.nats / asked / math.log(2)} if answer == "endless" else {})


def counted(sums: Score[float], answer: Answer) -> tuple[str, float]:
    """What of a task is counted, and how many there were: examples, or the characters of a text."""
    return ("characters", sums.asked) if answer == "endless" else ("examples", sums.rows)
