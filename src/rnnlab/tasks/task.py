"""What a task is."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Protocol, TypeGuard

import numpy as np
from torch import Generator, Tensor

from rnnlab.batch import Answer, Batch
from rnnlab.errors import Bounds, InputError
from rnnlab.tasks.machine import Machine
from rnnlab.tasks.vocab import Vocab

Size = Annotated[int, Bounds(1, 65_536)]
"""Of what is told apart; one-hot, it is squared."""


class Task(Protocol):
    """A sampler whose *length is an argument*, so training, curricula and length generalisation share one path.

    answer: how an answer comes, the only place that says so: what is decoded, scored and carried depends on it.
    num_inputs: how many symbols there are, or how many features a step has.
    num_classes: V, how many classes are told apart.
    symbols: True where inputs are symbol ids (B, T), False where they are float features (B, T, F).
    end: the class that ends an answer, where it is fed back. eos: the symbol that ends a question, where there is one.
    vocab: the characters that symbols and classes are, where each is one.
    minimum: the shortest length that `batch` takes.
    lengths: the lengths that `every` lists where the examples come from a file, otherwise None.
    """

    answer: Answer
    num_inputs: Size
    num_classes: Size
    symbols: bool = True
    end: int | None = None
    eos: int | None = None
    vocab: Vocab | None = None
    minimum: int = 1
    lengths: list[int] | None = None

    def batch(self, size: int, length: int, generator: Generator) -> Batch:
        """`size` examples of exactly `length`, drawn with `generator` by tensor operations, exact at any length."""
        ...

    def every(self, length: int) -> Batch:
        """All examples of a length, each once. Raises InputError where they cannot be listed."""
        ...

    def parse(self, text: str) -> Batch:
        """The one example (B = 1) that a person typed, as `show` begins. Raises InputError naming what is wrong."""
        ...

    def show(self, inputs: Tensor, targets: Tensor) -> str:
        """One example, (T,) or (T, F) inputs and (T,) targets, for a person to read: first what `parse` would read."""
        ...

    def label(self, target: int) -> str:
        """A class as a person reads it."""
        return self.spelled(target)

    def spelled(self, symbol: int) -> str:
        """A symbol as a person reads it."""
        return str(symbol) if self.vocab is None else self.vocab.symbols[symbol]

    def explain(self, inputs: Tensor, targets: Tensor) -> str:
        """More about one example than `show` says, for a person to check; nothing where there is no more."""
        return ""

    def pieces(self, size: int, length: int, generator: Generator) -> Iterator[Batch]:
        """`size` examples as `batch` draws them, cut along time into consecutive batches.

        A task that makes them piece by piece can be asked about any length in bounded memory.
        """
        yield self.batch(size, length, generator)

    def prefixes(self, batch: Batch) -> list[Batch]:
        """What the rows of a batch of one length begin with, as examples of their own, one batch for each length.

        Raises:
            InputError: where there is no answer before the end, or every step is asked already.
        """
        raise InputError("nothing more to ask before the end of a row", "false for this task", "prefixes", True)

    def adversarial(self, length: int) -> dict[str, Iterable[Batch]]:
        """By name, the hardest examples of a length: a few rows each, in pieces like those of `pieces`."""
        return {}

    def quantities(self, batch: Batch) -> dict[str, Tensor]:
        """By name, what there is to know after each step of the rows of a batch, whole numbers (B, T), int64.

        IGNORE stands where a quantity has no meaning. `rnnlab.inspect` looks for them in the state of a network.
        """
        return {}

    def exchanged(self, name: str, batch: Batch, donor: Batch, step: int) -> Batch:
        """How the rows of `batch` would go on if after `step` their quantity `name` were that of the rows of `donor`.

        Inputs and targets are those of `batch` up to that step; later ones are what would then be right.

        Raises:
            InputError: for a quantity that does not decide what is right, or a step at which it has no meaning.
        """
        raise InputError("nothing right depends on it alone", "another quantity, or another task", "quantity", name)

    def machine(self) -> Machine | None:
        """The finite machine whose answers are right on every word of any length; None where there is none."""
        return None

    def read(self, path: str) -> Iterator[Batch]:
        """The examples in a file. Raises InputError where there are none, or the task reads no files."""
        raise InputError("this task reads no files", "ask about lengths=[...] instead", "input", path)

    def lines(self, batches: Iterable[Batch]) -> Iterator[str]:
        """Examples as lines of a file that `read` reads. Raises InputError where the task reads none."""
        raise InputError("cannot be written as lines of a file", "task=digitsum", "task", type(self).__name__.lower())


class Text(Task, Protocol):
    """A task whose answer is endless; it can also be made from a vocabulary's `symbols` alone.

    train, validation, test: (N,) symbol ids; where a text has no test of its own, that is the validation's array.
    rows: the number of parallel rows that the text itself asks for, or None.
    """

    vocab: Vocab
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    rows: int | None

    def windows(self, chunks: Iterable[str], path: str) -> Iterator[Batch]:
        """The pieces of a text in a file as one long row, in consecutive windows (1, T)."""
        ...


def is_text(task: Task) -> TypeGuard[Text]:
    """Whether a task's answer is endless, so that it has all that a text has."""
    return task.answer == "endless"
