"""The whole state of a network as one vector, after every step: what is looked at, cut and followed.

Letters beside those of `rnnlab.batch`:
    D numbers of the whole state: of an LSTM h and c, of every layer    N states at once
"""

from collections.abc import Callable

import torch
from torch import Tensor

from rnnlab.errors import InputError
from rnnlab.layers.cell import Gates
from rnnlab.layers.state import State, run
from rnnlab.layers.twins import cell_of
from rnnlab.layers.unroll import Open, Stepwise, unroll
from rnnlab.network import Network

Edit = Callable[[Tensor, int], Tensor]
"""(N, D) states after a step, and the step -> the states to go on with."""

CARRIED = ("hidden", "cell")
"""What the parts of a state are called where a layer does not say."""


def flat(state: State) -> Tensor:
    """(N, D): part after part, in each layer after layer."""
    return torch.cat([layer for part in state for layer in part], 1)


def shaped(whole: Tensor, like: State) -> State:
    """The state, with parts (layers, N, H) as those of `like`, that `flat` made `whole` of."""
    parts = whole.split([len(part) * part.shape[2] for part in like], 1)
    return tuple(torch.stack(whole.split(part.shape[2], 1)) for whole, part in zip(parts, like, strict=True))


def like(network: Network, inputs: Tensor) -> State:
    """A state of one row, for its shapes: what one step of the inputs leaves."""
    with torch.no_grad():
        return network(inputs[:1, :1])[1]


def parts(state: State) -> list[str]:
    """What the tensors of a state are called: hidden, cell, part 3."""
    return [CARRIED[place] if place < len(CARRIED) else f"part {place + 1}" for place in range(len(state))]


def labels(state: State) -> list[str]:
    """The D names of the numbers of a state, like `cell 3` or, with several layers, `hidden 3 of layer 2`."""
    names = []
    for name, part in zip(parts(state), state, strict=True):
        for layer in range(len(part)):
            of = f" of layer {layer + 1}" if len(part) > 1 else ""
            names += [f"{name} {unit + 1}{of}" for unit in range(part.shape[2])]
    return names


def layer_of(state: State) -> Tensor:
    """(D,) the layer, from 0, that each number of a state belongs to."""
    return torch.cat([torch.arange(len(part)).repeat_interleave(part.shape[2]) for part in state])


def walk(
    network: Network, inputs: Tensor, state: State | None = None, edit: Edit | None = None
) -> tuple[Tensor, Tensor]:
    """Reads (N, T) or (N, T, F) inputs step by step: the logits (N, T, V), and the whole state (N, T, D) after each.

    With `edit`, a state is changed after its step, before the head and the next step read it.
    """
    logits, states = [], []
    for step, now in enumerate(inputs.split(1, 1)):
        said, state = network(now, state)
        if edit:
            state = shaped(edit(flat(state), step), state)
            said = heard(network, state).unsqueeze(1)
        logits.append(said)
        states.append(flat(state))
    return torch.cat(logits, 1), torch.stack(states, 1)


def inside(network: Network, inputs: Tensor) -> list[Gates]:
    """`gates`, and of a layer that has none to show its states alone, under the names of their parts."""
    try:
        return gates(network, inputs)
    except InputError:
        _, states = walk(network, inputs)  # (N, T, D)
        shapes = like(network, inputs)
        split = states.split([len(part) * part.shape[2] for part in shapes], 2)
        named = zip(parts(shapes), split, shapes, strict=True)
        each = [(name, whole.split(part.shape[2], 2)) for name, whole, part in named]
        return [{name: layers[index] for name, layers in each} for index in range(len(shapes[0]))]


def heard(network: Network, state: State) -> Tensor:
    """What the head says of a state: (N, V) logits. A layer's last output ends the first part of its state."""
    return network.head(state[0][-1])


def advance(network: Network, now: Tensor) -> Callable[[Tensor], Tensor]:
    """One step as a map of whole states (N, D) -> (N, D), under inputs now (N, 1) or (N, 1, F), or one for all."""
    x = network.encoder(now).to(network.head.weight.dtype)  # (N or 1, 1, features)
    shapes = like(network, now)

    def step(whole: Tensor) -> Tensor:
        return flat(run(network.layer, x.expand(len(whole), -1, -1), shaped(whole, shapes))[1])

    return step


def gates(network: Network, inputs: Tensor, state: State | None = None) -> list[Gates]:
    """Every gate of every layer, by name: for each layer a dict of (N, T, H).

    Raises:
        InputError: for a layer that runs no cell and has no `trace` of its own.
    """
    layer = network.layer
    x = network.encoder(inputs).to(network.head.weight.dtype)
    cell = cell_of(layer)
    with torch.no_grad():
        if cell is not None and isinstance(layer, Open) and not isinstance(layer, Stepwise):
            found: list[Gates] = []
            unroll(layer, cell, x, state, found)
            return found
        if callable(trace := getattr(layer, "trace", None)):
            return trace(x, state)
    raise InputError("its layer has no gates to show", "its states can still be shown", "run", type(layer).__name__)
