"""A cell: one step of a recurrent layer, as its equations say it."""

from abc import ABC, abstractmethod

from torch import Tensor

from rnnlab.layers.state import State

Gates = dict[str, Tensor]
"""Name -> values of everything that a step computes, gates, candidate and state alike."""


class Cell(ABC):
    """One step, pure: no weights, no loop, nothing remembered. `rnnlab.layers.unroll.Stepwise` makes a layer of it.

    gates: a name for each of the blocks of H rows of which W_ih, W_hh and the biases consist, in their order.
    carried: how many tensors a state has. The first is h, which the recurrent weights and the layer above read.
    """

    carried: int = 1

    @property
    @abstractmethod
    def gates(self) -> tuple[str, ...]: ...

    @abstractmethod
    def step(self, driven: Tensor, recurrent: Tensor, state: State) -> tuple[State, Gates]:
        """What comes after `state`, tensors (B, H), and all that went on, each (B, H).

        driven: W_ih x_t + b_ih, what the input says to each gate. recurrent: W_hh h_{t-1} + b_hh, what the state says.
        Both are (B, gates H).
        """
