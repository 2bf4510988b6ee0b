"""The one data contract: what a batch is, and the four ways to build one.

Letters used in every shape comment of rnnlab:
    B rows of a batch    T time steps    F input features    H hidden units    V classes or symbols
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

IGNORE = -100
"""The target of a step where nothing is asked (the value that torch's cross-entropy skips)."""


Answer = Literal["once", "each_step", "fed_back", "endless"]
"""How an answer comes: one class after the last step of a row; a class at every step; symbol by symbol, each one fed
back as the next input, until a class that ends it; or, of text, as the next symbol at every step, without end."""


class Batch(NamedTuple):
    """Inputs and what is asked of them. The mask *is* the targets, so the two can never disagree.

    inputs: (B, T) symbol ids, int64, or (B, T, F) features, float.
    targets: (B, T) class ids, int64; IGNORE where nothing is asked.
    """

    inputs: Tensor
    targets: Tensor

    def asked(self) -> Tensor:
        """(B, T) bool: the steps that count in loss and scores."""
        return self.targets != IGNORE

    def rows(self, index: Tensor | slice) -> "Batch":
        """The chosen rows."""
        return Batch(self.inputs[index], self.targets[index])


def label_at_end(inputs: Tensor, label: Tensor) -> Batch:
    """Many-to-one: one label (B,) after the last of T steps. `a b c d` asks `. . . Y`."""
    targets = torch.full(inputs.shape[:2], IGNORE)
    targets[:, -1] = label
    return Batch(inputs, targets)


def label_each_step(inputs: Tensor, labels: Tensor) -> Batch:
    """Many-to-many, aligned: a label (B, T) at every step."""
    return Batch(inputs, labels)


def answer_after(prompt: Tensor, answer: Tensor) -> Batch:
    """Many-to-many, unaligned, and (with a prompt of one symbol) one-to-many.

    The answer's first symbol is asked at the prompt's last step; each further one when the one before it has
    been fed back. `1 2 9 4 EOS` with `1 6 EOA` becomes inputs `1 2 9 4 EOS 1 6` and targets `. . . . 1 6 EOA`.

    prompt: (B, P) symbol ids. answer: (B, A) symbol ids, shorter ones padded on the right with IGNORE.
    """
    unasked = torch.full((len(prompt), prompt.shape[1] - 1), IGNORE)
    fed_back = answer[:, :-1].clamp(min=0)  # what stands in for padding is never asked about, and all is causal
    return Batch(torch.cat([prompt, fed_back], 1), torch.cat([unasked, answer], 1))


def next_token(rows: Tensor) -> Batch:
    """Text: every symbol of (B, T + 1) rows asks for the one that follows."""
    return Batch(rows[:, :-1], rows[:, 1:])


def stack(batches: list[Batch]) -> Batch:
    """One batch from several of unequal T: padded on the right with input 0 and target IGNORE."""
    longest = max(batch.targets.shape[1] for batch in batches)
    return Batch(
        torch.cat([_pad(batch.inputs, longest, 0) for batch in batches]),
        torch.cat([_pad(batch.targets, longest, IGNORE) for batch in batches]),
    )


def _pad(steps: Tensor, length: int, value: int) -> Tensor:
    rows, used, *features = steps.shape
    return torch.cat([steps, steps.new_full((rows, length - used, *features), value)], 1)
