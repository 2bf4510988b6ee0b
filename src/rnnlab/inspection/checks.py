"""What a network knew at each check of its training that was kept: when does a unit begin to follow the carry?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rnnlab.batch import Batch
from rnnlab.errors import InputError, warn
from rnnlab.inference.load import Loaded, load
from rnnlab.inspection.reading import read

STEPS = 64
"""Steps of the first row that are shown of the unit that follows a quantity best."""


def history(
    paths: list[Path], batch: Batch, trust: list[str], measure: Callable[[Loaded], Any] | None = None
) -> list[dict[str, Any]]:
    """Of each checkpoint, in the order of training: how well its best unit follows each quantity of the batch.

    One that cannot be read is left out, in one line. step: optimizer step. right: share of the asked steps said
    rightly. units: by quantity, the field and number (from 1) of the unit, its correlation, and its values at the first
    steps, from -1 to 1 of their largest. measured: what `measure` makes of it.
    """
    found: dict[int, dict[str, Any]] = {}
    for path in paths:
        try:
            loaded = load(path, trust)
        except InputError as error:
            warn(f"left out: {error}")
            continue
        reading = read(loaded.network, loaded.task, batch)
        units = {}
        for name in reading.quantities:
            field, unit, tracks = reading.best(name)
            values = field.values[:STEPS, unit]
            values = values / values.abs().max().clamp(min=1e-6)
            units[name] = {
                "layer": field.layer + 1,
                "field": field.name,
                "unit": unit + 1,
                "correlation": round(tracks, 4),
                "values": [round(value, 2) for value in values.tolist()],
            }
        step = loaded.saved.get("global_step")
        found[step if type(step) is int else 0] = {
            "step": step if type(step) is int else 0,
            "right": reading.right / reading.asked if reading.asked else None,
            "units": units,
            **({"measured": measure(loaded)} if measure else {}),
        }
    return [found[step] for step in sorted(found)]
