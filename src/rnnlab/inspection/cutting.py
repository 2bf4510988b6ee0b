"""What is used: parts of the state are taken away, or given another row's values, while the network works.

A cut unit is set to its mean, or to what it is in another row, after every step, before the head and the next step read
it. Where an answer is fed back, it is written anew under the cut, so that a first wrong symbol misleads what follows.
"""

import torch
from torch import Tensor

from rnnlab.batch import Answer, Batch
from rnnlab.inspection.intervals import Estimate, share
from rnnlab.inspection.whole import Edit, flat, heard, shaped, walk
from rnnlab.network import Network

ROWS = 1 << 14
"""Rows, of all cut units together, that are read at once."""


@torch.inference_mode()
def right(network: Network, batch: Batch, answer: Answer, edit: Edit | None = None) -> tuple[Tensor, Tensor]:
    """Of each row, whether it is all right (of text, how many steps are), and out of how many: (B,) each, float64.

    Answers that are fed back are written by the network itself.
    """
    asked = batch.asked()
    hits = (said(network, batch, answer, edit) == batch.targets) & asked
    if answer == "endless":
        return hits.sum(1).double(), asked.sum(1).double()
    return (hits.sum(1) == asked.sum(1)).double(), torch.ones(len(hits), dtype=torch.float64)


def units(network: Network, batch: Batch, answer: Answer, by: str = "mean", seed: int = 0) -> list[Estimate]:
    """The score with each of the D numbers of the state cut alone, by its `mean` or by a `swap` with another row's."""
    return [share(*found) for found in _each(network, batch, answer, _values(network, batch, by, seed))]


def _each(network: Network, batch: Batch, answer: Answer, values: Tensor) -> list[tuple[Tensor, Tensor]]:
    """For each number of the state, rows right and rows asked, with it set to `values` (B, T, D) after every step."""
    rows, size = len(batch.targets), values.shape[2]
    at_once = max(1, ROWS // rows)
    found = []
    for start in range(0, size, at_once):
        cut = torch.arange(start, min(start + at_once, size))
        many = Batch(*(part.repeat(len(cut), *[1] * (part.dim() - 1)) for part in batch))  # unit after unit
        place = cut.repeat_interleave(rows).unsqueeze(1)  # (units rows, 1)

        def edit(state: Tensor, step: int, place: Tensor = place, count: int = len(cut)) -> Tensor:
            return state.scatter(1, place, values[:, step].repeat(count, 1).gather(1, place))

        good, of = right(network, many, answer, edit)
        found += list(zip(good.split(rows), of.split(rows), strict=True))
    return found


def without(network: Network, batch: Batch, answer: Answer, basis: Tensor, by: str = "mean", seed: int = 0) -> Estimate:
    """The score with the subspace that the orthonormal columns of `basis` (D, k) span cut out of the state."""
    values = _values(network, batch, by, seed)

    def edit(state: Tensor, step: int) -> Tensor:
        return state + (values[:, step] - state) @ basis @ basis.T

    return share(*right(network, batch, answer, edit))


def needed(network: Network, batch: Batch, answer: Answer, enough: float) -> list[int]:
    """Numbers of the state that are left when, the least harmful first, each is cut by its mean that can be.

    One can be where the score with it and all those before it cut is still at least `enough`.
    """
    values = _values(network, batch, "mean", 0)
    alone = [float(good.sum() / of.sum()) for good, of in _each(network, batch, answer, values)]
    gone: list[int] = []
    for unit in sorted(range(len(alone)), key=lambda unit: -alone[unit]):
        good, of = right(network, batch, answer, _setting(values, torch.tensor([*gone, unit])))
        if float(good.sum() / of.sum()) >= enough:
            gone.append(unit)
    return [unit for unit in range(len(alone)) if unit not in gone]


def _setting(values: Tensor, cut: Tensor) -> Edit:
    return lambda state, step: state.index_copy(1, cut, values[:, step, cut])


@torch.inference_mode()
def _values(network: Network, batch: Batch, by: str, seed: int) -> Tensor:
    """(B, T, D) what a cut number is set to: its mean over rows and steps, or what it is in another row."""
    states = walk(network, batch.inputs)[1]
    if by == "mean":
        return states.mean((0, 1), keepdim=True).expand_as(states).contiguous()
    moved = torch.randint(1, len(states), (1,), generator=torch.Generator().manual_seed(seed)) if len(states) > 1 else 0
    return states.roll(int(moved), 0)


@torch.inference_mode()
def said(network: Network, batch: Batch, answer: Answer, edit: Edit | None = None) -> Tensor:
    """(B, T) what is said at each step; where answers are fed back, each symbol once said is the next input."""
    if answer != "fed_back":
        return walk(network, batch.inputs, edit=edit)[0].argmax(2)
    inputs, asked = batch.inputs, batch.asked()
    state, symbols, last = None, [], inputs[:, 0]
    for step in range(inputs.shape[1]):
        now = torch.where(asked[:, step - 1], last, inputs[:, step]) if step else last
        logits, state = network(now.unsqueeze(1), state)
        if edit:
            state = shaped(edit(flat(state), step), state)
            logits = heard(network, state).unsqueeze(1)
        last = logits[:, 0].argmax(1)
        symbols.append(last)
    return torch.stack(symbols, 1)
