"""Loaders, whose order is a function of (seed, epoch) and whose place can be saved, and how examples are drawn.

All data are tensors in memory (or memory-mapped), so there are no worker processes to start, kill or seed.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from rnnlab.batch import IGNORE, Batch, next_token, stack
from rnnlab.data.curriculum import Curriculum
from rnnlab.data.draw import Part
from rnnlab.data.seeds import generator_for
from rnnlab.errors import InputError


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

    def check(self, network: nn.Module, step: int) -> dict[str, float]:
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
    """Fresh examples of a part: batch k of epoch e is drawn from (seed, e, k), one length a batch.

    curriculum: says which of `lengths` a batch may have; all of them where there is none.
    prefixes: whether the prefixes of a batch's rows are added to it, as rows of their own.
    """

    def __init__(
        self,
        part: Part,
        lengths: list[int],
        batch_size: int,
        steps: int,
        seed: int,
        curriculum: Curriculum | None = None,
        prefixes: bool = False,
    ):
        super().__init__(steps)
        self.drawn_from, self.batch_size, self.seed = part, batch_size, seed
        self.curriculum, self.prefixes = curriculum or Curriculum(), prefixes
        probe = generator_for(part.split_seed, "probe")
        self.lengths = [length for length in lengths if len(part.draw(64, length, probe).targets)]
        if not self.lengths:
            raise InputError("no training examples", "use longer lengths, or data.split=null", "lengths", lengths)

    def batch(self, position: int) -> Batch:
        generator = generator_for(self.seed, "draw", self.epoch, position)
        present = self.curriculum.present(self.lengths)
        length = present[int(torch.randint(len(present), (), generator=generator))]
        batch = self.drawn_from.draw(self.batch_size, length, generator)
        if not self.prefixes:
            return batch
        return stack([batch, *map(self.drawn_from.of, self.drawn_from.task.prefixes(batch))])

    def check(self, network: nn.Module, step: int) -> dict[str, float]:
        def fresh(size: int, length: int) -> Batch:
            return self.drawn_from.draw(size, length, generator_for(self.seed, "growing", step))

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
