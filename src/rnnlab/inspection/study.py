"""All that is measured of one trained network, as numbers on file: what it knows, what it uses, and how it moves."""

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from rnnlab.batch import Batch
from rnnlab.errors import InputError
from rnnlab.inference.examples import drawn
from rnnlab.inference.load import Loaded, untrained
from rnnlab.inference.score import own_data, trained_lengths
from rnnlab.inspection import alignment, cutting, dynamics, moving, portrait, probes
from rnnlab.inspection.intervals import Estimate, Numbers, share
from rnnlab.inspection.progress import Progress
from rnnlab.inspection.whole import advance, example_of, labels, layer_of, walk
from rnnlab.network import Network
from rnnlab.tasks.task import Task, is_text

ROWS = 256
"""Examples that everything is measured on."""

MOST = 64
"""Numbers of a state up to which directions are searched for and every one is cut; larger states are probed only."""

STRETCH = 64
"""Characters of a text that are one example."""

STARTS = 64
"""States of real runs from which fixed points are searched for."""

SQUARE = 1024
"""Numbers of a state up to which its Jacobians are taken: of all steps of one row they are half a gigabyte."""

KINDS = 4
"""Inputs under which points are searched for, the commonest ones."""

PROBE, CUT, EXCHANGE, POINTS = 6.0, 4.0, 17.0, 2.0
"""What parts of a study cost, relative to each other: of a quantity, all cuts, of a quantity, under an input."""

SHIFTS = (-5, -2, -1, 1, 2, 5)
"""How far a number that the state holds is moved."""


def study(
    loaded: Loaded, length: int | None = None, seed: int = 0, told: Callable[[str], object] = lambda line: None
) -> Numbers:
    """The numbers of `inspect.json`.

    length: of the examples, as `examples` has it. A text, and a state that is large, are only probed and followed.
    told: hears how far it is, and how long it will take.

    Raises:
        InputError: where there are no examples to be had, or the state explodes.
    """
    network, task = loaded.network, loaded.task
    batch = examples(loaded, length, seed)
    reached = states(network, batch)
    if not bool(reached.isfinite().all()):
        raise InputError("its state grows beyond all numbers", "it can be looked at without study", "run", loaded.path)
    shapes = example_of(network, batch.inputs)
    names, count = labels(shapes), len(task.quantities(batch))
    small = len(names) <= MOST * len(shapes) and not is_text(task)
    costs = PROBE * (count + 1) + (CUT + EXCHANGE * count) * small + POINTS * KINDS
    progress = Progress(costs, told)
    found: Numbers = {"steps": batch.targets.shape[1], "rows": len(batch.targets), "state": len(names)}
    found["score"] = _plain(share(*cutting.right(network, batch, task.answer)))
    found["known"] = known(loaded, batch, reached, seed, progress)
    if small:
        found["used"] = used(network, task, batch, length or max(trained_lengths(loaded)), seed, progress)
    found["dynamics"] = moves(network, batch, reached, layer_of(shapes), seed, progress)
    return found


def pictures(loaded: Loaded, found: Numbers, seed: int = 0) -> dict[str, bytes]:
    """What `rnnlab.inspection.portrait` draws of the states that a study has `found` its numbers on."""
    batch = examples(loaded, seed=seed)
    title = f"{loaded.config['model']['name']} on {loaded.config['task']['name']}"
    return portrait.pictures(loaded.task, batch, states(loaded.network, batch), found, title)


def examples(loaded: Loaded, length: int | None = None, seed: int = 0) -> Batch:
    """Examples of one length; of a text, stretches of the text that the run was trained on.

    length: None for the longest of the training, or `STRETCH` characters.
    """
    if is_text(loaded.task):
        task, length = own_data(loaded)[0], length or STRETCH
    else:
        task, length = loaded.task, length or max(trained_lengths(loaded))
    return drawn(task, ROWS, length, seed, "study")


@torch.no_grad()
def states(network: Network, batch: Batch) -> Tensor:
    """The whole state (B, T, D) after each step of a batch."""
    return walk(network, batch.inputs)[1]


def quantities(task: Task, batch: Batch) -> dict[str, Tensor]:
    """What there is to know, (B, T) by name, and the place in the row; but for what is always the same."""
    place = torch.arange(batch.targets.shape[1]).expand_as(batch.targets)
    every = {**task.quantities(batch), "place": place}
    return {name: values for name, values in every.items() if len(values.unique()) > 1}


def known(loaded: Loaded, batch: Batch, reached: Tensor, seed: int, progress: Progress | None = None) -> Numbers:
    """For each quantity, and the place in the row, what a linear and a non-linear probe read off the state."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        fresh_states = states(untrained(loaded), batch)
    found: Numbers = {}
    for name, values in quantities(loaded.task, batch).items():
        if progress:
            progress.begin(f"what is known of {name}", PROBE)
        trained, fresh = (probes.samples(part, values) for part in (reached, fresh_states))
        found[name] = {
            kind: {
                key: _plain(value) for key, value in probes.known(trained, fresh, kind == "linear")._asdict().items()
            }
            for kind in ("linear", "non-linear")
        }
    return found


def cut_alone(network: Network, task: Task, batch: Batch, by: str = "mean") -> dict[str, Estimate]:
    """The score with each number of the state cut alone, by its name."""
    names = labels(example_of(network, batch.inputs))
    return dict(zip(names, cutting.units(network, batch, task.answer, by), strict=True))


def used(network: Network, task: Task, batch: Batch, length: int, seed: int, progress: Progress) -> Numbers:
    """What every number of the state is needed for, and for each quantity that decides what is right, the subspace
    whose exchange is followed, and how far it can be moved.
    """
    progress.begin("what is used, by cutting", CUT)
    alone = cut_alone(network, task, batch)
    whole = float(share(*cutting.right(network, batch, task.answer)).value)
    left = cutting.needed(network, batch, task.answer, 0.95 * whole)
    found: Numbers = {
        "cut alone": {name: _plain(score) for name, score in alone.items()},
        "needed": [list(alone)[unit] for unit in left],
    }
    for name in task.quantities(batch):
        progress.begin(f"where {name} lives", EXCHANGE)
        try:
            basis, tried = alignment.smallest(network, task, name, length, most=8, seed=seed)
        except InputError:
            continue  # nothing right depends on it alone
        moved = {by: moving.moved(network, task, name, length, by) for by in SHIFTS}
        within = {by: moving.moved(network, task, name, length, by, basis) for by in SHIFTS}
        found[name] = {
            "smallest": tried[-1].size if tried[-1].first.value >= alignment.ENOUGH else None,
            "exchanged": [_plain(one) for one in tried],
            "directions": basis.T.tolist(),
            "moved": {by: _plain(one) for by, one in moved.items() if one},
            "moved within": {by: _plain(one) for by, one in within.items() if one},
        }
    return found


def moves(network: Network, batch: Batch, reached: Tensor, layers: Tensor, seed: int, progress: Progress) -> Numbers:
    """Fixed and slow points under the commonest inputs, Lyapunov exponents of one row, and how long a state lasts.

    Of a state of more than `SQUARE` numbers, only the last.
    """
    precise = copy.deepcopy(network).double()
    inputs = batch.inputs.double() if batch.inputs.is_floating_point() else batch.inputs
    found: Numbers = {}
    if len(layers) <= SQUARE:
        kinds, counts = inputs.flatten(0, 1).unique(dim=0, return_counts=True)
        found["points"], seen = {}, portrait.plane(reached)
        for kind in kinds[counts.argsort(descending=True)[:KINDS]]:
            progress.begin(f"what it does under {_name(kind)} alone", POINTS)
            at = points(network, batch.inputs, kind)
            shown = [
                {
                    "speed": point.speed,
                    "fixed": point.fixed,
                    "stable": point.stable,
                    "at": seen.of(point.state).tolist(),
                    "eigenvalues": [[value.real, value.imag] for value in point.eigenvalues[:8].tolist()],
                }
                for point in at[:16]
            ]
            found["points"][_name(kind)] = {"found": len(at), "slowest": shown}
        along = dynamics.jacobian(advance(precise, inputs[0, 1:].unsqueeze(1)), reached[0, :-1].double())
        found["lyapunov"] = dynamics.lyapunov(along).tolist()
    steps = [advance(precise, inputs[:, step : step + 1]) for step in range(1, inputs.shape[1])]
    left = dynamics.memory(steps, reached[:, 0].double(), layers, seed)
    found["memory"] = {"left": left.tolist(), "steps": dynamics.lasts(left)}
    return found


def points(network: Network, inputs: Tensor, kind: Tensor) -> list[dynamics.Point]:
    """Fixed and slow points under one input, () or (F,), from states that a network reaches on (N, T) inputs."""
    with torch.no_grad():
        reached = walk(network, inputs)[1].flatten(0, 1)
    starts = reached[:: max(1, len(reached) // STARTS)].double()
    return dynamics.points(advance(copy.deepcopy(network).double(), kind[None, None]), starts)


def _name(kind: Tensor) -> str:
    """An input for a key: `3`, or `0 1` of features."""
    return " ".join(f"{value:g}" for value in kind.flatten().tolist())


def _plain(value: Any) -> Any:
    """Tuples with names as dicts, so that a file says what each number is."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: _plain(one) for key, one in value._asdict().items()}
    return value
