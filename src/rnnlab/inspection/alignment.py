"""Where a quantity lives: the directions whose exchange between two rows makes the one go on as the other would.

What a probe reads need not be what the network uses. So directions are trained for the exchange itself (distributed
alignment search; Geiger et al., 2023): an orthonormal basis Q (D, k) such that the state x + Q Q' (x' - x), with x of
one row and x' of another that differs in the quantity, is followed by what is right for the first row with the quantity
of the second. Random subspaces of the same size stand beside it.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from rnnlab.batch import IGNORE, Batch
from rnnlab.errors import InputError
from rnnlab.inference.by_length import wilson
from rnnlab.inspection.intervals import Estimate
from rnnlab.inspection.whole import flat, shaped
from rnnlab.layers.state import State
from rnnlab.network import Network
from rnnlab.tasks.task import Task

STEPS = 400
"""Steps of the search for a basis."""

PAIRS = 256
"""Pairs of rows in each of them."""

RANDOM = 20
"""Random subspaces that stand beside the one found."""

ENOUGH = 0.999


class Exchange(NamedTuple):
    """Pairs of rows that differ in a quantity after a step.

    state, donor: whole states (N, D) after the step. rest: inputs after it. targets: what is then right, (N, t).
    example: a state, for its shapes.
    """

    state: Tensor
    donor: Tensor
    rest: Tensor
    targets: Tensor
    example: State


class Followed(NamedTuple):
    """How often the exchange of a subspace is followed. first: by the next that is asked. all: by all that is.

    size: its dimensions. random: the shares (next asked) of random subspaces of the size.
    """

    size: int
    first: Estimate
    all: Estimate
    random: list[float]


Draw = Callable[[int, torch.Generator], Exchange]


def exchanges(network: Network, task: Task, name: str, length: int) -> Draw:
    """What draws pairs of fresh examples of a length, and a step, at which their quantity `name` differs."""

    @torch.no_grad()
    def draw(size: int, generator: torch.Generator) -> Exchange:
        for _ in range(100):
            one, other = (task.batch(4 * size, length, generator) for _ in range(2))
            ours, theirs = (task.quantities(batch)[name] for batch in (one, other))
            possible = (ours[:, :-1] != IGNORE).all(0).nonzero()[:, 0]
            if not len(possible):
                break
            step = int(possible[torch.randint(len(possible), (), generator=generator)])
            differ = (ours[:, step] != theirs[:, step]).nonzero()[:size, 0]
            if len(differ) < size:
                continue
            return _exchange(network, task, name, step, one.rows(differ), other.rows(differ))
        raise InputError("hardly any two examples differ in it", "another length", "quantity", name)

    return draw


def _exchange(network: Network, task: Task, name: str, step: int, one: Batch, other: Batch) -> Exchange:
    changed = task.exchanged(name, one, other, step)
    _, state = network(one.inputs[:, : step + 1])
    _, donor = network(other.inputs[:, : step + 1])
    return Exchange(flat(state), flat(donor), changed.inputs[:, step + 1 :], changed.targets[:, step + 1 :], state)


def said(network: Network, pairs: Exchange, basis: Tensor) -> Tensor:
    """(N, t, V) logits after the exchange of the subspace that `basis` (D, k) spans."""
    state = pairs.state + (pairs.donor - pairs.state) @ basis @ basis.T
    return network(pairs.rest, shaped(state, pairs.example))[0]


def search(network: Network, draw: Draw, size: int, seed: int = 0, start: Tensor | None = None) -> Tensor:
    """An orthonormal basis (D, size), trained so that its exchange is followed. `start`: columns to begin with."""
    generator = torch.Generator().manual_seed(seed)
    pairs = draw(2, generator)
    free = torch.randn(pairs.state.shape[1], size, generator=generator).to(pairs.state)
    if start is not None:
        free[:, : start.shape[1]] = start
    free.requires_grad_()
    optimizer = torch.optim.Adam([free], 0.03)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.03, total_steps=STEPS)
    with torch.enable_grad():
        for _ in range(STEPS):
            pairs = draw(PAIRS, generator)
            logits = said(network, pairs, torch.linalg.qr(free).Q)
            loss = functional.cross_entropy(logits.flatten(0, 1), pairs.targets.flatten(), ignore_index=IGNORE)
            (free.grad,) = torch.autograd.grad(loss, [free])
            optimizer.step()
            schedule.step()
    return torch.linalg.qr(free.detach()).Q


@torch.no_grad()
def follows(network: Network, draw: Draw, basis: Tensor, seed: int, count: int = 10_000) -> tuple[Estimate, Estimate]:
    """How often, of fresh pairs, the next asked and all asked follow the donor after the exchange of `basis`."""
    generator = torch.Generator().manual_seed(seed)
    first = every = seen = 0
    while seen < count:
        pairs = draw(500, generator)
        asked = pairs.targets != IGNORE
        good = (said(network, pairs, basis).argmax(2) == pairs.targets) | ~asked
        next_asked = asked.long().argmax(1, keepdim=True)
        first += int(good.gather(1, next_asked).sum())
        every += int(good.all(1).sum())
        seen += len(good)
    return Estimate(first / seen, *wilson(first, seen)), Estimate(every / seen, *wilson(every, seen))


def smallest(
    network: Network, task: Task, name: str, length: int, most: int | None = None, seed: int = 0
) -> tuple[Tensor, list[Followed]]:
    """The smallest subspace whose exchange the next asked follows in 99.9 % of pairs, and all sizes tried up to it."""
    draw = exchanges(network, task, name, length)
    dimensions = draw(2, torch.Generator()).state.shape[1]
    tried: list[Followed] = []
    basis = None
    for size in range(1, min(most or dimensions, dimensions) + 1):
        basis = search(network, draw, size, seed, basis)
        first, every = follows(network, draw, basis, seed + 1)
        tried.append(Followed(size, first, every, beside(network, draw, dimensions, size, seed + 2)))
        if first.value >= ENOUGH:
            break
    assert basis is not None
    return basis, tried


def beside(network: Network, draw: Draw, dimensions: int, size: int, seed: int) -> list[float]:
    """How often the next asked follows the exchange of each of some random subspaces."""
    generator = torch.Generator().manual_seed(seed)
    shares = []
    for _ in range(RANDOM):
        basis = torch.linalg.qr(torch.randn(dimensions, size, generator=generator)).Q
        shares.append(follows(network, draw, basis, seed, 1000)[0].value)
    return shares
