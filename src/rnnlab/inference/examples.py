"""Examples that are looked at: drawn ones, and a few with the answers of a trained network."""

from collections.abc import Iterable
from typing import NamedTuple

import torch

from rnnlab.batch import Batch
from rnnlab.data.seeds import generator_for
from rnnlab.errors import InputError
from rnnlab.inference.answer import Answer, ask
from rnnlab.network import Network
from rnnlab.tasks.task import Task

MOST = 1 << 17
"""Steps of all rows together that are looked at."""


class Examples(NamedTuple):
    """The first few answers that are right, and the first few that are wrong, of the shortest examples there are."""

    right: list[Answer]
    wrong: list[Answer]


def drawn(task: Task, count: int, length: int, seed: int, purpose: str) -> Batch:
    """Examples of a length, the same ones for the same seed and purpose."""
    return task.batch(count, length, generator_for(seed, purpose))


@torch.inference_mode()
def examples(network: Network, task: Task, batches: Iterable[Batch], count: int = 3) -> Examples:
    """Up to `count` of each kind; a text has no answers."""
    found, steps = Examples([], []), 0
    for batch in sorted(batches, key=lambda batch: batch.targets.shape[1]):
        asked = batch.asked()
        exact = ((network(batch.inputs)[0].argmax(2) == batch.targets) | ~asked).all(1)
        for kind, rows in ((found.right, exact), (found.wrong, ~exact)):
            for row in rows.nonzero()[: count - len(kind), 0].tolist():
                end = int(asked[row].nonzero()[-1]) + 1  # what follows is padding
                kind.append(ask(network, task, Batch(*(part[row : row + 1, :end] for part in batch))))
        steps += batch.targets.numel()
        if steps > MOST or min(map(len, found)) >= count:
            break
    return found


def typed(task: Task, shown: str) -> str:
    """The question of an example that is shown, as a person would type it: the shortest beginning that is read as it.

    Of `9 + 60 = 69` it is `9 + 60`; nothing where none is.
    """
    for end in range(1, len(shown) + 1):
        try:
            inputs, targets = task.parse(shown[:end])
        except InputError:
            continue
        if task.show(inputs[0], targets[0]) == shown:
            return shown[:end].strip()
    return ""
