"""IMAGES, and the SCALARS that go with them: gates over time, eigenvalues, how far back a loss reaches, saturation."""

import torch
from torch import Tensor

from rnnlab.inspection import panels
from rnnlab.inspection.dynamics import jacobian
from rnnlab.inspection.forgetting import reaching
from rnnlab.inspection.whole import CARRIED, advance, inside, walk
from rnnlab.layers.twins import cell_of
from rnnlab.layers.unroll import Open, weights
from rnnlab.network import Network
from rnnlab.training.looks.seen import Seen

SATURATED = 0.9
"""Of the range of a gate or state, on either side of its middle."""

LARGEST = 512
"""Numbers of a state whose Jacobian is still computed."""


def gates(seen: Seen) -> None:
    """The first row of the probe: the hidden state and every gate of every layer, over time."""
    row = seen.rows(1)
    steps = seen.reads(row.inputs[0])
    named = {
        f"over time/layer {at + 1} {name}": panels.over_time(
            gate[0].float().cpu().numpy(), steps, f"{name} of layer {at + 1}"
        )
        for at, found in enumerate(inside(seen.network, row.inputs))
        for name, gate in found.items()
    }
    seen.board.log_images(named, seen.step)


def forgetting(seen: Seen) -> None:
    """|dLoss / dh_t| by the steps from t to the answer: a curve, and the scalars at 1, 2, 4, 8 ... steps."""
    found = reaching(seen.network, seen.rows(), seen.task.answer)
    lines = {name: line.float().cpu().numpy() for name, line in found.items()}
    canvas = panels.curves(lines, "|dLoss / dstate|, nats", "steps before the answer")
    seen.board.log_images({"forgetting/gradient by distance": canvas}, seen.step)
    powers = {name: [2**power for power in range(10) if 2**power < len(line)] for name, line in lines.items()}
    values = {f"forgetting/{name} {far} back": float(lines[name][far]) for name, fars in powers.items() for far in fars}
    seen.board.log_metrics(values, seen.step)


def saturation(seen: Seen) -> None:
    """Share of the gates, candidates and states of a layer beyond 0.9 of their range: 0 to 1 of what is never negative
    or 0, otherwise -1 to 1. What has been beyond that, and an LSTM's cell, has no share.
    """
    values = {}
    for at, found in enumerate(inside(seen.network, seen.rows().inputs)):
        for name, gate in found.items():
            if name != CARRIED[1] and bool((gate.abs() <= 1).all()):
                from_middle = (2 * gate - 1).abs() if bool((gate > 0).all()) else gate.abs()
                values[f"saturation/layer {at + 1} {name}"] = float((from_middle > SATURATED).float().mean())
    seen.board.log_metrics(values, seen.step)


def eigenvalues(seen: Seen) -> None:
    """Of the recurrent matrix of each gate, by layer; of a layer without a cell, of the Jacobian of its step."""
    named = {}
    for title, groups in spectra(seen.network, seen.rows(1).inputs).items():
        values = {name: value.cpu().numpy() for name, value in groups.items()}
        named[f"eigenvalues/{title}"] = panels.plane(values, title)
    seen.board.log_images(named, seen.step)


def spectra(network: Network, inputs: Tensor) -> dict[str, dict[str, Tensor]]:
    """Title -> name -> complex eigenvalues; nothing where the state is too large for it."""
    layer, cell = network.layer, cell_of(network.layer)
    if cell is not None and isinstance(layer, Open):
        found = {}
        for at in range(layer.num_layers):
            blocks = weights(layer, at)[1].float().cpu().chunk(len(cell.gates))
            each = {name: torch.linalg.eigvals(block) for name, block in zip(cell.gates, blocks, strict=True)}
            found[f"recurrent weights of layer {at + 1}"] = each
        return found
    states = walk(network, inputs)[1][:, -1]
    if states.shape[1] > LARGEST:
        return {}
    after = jacobian(advance(network, inputs[:, -1:]), states)[0]
    return {"Jacobian of a step": {"state": torch.linalg.eigvals(after.float().cpu())}}
