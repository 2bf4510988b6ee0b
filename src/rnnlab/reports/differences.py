"""What the configs of runs differ in, and which of that is worth a column."""

import math
from collections import Counter

from rnnlab.errors import shown
from rnnlab.reports.records import Run

REPEATS = ("seed", "output_dir", "objective", "sweep", "search", "launcher", "logger", "task.eval_lengths")
"""Keys and groups that make no other combination, only another run of the same."""

NAMES = ("task.name", "model.name")


def varied(runs: list[Run]) -> tuple[list[str], list[str], list[str]]:
    """All keys in which the configs of runs differ; those worth a column; and those that follow from the task, the
    model and what was typed, as a model's tuned settings do.
    """
    keys = [key for key in dict.fromkeys(key for run in runs for key in run.config) if not _same(key, runs)]
    values = {
        key: [repr(run.config.get(key, "-")) for run in runs]
        for key in keys
        if not f"{key}.".startswith(tuple(f"{name}." for name in REPEATS))
    }
    differing = [key for key, column in values.items() if len(set(column)) > 1]
    typed = {key for run in runs for key in run.typed}
    names = [key for key in NAMES if key in differing]
    names += [key for key in differing if key not in names and (key in typed or _chosen(key, typed))]
    columns, following = list(names), list[str]()
    for key in sorted(set(differing) - set(names), key=differing.index):
        (following if _follows(values[key], [values[name] for name in names]) else columns).append(key)
    return differing, columns, [key for key in following if not key.endswith("._target_")]


def _same(key: str, runs: list[Run]) -> bool:
    """Whether all runs have a key, and the same value of it: so much costs less than to write them all out."""
    first = runs[0].config.get(key, math.nan)
    return all(run.config.get(key, math.nan) == first for run in runs)


def short(keys: list[str]) -> list[str]:
    """Column names as short as they are clear: `batch_size`, or where two keys end alike `data.batch_size`."""
    clean = [key.removesuffix(".name").removesuffix("._target_") for key in keys]
    ends = Counter(key.rpartition(".")[2] for key in clean)
    names = [key.rpartition(".")[2] if ends[key.rpartition(".")[2]] == 1 else key for key in clean]
    return [shown(name if names.count(name) == 1 else key) for name, key in zip(names, keys, strict=True)]


def usual(columns: list[str], rows: list[list[str]]) -> dict[str, str]:
    """What more than half of several rows have in a column, but for their model."""
    most = {
        name: Counter(column).most_common(1)[0] for name, column in zip(columns, zip(*rows, strict=True), strict=True)
    }
    return {name: text for name, (text, count) in most.items() if 2 * count > len(rows) > 1 and name != "model"}


def names(columns: list[str], rows: list[list[str]], model: str) -> list[str]:
    """Each row in a few words: its model, and what it has otherwise than is usual, as it would be typed.

    Columns `model`, `lr` and rows lstm 0.1, rnn 0.1, rnn 0.2 give `lstm`, `rnn` and `rnn lr=0.2`.
    """
    same = usual(columns, rows)
    found = []
    for row in rows:
        unusual = [(name, text) for name, text in zip(columns, row, strict=True) if same.get(name) != text]
        found.append(" ".join(text if name == "model" else f"{name}={text}" for name, text in unusual) or model)
    return found


def value(run: Run, key: str) -> str:
    """The value of a config key as a person reads it: a class by its own name."""
    if key not in run.config:
        return "-"
    text = shown(run.config[key])
    return text.rpartition(".")[2] if key.endswith("._target_") else text


def _chosen(key: str, typed: set[str]) -> bool:
    """Whether a key is what a typed group (`optimizer=adam`) chose. A task and a model have names instead."""
    group, _, name = key.rpartition(".")
    return name == "_target_" and group in typed and group not in ("task", "model")


def _follows(column: list[str], names: list[list[str]]) -> bool:
    """Whether the columns `names` decide the values in `column`."""
    decided: dict[tuple[str, ...], str] = {}
    rows = zip(*names, strict=True) if names else [()] * len(column)
    return all(decided.setdefault(row, value) == value for row, value in zip(rows, column, strict=True))
