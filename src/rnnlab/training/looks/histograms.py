"""HISTOGRAMS: of weights, of their gradients, of what the gates and states of each layer are."""

import torch

from rnnlab.inspection.whole import inside
from rnnlab.metrics import score
from rnnlab.training.looks.seen import Seen


def weights(seen: Seen) -> None:
    """Every parameter, by its name."""
    named = seen.network.named_parameters()
    seen.board.log_histograms({f"weights/{name}": weight for name, weight in named}, seen.step)


def gradients(seen: Seen) -> None:
    """Of the loss on the probe, by every parameter that is learnt."""
    batch = seen.rows()
    learnt = {name: weight for name, weight in seen.network.named_parameters() if weight.requires_grad}
    with torch.enable_grad():
        result = score(seen.network(batch.inputs)[0], batch.targets)
        found = torch.autograd.grad(result.nats / result.asked, list(learnt.values()), allow_unused=True)
    named = {f"gradients/{name}": one for name, one in zip(learnt, found, strict=True) if one is not None}
    seen.board.log_histograms(named, seen.step)


def activations(seen: Seen) -> None:
    """Every gate and state of every layer, over rows and steps of the probe."""
    layers = inside(seen.network, seen.rows().inputs)
    found = {
        f"activations/layer {at + 1} {name}": gate for at, gates in enumerate(layers) for name, gate in gates.items()
    }
    seen.board.log_histograms(found, seen.step)
