"""All that is looked at of a run, or of two beside each other, on one input: a page, numbers and pictures."""

import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from rnnlab.batch import Batch
from rnnlab.errors import InputError
from rnnlab.inference.examples import drawn
from rnnlab.inference.load import Loaded, kept
from rnnlab.inference.score import trained_lengths
from rnnlab.inspection import checks, page, panels
from rnnlab.inspection.forgetting import reaching
from rnnlab.inspection.reading import Reading, read
from rnnlab.tasks.task import is_text

EXAMPLES = 6
"""Rows that are looked at where no input is given."""

STEPS = 200
"""Steps of a picture, the first ones: more would be too wide to look at."""

STRETCH = 64
"""Characters of each of the texts that a long one is cut into, to see how far back a network learns."""

BEST = 5
"""Units that inspect.json names for each quantity."""


class Found(NamedTuple):
    """page: HTML. numbers: plain, for json. pictures: PNG by file name. notes: lines to be said."""

    page: str
    numbers: dict[str, Any]
    pictures: dict[str, bytes]
    notes: list[str]


def asked(loaded: Loaded, typed: str | None, seed: int) -> Batch:
    """What is read: an input that was typed, or examples as long as the longest in training."""
    task = loaded.task
    if typed is not None:
        return task.parse(typed if is_text(task) else typed.strip())
    if is_text(task):
        raise InputError("of a text model no examples can be drawn", "add an INPUT, or input_file=FILE")
    return drawn(task, EXAMPLES, max(trained_lengths(loaded)), seed, "inspect")


def look(
    loaded: list[Loaded],
    batches: list[Batch],
    checkpoints: Path | None = None,
    measure: Callable[[Loaded], Any] | None = None,
) -> Found:
    """Looks at one run or two, each with its batch of the same examples.

    checkpoints: the folder of the first run, where all its kept checkpoints are to be looked at, too. measure: what
        is to be said of each of them besides.

    Raises:
        InputError: where the second run reads something else than the first.
    """
    check_same(loaded, batches)
    readings = [read(one.network, one.task, batch) for one, batch in zip(loaded, batches, strict=True)]
    names = _names(loaded)
    runs = [
        page.described(name, about(one, reading), one.task, reading)
        for name, one, reading in zip(names, loaded, readings, strict=True)
    ]
    paths = kept(checkpoints) if checkpoints else []
    history = checks.history(paths, batches[0], loaded[0].trust, measure) if len(paths) > 1 else []
    numbers = {
        "runs": [{"run": str(one.path), **_numbers(reading)} for one, reading in zip(loaded, readings, strict=True)],
        "training": history,
    }
    drawn = {
        f"{'against_' * place}layer{field.layer + 1}_{re.sub(r'[^A-Za-z0-9]', '_', field.name)}.png": panels.over_time(
            field.values[:STEPS].float().numpy(),
            page.spelled(one.task, reading.inputs[:STEPS]),
            f"{names[place]}, layer {field.layer + 1}: {field.name}",
        ).png()
        for place, (one, reading) in enumerate(zip(loaded, readings, strict=True))
        for field in reading.fields
    }
    faded = [forgotten(one, batch) for one, batch in zip(loaded, batches, strict=True)]
    for run, lines in zip(numbers["runs"], faded, strict=True):
        run["forgetting"] = {kind: [_finite(value) for value in line.tolist()] for kind, line in lines.items()}
    curves = {
        f"{name}: {kind}": line.numpy()
        for name, lines in zip(names, faded, strict=True)
        for kind, line in lines.items()
    }
    if curves:
        drawn["forgetting.png"] = panels.curves(curves, "|dLoss / dstate|, nats", "steps before the answer").png()
    notes = list(dict.fromkeys(note for reading in readings for note in page.notes(reading)))
    return Found(page.html(" against ".join(names), runs, history), numbers, drawn, notes)


def check_same(loaded: list[Loaded], batches: list[Batch]) -> None:
    """Raises InputError where the second run reads something else than the first."""
    words = [page.spelled(one.task, batch.inputs.flatten(0, 1)) for one, batch in zip(loaded, batches, strict=True)]
    if words[0] != words[-1]:
        raise InputError("reads other symbols", "a run of the same task", "against", name_of(loaded[-1]))


def forgotten(loaded: Loaded, batch: Batch) -> dict[str, Tensor]:
    """`rnnlab.inspection.forgetting.reaching` for a batch; a long text is read as many short ones."""
    rows, steps = batch.targets.shape
    if is_text(loaded.task) and steps > STRETCH:
        count = min(steps // STRETCH, STRETCH)
        batch = Batch(*(part[:, : count * STRETCH].reshape(rows * count, STRETCH) for part in batch))
    return reaching(loaded.network, batch, loaded.task.answer) if bool(batch.asked().any(1).all()) else {}


def name_of(loaded: Loaded) -> str:
    """The name of a run's folder."""
    return Path(os.path.abspath(loaded.path)).parent.parent.name


def about(loaded: Loaded, reading: Reading) -> str:
    """`lstm with 16 units on binaryaddition, step 900: 41 of 42 asked steps right (97.6 %)`."""
    task, model = loaded.config["task"], loaded.config["model"]
    layers, step = model.get("num_layers", 1), loaded.saved.get("global_step")
    size = (
        f"{layers} layers of {model.get('hidden_size')} units" if layers != 1 else f"{model.get('hidden_size')} units"
    )
    at = f", step {step:,}" if type(step) is int else ""
    share = f"{100 * reading.right / max(1, reading.asked):.1f} %"
    right = f": {reading.right:,} of {reading.asked:,} asked steps right ({share})" if reading.asked else ""
    return f"{model.get('name')} with {size} on {task.get('name')}{at}{right}"


def _names(loaded: list[Loaded]) -> list[str]:
    """The names of the runs, with the checkpoints' where the runs are one."""
    names = [name_of(one) for one in loaded]
    if len(set(names)) < len(names):
        return [f"{name}, {one.path.name}" for name, one in zip(names, loaded, strict=True)]
    return names


def _finite(value: float) -> float | None:
    """A number that json has."""
    return value if math.isfinite(value) else None


def _numbers(reading: Reading) -> dict[str, Any]:
    """What was read, and by field and quantity the units that follow it best."""
    tracks: dict[str, Any] = {}
    for field in reading.fields:
        for name, values in field.tracks.items():
            order = values.abs().argsort(descending=True)[:BEST].tolist()
            best = [{"unit": unit + 1, "correlation": round(float(values[unit]), 4)} for unit in order]
            tracks.setdefault(f"layer {field.layer + 1} {field.name}", {})[name] = best
    return {
        "symbols": reading.read,
        "shown": len(reading.targets),
        "asked": reading.asked,
        "right": reading.right,
        "nats": _finite(round(reading.nats, 6)),
        "tracks": tracks,
    }
