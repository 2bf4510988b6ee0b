"""A curriculum: which of a training's lengths its batches are drawn from. The loader asks it, batch by batch."""

from collections.abc import Callable
from typing import Annotated, Literal

from torch import nn

from rnnlab.batch import Batch
from rnnlab.errors import Bounds, checked
from rnnlab.metrics import score

COUNT = 256
"""Fresh examples that decide whether a length is solved: enough to tell 90 % from 95 %."""


class Curriculum:
    """Of the lengths of a training all (uniform), always the longest (fixed), or the shortest ones so far (growing).

    A growing one starts with the shortest. At each check the network answers COUNT fresh examples of the longest length
    present; where the share `solved` of them is exact, the next length is let in.
    """

    @checked
    def __init__(
        self,
        kind: Literal["uniform", "fixed", "growing"] = "uniform",
        solved: Annotated[float, Bounds(0, 1, above=True)] = 0.95,
    ):
        self.kind, self.solved = kind, solved
        self.reached = 1  # how many lengths have been let in

    def present(self, lengths: list[int]) -> list[int]:
        """Those of `lengths` that a batch may have now."""
        if self.kind == "uniform":
            return lengths
        return [max(lengths)] if self.kind == "fixed" else sorted(lengths)[: self.reached]

    def check(self, network: nn.Module, lengths: list[int], fresh: Callable[[int, int], Batch]) -> dict[str, float]:
        """Looks at a network, and lets in a length where it is time; what a check's metrics get of it.

        fresh: size, length -> new examples. longest_length: the longest that was trained on up to this check.
        """
        if self.kind != "growing":
            return {}
        longest = self.present(lengths)[-1]
        inputs, targets = (part.to(next(network.parameters()).device) for part in fresh(COUNT, longest))
        result = score(network(inputs)[0], targets)
        if result.exact >= self.solved * result.rows:
            self.reached = min(self.reached + 1, len(lengths))
        return {"longest_length": longest}

    def most(self, lengths: list[int]) -> int:
        """The largest `reached` that there may be."""
        return len(lengths) if self.kind == "growing" else 1

    def state_dict(self) -> dict[str, int]:
        return {"reached": self.reached}

    def load_state_dict(self, state: dict[str, int]) -> None:
        self.reached = state["reached"]
