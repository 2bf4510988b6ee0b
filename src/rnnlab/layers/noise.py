"""Gaussian noise in training, inside any layer: before its activations, and on the state that it carries."""

import contextlib
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from rnnlab.errors import InputError
from rnnlab.layers.state import State, run
from rnnlab.layers.twins import cell_of
from rnnlab.layers.unroll import Open, unroll

ACTIVATIONS = {"tanh", "sigmoid", "relu", "hardtanh", "hardsigmoid", "elu", "gelu", "silu", "softplus", "softsign"}
"""Functions of torch, torch.nn.functional and Tensor that count as activations."""


class BeforeActivations(TorchFunctionMode):
    """While it is entered, whatever goes into an activation first gets its own noise N(0, deviation).

    met: how many activations there were.
    """

    def __init__(self, deviation: float):
        super().__init__()
        self.deviation, self.met = deviation, 0

    def __torch_function__(self, function: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        if getattr(function, "__name__", "") in ACTIVATIONS and args:
            self.met += 1
            if self.deviation:
                args = (_noisy(args[0], self.deviation), *args[1:])
        return function(*args, **(kwargs or {}))


class Noise:
    """How a layer is run in training: x (B, T, F), state or None -> y (B, T, H), state, as the layer protocol says.

    activation: deviation of the noise that enters every activation of the layer: an RNN's one (Jim, Giles and Horne,
        1996), an LSTM's gates, candidate and cell, a GRU's gates and candidate. torch.nn's layers hide theirs, so
        their cells run on the same weights instead.
    state: deviation of the noise on each number of the state after each step, which the next step starts from.

    The noise comes from torch's global generator, whose state is in every checkpoint.
    """

    def __init__(self, activation: float = 0.0, state: float = 0.0):
        self.activation, self.state = activation, state

    def __call__(self, layer: nn.Module, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        with BeforeActivations(self.activation) if self.activation else contextlib.nullcontext():
            read = run_open if self.activation else run
            if not self.state:
                return read(layer, x, state)
            outputs = []
            for now in x.split(1, 1):  # (B, 1, F)
                y, after = read(layer, now, state)
                outputs.append(y)
                state = tuple(_noisy(part, self.state) for part in after)
            assert state is not None  # of one step at least
            return torch.cat(outputs, 1), state

    def check(self, layer: nn.Module, features: int) -> None:
        """Raises InputError for a layer of F features whose activations the noise cannot reach."""
        if self.activation and not activations(layer, features):
            what = f"{type(layer).__name__} calls no activation of torch that could be reached"
            raise InputError(what, "0 for this layer", "practice.activation_noise", self.activation)


def run_open(layer: nn.Module, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
    """As `rnnlab.layers.state.run`, with every activation a call of one of torch's functions."""
    cell = cell_of(layer)
    if cell is None or not isinstance(layer, Open):
        return run(layer, x, state)
    return unroll(layer, cell, x, state)


@torch.no_grad()
def activations(layer: nn.Module, features: int) -> int:
    """How many activations of a layer noise would reach in a step of (1, 1, F) features."""
    training = layer.training
    layer.eval()  # so that no dropout draws random numbers
    with BeforeActivations(0.0) as mode:
        run_open(layer, next(layer.parameters()).new_zeros(1, 1, features))
    layer.train(training)
    return mode.met


def _noisy(values: Tensor, deviation: float) -> Tensor:
    return values + deviation * torch.randn_like(values)
