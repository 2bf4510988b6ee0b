"""What was measured inside the runs, over seeds, from the inspect.json that `rnnlab.inspect RUN study=true` writes."""

import math
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rnnlab.errors import shown
from rnnlab.files import Unusable, read_json
from rnnlab.reports.interval import interval
from rnnlab.reports.rows import number
from rnnlab.reports.table import Table

FILE = Path("inspect", "inspect.json")

LARGEST = 1 << 22
"""Bytes of the file that are read: one with 24 checkpoints of a text has some 500,000."""

MOST = 30
"""Quantities, and layers, of a run that are read."""

METHOD = (
    "directions: the fewest whose exchange between two rows the next answer follows in 99.9 % of pairs; units needed: "
    "numbers of the state that are left when those that cost no more than 5 % of the score are cut; probe: share of "
    "held-out steps right, or R²; untrained network: the same random weights for every seed; memory: steps until 1/e "
    "of a perturbation is left; n: runs with such a value, of the measured ones"
)

PROBES = (
    ("linear", "score", "linear probe"),
    ("linear", "untrained", "linear probe, untrained network"),
    ("non-linear", "score", "non-linear probe"),
)
"""What of the probes is shown: the kind, what of it, and in words."""

Measures = dict[str, float]
"""What was measured of one run, by name; nan where there was no such number, as of a memory that outlasts the rows."""


def measures(run: Path) -> Measures:
    """What the study of the best checkpoint of a run says; nothing where there is none.

    Raises:
        Unusable: where its file is none of ours.
    """
    try:
        record = read_json(run / FILE, LARGEST, within=run)
    except FileNotFoundError:
        return {}
    runs = record.get("runs")
    first = runs[0] if isinstance(runs, list) and runs else None
    if not isinstance(first, dict):
        raise Unusable("no runs in it")
    if "study" not in first or Path(str(first.get("run"))).name != "best.ckpt":
        return {}
    study = _dict(first["study"])
    known, used, moves = (_dict(study.get(part)) for part in ("known", "used", "dynamics"))
    found: Measures = {}
    for name in list(used)[:MOST]:
        if "smallest" in _dict(used[name]):
            found[f"{shown(name, 40)}: directions"] = number(used[name]["smallest"])
    if isinstance(used.get("needed"), list):
        found["units needed"] = float(len(used["needed"]))
    for name in [name for name in known if name != "place"][:MOST]:
        for kind, of, words in PROBES:
            value = _dict(_dict(_dict(known[name]).get(kind)).get(of)).get("value")
            found[f"{shown(name, 40)}: {words}"] = number(value)
    memory = _dict(moves.get("memory")).get("steps")
    for layer, steps in enumerate(memory[:MOST] if isinstance(memory, list) else [], 1):
        found[f"memory of layer {layer}, steps"] = number(steps)
    exponents = moves.get("lyapunov")
    if isinstance(exponents, list):
        found["largest Lyapunov exponent"] = number(exponents[0] if exponents else None)
    return found


def table(rows: Mapping[str, Sequence[Measures]]) -> Table:
    """A row for each measure and combination; rows: of each combination, what was measured of each seed.

    There is a mean only where each run that was looked into has a value: those that have none are no random ones.
    """
    names = dict.fromkeys(name for runs in rows.values() for run in runs for name in run)
    lines = []
    for name in names:
        for combination, runs in rows.items():
            values = [run[name] for run in runs if name in run]
            there = [value for value in values if math.isfinite(value)]
            if values:
                whole = there if len(there) == len(values) else []
                lines.append([name, combination, f"{len(there)} of {len(values)}", *_over_seeds(name, whole, there)])
    return Table(["measured inside", "combination", "n", "mean", "95 % interval", "least", "most"], lines, 2)


def _over_seeds(name: str, whole: Sequence[float], there: Sequence[float]) -> list[str]:
    low, high = (
        (-math.inf, 1.0) if "probe" in name else (-math.inf, math.inf) if "Lyapunov" in name else (0.0, math.inf)
    )
    ends = interval(whole, low, high)
    mean = _short(statistics.fmean(whole)) if whole else "-"
    between = f"{_short(ends[0])} to {_short(ends[1])}" if ends else "-"
    return [mean, between, *(_short(end(there)) if there else "-" for end in (min, max))]


def _short(value: float) -> str:
    return f"{value:.4g}"


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
