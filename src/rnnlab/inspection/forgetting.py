"""How far back a network learns: the gradient of one answer's loss by each state before it (Bengio et al., 1994)."""

import torch
from torch import Tensor
from torch.nn import functional

from rnnlab.batch import Answer, Batch
from rnnlab.inspection.whole import carried, heard
from rnnlab.layers.state import State
from rnnlab.network import Network


def reaching(network: Network, batch: Batch, answer: Answer) -> dict[str, Tensor]:
    """|dL / dh_t| by how many steps t lies before the asked step, 0 first: the mean norm over the rows that go so far.

    L is the loss of one step of each row, in nats: of an answer that is fed back its first, otherwise the last one. A
    state's parts are each a line of their own, like `hidden` or `cell of layer 2`; all are varied alone.
    """
    asked = batch.asked()
    places = torch.arange(asked.shape[1], device=asked.device)
    ends = asked.long().argmax(1) if answer == "fed_back" else torch.where(asked, places, 0).amax(1)  # (B,)
    states: list[State] = []
    state = None
    with torch.enable_grad():
        for now in batch.inputs[:, : int(ends.max()) + 1].split(1, 1):
            _, after = network(now, state)
            state = tuple(part if part.requires_grad else part.requires_grad_() for part in after)
            states.append(state)
        row = torch.arange(len(ends), device=ends.device)
        logits = torch.stack([heard(network, state) for state in states], 1)[row, ends]
        loss = functional.cross_entropy(logits, batch.targets[row, ends], reduction="sum")
        kinds = [
            torch.autograd.grad(loss, part, retain_graph=True, allow_unused=True, materialize_grads=True)
            for part in zip(*states, strict=True)
        ]
    back = ends.unsqueeze(1) - torch.arange(len(states), device=ends.device)  # (B, T) steps before the asked one
    place, there = back.clamp(min=0), back >= 0
    found = {}
    for gradients, kind in zip(kinds, carried(states[0]), strict=True):
        norms = torch.stack([one.norm(dim=2) for one in gradients], 2)  # (layers, B, T)
        by_distance = norms.gather(2, place.expand_as(norms)) * there
        means = by_distance.sum(1) / there.sum(0).clamp(min=1)  # (layers, T)
        for layer, mean in enumerate(means):
            found[f"{kind} of layer {layer + 1}" if len(means) > 1 else kind] = mean.detach()
    return found
