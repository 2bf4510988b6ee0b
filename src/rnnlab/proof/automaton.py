"""The automaton that a network has become: its hidden states in clusters, and which cluster each symbol leads to."""

from typing import NamedTuple

import torch
from torch import Tensor

from rnnlab.inspection.whole import example_of, shaped, walk
from rnnlab.network import Network
from rnnlab.tasks.machine import Machine

WORDS, STEPS = 100, 60
"""Random words that clusters are found on, and symbols of each; as many others say how faithful the automaton is."""

CLUSTERS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""How many are tried, until an automaton answers all as the network does."""

MEMBERS = 25
"""States of a cluster that are asked where a symbol leads."""

ROUNDS = 20
"""Of Lloyd's algorithm."""


class Automaton(NamedTuple):
    """What was found, minimised. faithful: the share of other words that it answers at every step as the network does.

    words: (B, T). states: (B, T, D) of the network after each symbol. places: (B, T) of the machine then.
    difference: a shortest word that it answers differently than the task's machine; None where they are the same.
    """

    machine: Machine
    clusters: int
    faithful: float
    words: Tensor
    states: Tensor
    places: Tensor
    difference: tuple[int, ...] | None


@torch.no_grad()
def extract(network: Network, machine: Machine, seed: int = 0) -> Automaton:
    """The automaton of a network as it reads the symbols of a machine, which is not told to it.

    The state before the first symbol is a cluster of its own.
    """
    inputs, generator = torch.tensor(machine.inputs), torch.Generator().manual_seed(seed)
    words = torch.randint(len(machine.inputs), (2 * WORDS, STEPS), generator=generator)
    logits, states = walk(network, inputs[words])
    said = logits.argmax(2)
    best, most = None, (-1.0, 0)
    for count in CLUSTERS:
        centres = clustered(states[:WORDS].flatten(0, 1), count, generator)
        found = _machine(network, machine, centres, states[:WORDS].flatten(0, 1))
        answers = torch.tensor([found.run(word)[1] for word in words[WORDS:].tolist()])
        faithful = float((answers == said[WORDS:]).all(1).double().mean())
        if faithful > most[0]:
            best, most = found.minimal(), (faithful, len(centres))
        if faithful == 1:
            break
    assert best is not None
    places = torch.tensor([best.run(word)[0] for word in words[:WORDS].tolist()])
    return Automaton(best, most[1], most[0], words[:WORDS], states[:WORDS], places, best.difference(machine))


def clustered(points: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """(K, D) the centres of at most `count` clusters of points (N, D): k-means++ (Arthur and Vassilvitskii, 2007)."""
    first = torch.randint(len(points), (1,), generator=generator)
    centres = points[first]
    while len(centres) < count:
        away = torch.cdist(points, centres).amin(1).square()
        if not float(away.sum()) > 0:
            break
        centres = torch.cat([centres, points[torch.multinomial(away, 1, generator=generator)]])
    for _ in range(ROUNDS):
        near = nearest(points, centres)
        sums = torch.zeros_like(centres).index_add(0, near, points)
        counts = near.bincount(minlength=len(centres)).unsqueeze(1)
        centres = torch.where(counts > 0, sums / counts.clamp(min=1), centres)
    return centres


def nearest(points: Tensor, centres: Tensor) -> Tensor:
    """(N,) which of the centres (K, D) is nearest to each point."""
    return torch.cdist(points, centres).argmin(1)


def _machine(network: Network, machine: Machine, centres: Tensor, points: Tensor) -> Machine:
    """The machine of clusters, and of the start: where most of a cluster's states are led, and what is said then."""
    near, inputs = nearest(points, centres), torch.tensor(machine.inputs)
    example, symbols = example_of(network, inputs[:1, None]), torch.arange(len(inputs))
    transitions, outputs = [], []
    for cluster in range(len(centres) + 1):
        own = points[near == cluster][:MEMBERS] if cluster < len(centres) else torch.zeros_like(points[:1])
        own = own if len(own) else centres[cluster : cluster + 1]
        before = shaped(own.repeat_interleave(len(symbols), 0), example)
        logits, after = walk(network, inputs[symbols.repeat(len(own))].unsqueeze(1), before)
        to = nearest(after[:, 0], centres).view(len(own), -1)
        transitions.append(tuple(to.mode(0).values.tolist()))
        outputs.append(tuple(logits[:, 0].argmax(1).view(len(own), -1).mode(0).values.tolist()))
    names = (*(f"cluster {number + 1}" for number in range(len(centres))), "start")
    return Machine(names, len(centres), machine.inputs, tuple(transitions), tuple(outputs))
