"""What a task is."""

from typing import Protocol

from torch import Generator, Tensor

from rnnlab.batch import Batch


class Task(Protocol):
    """A sampler whose *length is an argument*, so training, curricula and length generalisation share one path.

    num_inputs: how many symbols there are, or how many features a step has.
    num_classes: V, how many classes are told apart.
    symbols: True where inputs are symbol ids (B, T), False where they are float features (B, T, F).
    end: None where the answer is not fed back; otherwise the class that ends an answer, or -1 where none does.
    minimum: the shortest length that `batch` takes.
    lengths: the lengths that `every` lists where the examples come from a file, otherwise None.
    """

    num_inputs: int
    num_classes: int
    symbols: bool = True
    end: int | None = None
    minimum: int = 1
    lengths: list[int] | None = None

    def batch(self, size: int, length: int, generator: Generator) -> Batch:
        """`size` examples of exactly `length`, drawn with `generator` by tensor operations, exact at any length."""
        ...

    def every(self, length: int) -> Batch:
        """All examples of a length, each once. Raises InputError where they cannot be listed."""
        ...

    def parse(self, text: str) -> Batch:
        """The one example (B = 1) that a person typed. Raises InputError naming what is wrong with it."""
        ...

    def show(self, inputs: Tensor, targets: Tensor) -> str:
        """One example, (T,) or (T, F) inputs and (T,) targets, for a person to read."""
        ...
