"""What a network does while it reads an input: every gate, what it says next, and which units follow what is known.

An input of any length is read in pieces of time, the state carried. Of its first steps all is kept, to be shown; of
the others only the sums that a correlation needs.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from rnnlab.batch import IGNORE, Batch
from rnnlab.inspection.whole import CARRIED, gated, inside
from rnnlab.layers.cell import Gates
from rnnlab.layers.state import State
from rnnlab.network import Network
from rnnlab.tasks.task import Task

SHOWN = 5000
"""Steps, of all rows together, of which all is kept."""

PIECE = 2048
"""Steps of all rows together that are read at once."""

FLAT = 1e-12
"""A variance below this is that of something that is always the same."""

TOP = 3
"""Classes of which the chances are kept, the likeliest ones."""


class Field(NamedTuple):
    """A gate, or a part of the state, of one layer, from 0. values: (N, H) at the steps shown.

    tracks: by quantity, the correlation (H,) of each unit with it over all steps that were read; 0 where one of the
    two is always the same.
    """

    layer: int
    name: str
    values: Tensor
    tracks: dict[str, Tensor]

    @property
    def carried(self) -> bool:
        """Whether it is a part of the state."""
        return self.name in CARRIED


class Reading(NamedTuple):
    """N steps of rows that follow each other, shown, of the `read` ones.

    inputs: (N,) or (N, F). starts: the steps at which rows begin. targets: (N,). top, chances: (N, 3) the likeliest
    classes. quantities: by name, (N,). asked, right, nats: over all steps read, how many were asked, how many were
    said rightly, and the mean cross-entropy. gated: whether the layer has gates.
    """

    inputs: Tensor
    starts: list[int]
    targets: Tensor
    top: Tensor
    chances: Tensor
    quantities: dict[str, Tensor]
    fields: list[Field]
    read: int
    asked: int
    right: int
    nats: float
    gated: bool

    def best(self, name: str) -> tuple[Field, int, float]:
        """The unit of all hidden states that follows a quantity best: where it is, and its correlation."""
        hidden = [field for field in self.fields if field.carried] or self.fields
        field = max(hidden, key=lambda field: float(field.tracks[name].abs().max()))
        unit = int(field.tracks[name].abs().argmax())
        return field, unit, float(field.tracks[name][unit])


@torch.inference_mode()
def read(network: Network, task: Task, batch: Batch) -> Reading:
    """Reads (B, T) or (B, T, F) inputs from fresh states; where an answer is fed back, it is the right one."""
    rows, steps = batch.targets.shape
    place = torch.arange(steps).expand(rows, -1)
    there = place < _lengths(task, batch).unsqueeze(1)
    shown = min(steps, max(1, SHOWN // rows))
    quantities = {"position": place} | task.quantities(batch)
    numbers = torch.stack(list(quantities.values()))  # (Q, B, T)
    counted = there & (numbers != IGNORE)
    sums: dict[tuple[int, str], Correlations] = {}
    kept: list[tuple[Tensor, list[Gates]]] = []
    state: State | None = None
    asked = right = 0
    nats = 0.0
    for start in range(0, steps, max(1, PIECE // rows)):
        now = slice(start, start + max(1, PIECE // rows))
        layers = inside(network, batch.inputs[:, now], state)
        logits, state = network(batch.inputs[:, now], state)
        targets = batch.targets[:, now]
        asked += int((targets != IGNORE).sum())
        right += int((logits.argmax(2) == targets).sum())
        nats += float(functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum"))
        for layer, parts in enumerate(layers):
            for part, values in parts.items():
                one = sums.setdefault((layer, part), Correlations(values.shape[2], len(quantities)))
                one.add(values.flatten(0, 1), numbers[:, :, now].flatten(1), counted[:, :, now].flatten(1))
        if start < shown:
            end = shown - start
            kept.append((logits[:, :end], [{name: values[:, :end] for name, values in one.items()} for one in layers]))
    seen = there[:, :shown]
    said = torch.cat([logits for logits, _ in kept], 1)[seen].softmax(1).nan_to_num(0.0)
    chances, top = said.topk(min(TOP, task.num_classes), 1)
    fields = [
        Field(
            layer,
            name,
            torch.cat([layers[layer][name] for _, layers in kept], 1)[seen],
            dict(zip(quantities, sums[layer, name].value(), strict=True)),
        )
        for layer, names in enumerate(kept[0][1])
        for name in sorted(names, key=lambda name: CARRIED.index(name) if name in CARRIED else len(CARRIED))
    ]
    return Reading(
        batch.inputs[:, :shown][seen],
        [0, *seen.sum(1).cumsum(0).tolist()[:-1]],
        batch.targets[:, :shown][seen],
        top,
        chances,
        {name: quantity[:, :shown][seen] for name, quantity in quantities.items()},
        fields,
        int(there.sum()),
        asked,
        right,
        nats / asked if asked else float("nan"),
        gated(network.layer),
    )


def _lengths(task: Task, batch: Batch) -> Tensor:
    """(B,) how many steps each row has, its padding left out: rows end with what is asked last, but for text."""
    steps = batch.targets.shape[1]
    if task.answer == "endless":
        return torch.full((len(batch.targets),), steps)
    return torch.where(batch.asked(), torch.arange(1, steps + 1), 0).amax(1)


class Correlations:
    """Pearson's correlations of each of H units with each of Q numbers, from values that come in pieces."""

    def __init__(self, units: int, numbers: int):
        self.count, self.number, self.numbers = (torch.zeros(numbers, 1, dtype=torch.float64) for _ in range(3))
        self.unit, self.units, self.both = (torch.zeros(numbers, units, dtype=torch.float64) for _ in range(3))

    def add(self, values: Tensor, numbers: Tensor, counted: Tensor) -> None:
        """More steps: values (S, H), numbers (Q, S), and which of these count, (Q, S) bool."""
        values, there = values.double(), counted.double()
        numbers = numbers * there
        self.count += there.sum(1, keepdim=True)
        self.number += numbers.sum(1, keepdim=True)
        self.numbers += numbers.square().sum(1, keepdim=True)
        self.unit += there @ values
        self.units += there @ values.square()
        self.both += numbers @ values

    def value(self) -> Tensor:
        """(Q, H) float64."""
        count = self.count.clamp(min=1)
        covariance = self.both / count - self.unit / count * self.number / count
        spread = self.units / count - (self.unit / count).square()
        wide = self.numbers / count - (self.number / count).square()
        known = (spread > FLAT) & (wide > FLAT)
        return torch.where(known, covariance / (spread * wide).clamp(min=FLAT**2).sqrt(), 0.0).nan_to_num(0.0)
