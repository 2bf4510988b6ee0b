"""How far a model generalises: exact match and accuracy by length, on random and on adversarial examples."""

import csv
import io
import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import torch

from rnnlab.batch import Batch
from rnnlab.data.lengths import ROWS, measurable
from rnnlab.data.seeds import generator_for
from rnnlab.network import Network
from rnnlab.tasks.task import Task

STEPS = 1 << 16
"""Steps of all rows together that are read at once, so memory grows neither with the rows nor with the length."""

NORMAL_95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""

RANDOM = "random"


class Measured(NamedTuple):
    """What was right of some examples of a length. inputs: `random`, or the name of an adversarial kind.

    rows, exact: examples, and those all right. asked, right: symbols.
    """

    length: int
    inputs: str
    rows: int
    exact: int
    asked: int
    right: int

    def row(self) -> dict[str, Any]:
        """All of it with the shares and their Wilson 95 % intervals, as a row of `lengths.csv`.

        The symbols of an example are not independent, so the interval of `accuracy` is narrower than the truth.
        """
        exact_low, exact_high = wilson(self.exact, self.rows)
        low, high = wilson(self.right, self.asked)
        return self._asdict() | {
            "exact_match": self.exact / self.rows,
            "exact_match_low": exact_low,
            "exact_match_high": exact_high,
            "accuracy": self.right / self.asked,
            "accuracy_low": low,
            "accuracy_high": high,
        }


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927): sensible also for 0 or all of a few.

    (p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)
    """
    share, z = right / count, NORMAL_95
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return 0.0 if right == 0 else low, 1.0 if right == count else high  # which these are, but for rounding


def by_length(network: Network, task: Task, lengths: list[int], count: int, seed: int) -> list[Measured]:
    """Of each length, `count` random examples, drawn from (seed, length) alone, and all adversarial ones.

    Raises:
        InputError: for lengths that the task does not have, or of which so many take too much time or memory.
    """
    found: list[Measured] = []
    for length in measurable("lengths", lengths, task, count):
        generator = generator_for(seed, "by length", length)
        sizes = [min(ROWS, count - start) for start in range(0, count, ROWS)]
        parts = [measure(network, length, RANDOM, task.pieces(size, length, generator)) for size in sizes]
        found.append(Measured(length, RANDOM, *map(sum, zip(*(part[2:] for part in parts), strict=True))))
        found += [measure(network, length, name, pieces) for name, pieces in task.adversarial(length).items()]
    return found


@torch.inference_mode()
def measure(network: Network, length: int, inputs: str, pieces: Iterable[Batch]) -> Measured:
    """Reads the consecutive pieces of some examples with carried state, and counts what is right.

    Where answers are fed back this is teacher-forced, which is exactly when the greedy answer is right.
    """
    state, asked, wrong = None, 0, torch.zeros(1, dtype=torch.int64)
    for piece in pieces:
        for part in _parts(piece):
            logits, state = network(part.inputs, state)
            mask = part.asked()
            asked += int(mask.sum())
            wrong = wrong + ((logits.argmax(2) != part.targets) & mask).sum(1)  # (B,)
    return Measured(length, inputs, len(wrong), int((wrong == 0).sum()), asked, asked - int(wrong.sum()))


def _parts(batch: Batch) -> Iterator[Batch]:
    steps = max(1, STEPS // len(batch.targets))
    for start in range(0, batch.targets.shape[1], steps):
        yield Batch(*(part[:, start : start + steps] for part in batch))


def beyond(measured: list[Measured], longest: int) -> dict[str, float]:
    """The one figure: mean exact match over all lengths above `longest`, each length counting the same.

    `random` is of random examples, `adversarial` of all adversarial kinds together; left out where there are none.
    """
    figures = {}
    for name in (RANDOM, "adversarial"):
        shares = [
            one.exact / one.rows
            for one in measured
            if one.length > longest and (one.inputs == RANDOM) == (name == RANDOM)
        ]
        if shares:
            figures[name] = sum(shares) / len(shares)
    return figures


def table(measured: list[Measured]) -> str:
    """`lengths.csv`: one row for each length and kind of inputs."""
    rows, text = [one.row() for one in measured], io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
