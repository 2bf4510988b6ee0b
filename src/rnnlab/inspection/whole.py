"""The whole state of a network as one vector, after every step: what is looked at, cut and followed.

Letters beside those of `rnnlab.batch`:
    D numbers of the whole state: of an LSTM h and c, of every layer    N states at once
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from rnnlab.errors import InputError
from rnnlab.layers.cell import Gates
from rnnlab.layers.state import State, run
from rnnlab.layers.twins import cell_of
from rnnlab.layers.unroll import Open, unroll
from rnnlab.network import Network

Edit = Callable[[Tensor, int], Tensor]
"""(N, D) states after a step, and the step -> the states to go on with."""

CARRIED = ("hidden", "cell")
"""What the parts of a state are called where a layer does not say."""


def flat(state: State) -> Tensor:
    """(N, D): part after part, in each layer after layer."""
    return torch.cat([layer for part in state for layer in part], 1)


def shaped(whole: Tensor, example: State) -> State:
    """The state, with parts (layers, N, H) as those of `example`, that `flat` made `whole` of."""
    pieces = whole.split([len(part) * part.shape[2] for part in example], 1)
    return tuple(torch.stack(piece.split(part.shape[2], 1)) for piece, part in zip(pieces, example, strict=True))


def example_of(network: Network, inputs: Tensor) -> State:
    """A state of one row, for its shapes: what one step of the inputs leaves."""
    with torch.no_grad():
        return network(inputs[:1, :1])[1]


def carried(state: State) -> list[str]:
    """What the tensors of a state are called: hidden, cell, part 3."""
    return [CARRIED[place] if place < len(CARRIED) else f"part {place + 1}" for place in range(len(state))]


def labels(state: State) -> list[str]:
    """The D names of the numbers of a state, like `cell 3` or, with several layers, `hidden 3 of layer 2`."""
    names = []
    for name, part in zip(carried(state), state, strict=True):
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


def inside(network: Network, inputs: Tensor, state: State | None = None) -> list[Gates]:
    """`gates`, and of a layer that has none to show its states alone, under the names of their parts."""
    if gated(network.layer):
        return gates(network, inputs, state)
    _, states = walk(network, inputs, state)  # (N, T, D)
    example = example_of(network, inputs)
    pieces = states.split([part.shape[2] for part in example for _ in part], 2)
    places = [(name, layer) for name, part in zip(carried(example), example, strict=True) for layer in range(len(part))]
    found: list[Gates] = [{} for _ in range(max(map(len, example)))]
    for (name, layer), values in zip(places, pieces, strict=True):
        found[layer][name] = values
    return found


def gated(layer: nn.Module) -> bool:
    """Whether there are gates to see: the layer runs a cell, or has a `trace` of its own."""
    return (cell_of(layer) is not None and isinstance(layer, Open)) or callable(getattr(layer, "trace", None))


def heard(network: Network, state: State) -> Tensor:
    """What the head says of a state: (N, V) logits. A layer's last output ends the first part of its state."""
    return network.head(state[0][-1])


def advance(network: Network, now: Tensor) -> Callable[[Tensor], Tensor]:
    """One step as a map of whole states (N, D) -> (N, D), under inputs now (N, 1) or (N, 1, F), or one for all."""
    x = network.encoder(now).to(network.head.weight.dtype)  # (N or 1, 1, features)
    example = example_of(network, now)

    def step(whole: Tensor) -> Tensor:
        return flat(run(network.layer, x.expand(len(whole), -1, -1), shaped(whole, example))[1])

    return step


def gates(network: Network, inputs: Tensor, state: State | None = None) -> list[Gates]:
    """Every gate of every layer, by name: for each layer a dict of (N, T, H).

    Raises:
        InputError: for a layer that is not `gated`.
    """
    layer = network.layer
    if not gated(layer):
        raise InputError("its layer has no gates to show", "its states can still be shown", "run", type(layer).__name__)
    x = network.encoder(inputs).to(network.head.weight.dtype)
    cell = cell_of(layer)
    with torch.no_grad():
        if cell is None or not isinstance(layer, Open):
            found: list[Gates] = layer.trace(x, state)  # type: ignore[operator] # a layer of the user's, asked above
            return found
        found = []
        unroll(layer, cell, x, state, found)
        return found
