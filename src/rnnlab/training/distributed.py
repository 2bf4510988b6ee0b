"""What the processes of one run tell each other (DDP); in a run of one process, nothing.

Every process makes the same batches and takes its rows of each, so `data.batch_size` means the same however many
there are. All of them must come to each of these functions together.
"""

from typing import Any

import torch
from torch import Tensor, distributed


def count() -> int:
    """How many processes there are."""
    return distributed.get_world_size() if distributed.is_available() and distributed.is_initialized() else 1


def rank() -> int:
    """Which of them this one is, from 0."""
    return distributed.get_rank() if count() > 1 else 0


def total(values: Tensor) -> Tensor:
    """The sum of a tensor over all processes."""
    return _reduced(values, distributed.ReduceOp.SUM) if count() > 1 else values


def largest(*values: int) -> tuple[int, ...]:
    """The largest of each number over all processes."""
    return tuple(_reduced(torch.tensor(values), distributed.ReduceOp.MAX).tolist()) if count() > 1 else values


def gathered(value: Any) -> list[Any]:
    """What each process has, of anything that can be pickled, in the order of their ranks."""
    values: list[Any] = [value]
    if count() > 1:
        values = [None] * count()
        distributed.all_gather_object(values, value)
    return values


def woven(parts: list[Tensor]) -> Tensor:
    """(layers, B, H) of the rows of all processes, from those of each: the inverse of `mine`."""
    whole = torch.cat(parts, 1)
    for place, part in enumerate(parts):
        whole[:, place :: len(parts)] = part
    return whole


def mine(whole: Tensor) -> Tensor:
    """(layers, b, H): this process's rows of (layers, B, H)."""
    return whole[:, rank() :: count()]


def _reduced(values: Tensor, how: Any) -> Tensor:
    device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
    copy = values.detach().clone().to(device)
    distributed.all_reduce(copy, how)
    return copy.to(values.device)
