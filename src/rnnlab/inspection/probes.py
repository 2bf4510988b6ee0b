"""What is known: whether a quantity can be read off the state, against two things that know nothing.

A probe is trained on the states of some rows and scored on those of others. Its control (Hewitt and Liang, 2019) is the
same probe with shuffled labels, and beside it stands the same probe on the states of an untrained network: a probe can
be clever, and random networks carry much of their input. A non-linear probe finds what two units hold together, or one
by its magnitude, where a linear one does not.
"""

import itertools
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from rnnlab.batch import IGNORE
from rnnlab.inspection.intervals import Estimate, ratio, share

MOST = 4000
"""Steps that a probe is trained on at most, and scored on as many."""

CLASSES = 12
"""Up to so many values of a quantity are classes to tell apart; more are a number, read by regression."""

DECAYS = (1e-4, 1e-3, 1e-2)
"""Weight decays that a probe is tried with on a quarter of the rows that train it."""

UNITS = 64
"""Hidden units of the non-linear probe."""


class Samples(NamedTuple):
    """Steps at which a quantity has a value. states: (S, D). values: (S,) whole numbers. rows: (S,) where from."""

    states: Tensor
    values: Tensor
    rows: Tensor


class Known(NamedTuple):
    """How well a quantity is read by one kind of probe. score: share of held-out steps right, or for a number R^2,
    the share of its variance. control: with shuffled labels. untrained: off a network with fresh weights.
    selectivity: score - control.
    """

    score: Estimate
    control: Estimate
    untrained: Estimate | None
    selectivity: Estimate


def samples(states: Tensor, values: Tensor) -> Samples:
    """The steps of states (B, T, D) at which values (B, T) are not IGNORE."""
    there = values != IGNORE
    rows = torch.arange(len(values)).unsqueeze(1).expand_as(values)
    return Samples(states[there].double(), values[there], rows[there])


def read_off(given: Samples, linear: bool = True, seed: int = 0) -> Estimate:
    """How well a probe reads a quantity, alone: what `Known.score` is."""
    return _scores(given, linear, torch.Generator().manual_seed(seed)).measured()


def known(trained: Samples, untrained: Samples | None, linear: bool = True, seed: int = 0) -> Known:
    """What a probe reads of a quantity, with its control and beside an untrained network; half of the rows train it."""
    generator = torch.Generator().manual_seed(seed)
    score = _scores(trained, linear, generator)
    shuffled = trained._replace(values=trained.values[torch.randperm(len(trained.values), generator=generator)])
    control = _scores(shuffled, linear, generator)
    fresh = _scores(untrained, linear, generator) if untrained else None
    return Known(
        score.measured(),
        control.measured(),
        fresh.measured() if fresh else None,
        score.over(control),
    )


class _Scored(NamedTuple):
    """By row of the held-out ones: what was right (or explained) and what there was."""

    right: Tensor
    counted: Tensor
    whole: bool

    def measured(self) -> Estimate:
        return share(self.right, self.counted) if self.whole else ratio(self.right, self.counted)

    def over(self, other: "_Scored") -> Estimate:
        """The difference to another, with the rows of both drawn together."""
        rows = min(len(self.right), len(other.right))
        generator = torch.Generator().manual_seed(0)
        drawn = torch.randint(rows, (1000, rows), generator=generator)

        def values(of: _Scored) -> Tensor:
            return of.right[drawn].sum(1) / of.counted[drawn].sum(1).clamp(min=1e-12)

        low, high = (values(self) - values(other)).double().quantile(torch.tensor([0.025, 0.975]).double()).tolist()
        return Estimate(self.measured().value - other.measured().value, low, high)


def _scores(given: Samples, linear: bool, generator: torch.Generator) -> _Scored:
    order = torch.randperm(int(given.rows.max()) + 1, generator=generator)
    learn = (order < (len(order) + 1) // 2)[given.rows]
    train, test = (_some(given, part, generator) for part in (learn, ~learn))
    mean, deviation = train.states.mean(0), train.states.std(0).clamp(min=1e-6)
    x, held_out = ((part.states - mean) / deviation for part in (train, test))
    values = given.values.unique()
    if len(values) <= CLASSES:
        read = chosen(x, torch.searchsorted(values, train.values), len(values), linear, generator)
        right = (values[read(held_out).argmax(1)] == test.values).double()
        return _Scored(*_by_row(test.rows, right, torch.ones_like(right)), True)
    middle, spread = train.values.double().mean(), train.values.double().std().clamp(min=1e-6)
    read = chosen(x, ((train.values - middle) / spread).unsqueeze(1), 1, linear, generator)
    error = (read(held_out)[:, 0] * spread + middle - test.values).square()
    variance = (test.values - test.values.double().mean()).square()
    return _Scored(*_by_row(test.rows, variance - error, variance), False)


def chosen(x: Tensor, wanted: Tensor, outputs: int, linear: bool, generator: torch.Generator) -> nn.Module:
    """`fitted` with the weight decay that is best on the last quarter of the steps, in order of their rows."""
    cut = 3 * len(x) // 4
    tried = {}
    for decay in DECAYS:
        read = fitted(x[:cut], wanted[:cut], outputs, linear, generator, decay)
        tried[decay] = float(_misfit(read(x[cut:]), wanted[cut:]))
    return fitted(x, wanted, outputs, linear, generator, min(tried, key=lambda decay: tried[decay]))


def fitted(
    x: Tensor, wanted: Tensor, outputs: int, linear: bool, generator: torch.Generator, decay: float
) -> nn.Module:
    """A probe, trained: (S, D) -> (S, outputs). wanted: (S,) classes, or (S, 1) numbers.

    Linear: logistic or ridge regression; otherwise one hidden layer of tanh. With weight decay, by L-BFGS.
    """
    sizes = [x.shape[1], outputs] if linear else [x.shape[1], UNITS, outputs]
    layers: list[nn.Module] = []
    for one, other in itertools.pairwise(sizes):
        layer = nn.utils.skip_init(nn.Linear, one, other, dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(torch.randn(layer.weight.shape, generator=generator) / one**0.5 * (not linear))
            layer.bias.zero_()
        layers += [layer, nn.Tanh()]
    probe = nn.Sequential(*layers[:-1])
    parameters = list(probe.parameters())
    optimizer = torch.optim.LBFGS(parameters, max_iter=100, history_size=20, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = _misfit(probe(x), wanted) + decay * torch.stack([weight.square().sum() for weight in parameters]).sum()
        value.backward()
        return value

    with torch.enable_grad():
        optimizer.step(loss)
    return probe.requires_grad_(False)


def _misfit(said: Tensor, wanted: Tensor) -> Tensor:
    return functional.cross_entropy(said, wanted) if wanted.dim() == 1 else functional.mse_loss(said, wanted)


def _some(given: Samples, chosen: Tensor, generator: torch.Generator) -> Samples:
    places = chosen.nonzero()[:, 0]
    places = places[torch.randperm(len(places), generator=generator)[:MOST]].sort().values
    return Samples(*(part[places] for part in given))


def _by_row(rows: Tensor, right: Tensor, counted: Tensor) -> tuple[Tensor, Tensor]:
    present, place = rows.unique(return_inverse=True)
    zeros = torch.zeros(len(present), dtype=torch.float64)
    return zeros.index_add(0, place, right.double()), zeros.index_add(0, place, counted.double())
