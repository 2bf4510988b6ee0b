"""Loaders, whose order is a function of (seed, epoch) and whose place can be saved, and how examples are drawn.

All data are tensors in memory (or memory-mapped), so there are no worker processes to start, kill or seed.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import torch
from torch import Generator, Tensor

from rnnlab.batch import IGNORE, Batch, next_token, stack
from rnnlab.curriculum import Curriculum
from rnnlab.errors import InputError
from rnnlab.network import Network
from rnnlab.tasks.task import Task

EVERYTHING = (0.0, 1.0)
"""The share of examples that all belong to."""


class Loader:
    """What Lightning iterates: batch `position` of epoch `epoch`.

    Each iteration is the next epoch from its start, also where the one before was left early (a limit on batches);
    only the first one after `load_state_dict` goes on where that state was taken.
    """

    def __init__(self, steps: int):
        self.steps, self.epoch, self.position = steps, 0, 0
        self.begun = False
        self.rank, self.processes = 0, 1  # of those that share each batch

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[Batch]:
        if self.begun or self.position >= self.steps:
            self.epoch, self.position = self.epoch + 1, 0
        self.begun = True
        self.start()
        while self.position < self.steps:
            self.position += 1
            yield self.part(self.batch(self.position - 1))

    def limit(self, steps: int) -> None:
        """From now on an epoch has at most so many batches."""
        self.steps = min(self.steps, steps)

    def share_out(self, rank: int, processes: int) -> None:
        """From now on only the rows of process `rank` of so many."""
        self.rank, self.processes = rank, processes

    def check(self, network: Network, step: int) -> dict[str, float]:
        """Looks at the network at a check in training, after optimizer step `step`; what the check's metrics get."""
        return {}

    def part(self, batch: Batch) -> Batch:
        """This process's rows of a batch: every `processes`-th from `rank`; where there is none, a row unasked."""
        rows = batch.rows(slice(self.rank, None, self.processes))
        if len(rows.targets):
            return rows
        return Batch(batch.inputs[:1], torch.full_like(batch.targets[:1], IGNORE))

    def start(self) -> None:
        """Prepares an epoch."""

    def batch(self, position: int) -> Batch:
        raise NotImplementedError

    def state_dict(self) -> dict[str, int]:
        return {"epoch": self.epoch, "position": self.position}

    def load_state_dict(self, state: dict[str, int]) -> None:
        self.epoch, self.position = state["epoch"], state["position"]
        self.begun = False


class Shuffled(Loader):
    """Every one of a fixed set of examples once per epoch, in an order drawn from (seed, epoch)."""

    def __init__(self, examples: Batch, batch_size: int, seed: int):
        super().__init__(-(-len(examples.targets) // batch_size))
        self.examples, self.batch_size, self.seed = examples, batch_size, seed

    def start(self) -> None:
        generator = generator_for(self.seed, "order", self.epoch)
        self.order = torch.randperm(len(self.examples.targets), generator=generator)

    def batch(self, position: int) -> Batch:
        return self.examples.rows(self.order[position * self.batch_size : (position + 1) * self.batch_size])


class Drawn(Loader):
    """Fresh examples: batch k of epoch e is drawn from (seed, e, k), one length a batch.

    curriculum: says which of `lengths` a batch may have; all of them where there is none.
    prefixes: whether the prefixes of a batch's rows are added to it, as rows of their own.
    """

    def __init__(
        self,
        task: Task,
        lengths: list[int],
        batch_size: int,
        steps: int,
        seed: int,
        split_seed: int = 0,
        share: tuple[float, float] = EVERYTHING,
        curriculum: Curriculum | None = None,
        prefixes: bool = False,
    ):
        super().__init__(steps)
        self.curriculum, self.prefixes = curriculum or Curriculum(), prefixes
        self.task, self.batch_size, self.seed, self.split_seed, self.share = task, batch_size, seed, split_seed, share
        probe = generator_for(split_seed, "probe")
        self.lengths = [length for length in lengths if len(draw(task, 64, length, probe, split_seed, share).targets)]
        if not self.lengths:
            raise InputError("no training examples", "use longer lengths, or data.split=null", "lengths", lengths)

    def batch(self, position: int) -> Batch:
        generator = generator_for(self.seed, "draw", self.epoch, position)
        present = self.curriculum.present(self.lengths)
        length = present[int(torch.randint(len(present), (), generator=generator))]
        batch = draw(self.task, self.batch_size, length, generator, self.split_seed, self.share)
        if not self.prefixes:
            return batch
        return stack([batch, *(within(part, self.split_seed, self.share) for part in self.task.prefixes(batch))])

    def check(self, network: Network, step: int) -> dict[str, float]:
        def fresh(size: int, length: int) -> Batch:
            return draw(self.task, size, length, generator_for(self.seed, "growing", step), self.split_seed, self.share)

        return self.curriculum.check(network, self.lengths, fresh)

    def state_dict(self) -> dict[str, int]:
        return super().state_dict() | self.curriculum.state_dict()

    def load_state_dict(self, state: dict[str, int]) -> None:
        super().load_state_dict(state)
        self.curriculum.load_state_dict(state)


class Rows(Loader):
    """Parallel contiguous rows of a text: batch k holds steps k*T to (k+1)*T of every row, so state can be carried."""

    def __init__(self, ids: np.ndarray, rows: int, window: int):
        self.stride = len(ids) // rows
        self.rows = ids[: rows * self.stride].reshape(rows, self.stride)
        self.window = window
        super().__init__(-(-(self.stride - 1) // window))

    def batch(self, position: int) -> Batch:
        start = position * self.window
        return next_token(torch.from_numpy(self.rows[:, start : start + self.window + 1].astype(np.int64)))


class Fixed(Loader):
    """Prepared batches, in order."""

    def __init__(self, batches: list[Batch]):
        super().__init__(len(batches))
        self.batches = batches

    def batch(self, position: int) -> Batch:
        return self.batches[position]


def digest(*arrays: np.ndarray) -> str:
    """A fingerprint of arrays of any size, in bounded memory."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(f"{array.dtype}{array.shape}".encode())
        for start in range(0, len(array), 1 << 20):
            sha.update(np.ascontiguousarray(array[start : start + (1 << 20)]))
    return sha.hexdigest()


def generator_for(*parts: int | str) -> Generator:
    """A random generator that depends on all the parts and nothing else."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return Generator().manual_seed(int.from_bytes(digest, "little") >> 1)


def row_hash(inputs: Tensor, seed: int) -> Tensor:
    """(B,) float64 in [0, 1): a seeded hash of each row of (B, T) or (B, T, F), equal for equal rows.

    Features that differ by less than a millionth count as equal.
    """
    values = (inputs * 1e6 if inputs.is_floating_point() else inputs).flatten(1).round().long() + 1
    weights = torch.randint(2**62, (values.shape[1],), generator=generator_for(seed, "hash")) * 2 + 1
    mixed = (values * weights).sum(1)  # int64 wraps around, which is what a hash wants
    for shift in (29, 32):
        mixed = (mixed ^ (mixed >> shift)) * 0x1B873593CC9E2D51
    return (mixed ^ (mixed >> 31)).bitwise_and(2**53 - 1).double() / 2**53


def draw(task: Task, size: int, length: int, generator: Generator, seed: int, share: tuple[float, float]) -> Batch:
    """`size` random examples of `length` whose hash lies in `share`; fewer, or none, where there are hardly any."""
    if share == EVERYTHING:
        return task.batch(size, length, generator)
    found: list[Batch] = []
    missing = size
    for _ in range(20):
        batch = task.batch(int(missing / (share[1] - share[0])) + 16, length, generator)
        found.append(within(batch, seed, share))
        missing -= len(found[-1].targets)
        if missing <= 0:
            break
    return stack(found).rows(slice(size))


def within(batch: Batch, seed: int, share: tuple[float, float]) -> Batch:
    """The rows whose hash lies in `share`."""
    place = row_hash(batch.inputs, seed)
    return batch.rows((place >= share[0]) & (place < share[1]))
