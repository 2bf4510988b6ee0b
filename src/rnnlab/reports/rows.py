"""The rows of a csv that a run wrote, or is writing."""

import csv
import math
from collections.abc import Iterable
from pathlib import Path

from rnnlab.files import Unusable, read_text

MOST = 1 << 24
"""Bytes that are read. A check is about 150 bytes, so this is 100,000 checks."""

LARGEST = 1e100
"""Numbers beyond are a run's rubbish, and would overflow in a variance."""

WHOLE = ("step", "epoch")
"""Columns of metrics.csv that count."""


def columns(path: Path, names: Iterable[str]) -> dict[str, list[float]]:
    """Those of the columns `names` that a csv has, numbers only (text becomes nan), up to the last whole row.

    A run that is writing may have left half a row at the end.

    Raises:
        Unusable: as `read_text`, and where it is no csv. A file that is not there has no columns.
    """
    header, rows = table(path)
    places = {name: header.index(name) for name in names if name in header}
    return {name: [number(row[place]) for row in rows] for name, place in places.items()}


def table(path: Path) -> tuple[list[str], list[list[str]]]:
    """The header and the whole rows of a csv; raises as `columns`."""
    try:
        text = read_text(path, MOST)
    except FileNotFoundError:
        return [], []
    try:
        rows = list(csv.reader(text.splitlines(), strict=True))
    except csv.Error as error:
        raise Unusable(f"no csv, {error}") from None
    if not rows:
        return [], []
    header, *rows = rows
    if len(set(header)) < len(header):
        raise Unusable("no csv, a column is there twice")
    if rows and (len(rows[-1]) < len(header) or not text.endswith("\n")):
        rows.pop()
    wrong = next((place for place, row in enumerate(rows, 2) if len(row) != len(header)), None)
    if wrong:
        raise Unusable(f"no csv, line {wrong} has other than {len(header)} values")
    return header, rows


def checks(run: Path) -> list[dict[str, float]]:
    """The rows of a run's metrics.csv, with the seconds of its timing.csv; none where it cannot be read."""
    try:
        header, rows = table(run / "metrics.csv")
        clock = columns(run / "timing.csv", ("step", "seconds"))
    except Unusable:
        return []
    seconds = dict(zip(clock.get("step", []), clock.get("seconds", []), strict=False))
    found = [dict(zip(header, map(number, row), strict=True)) for row in rows if "step" in header]
    return [
        {"step": row["step"], "seconds": seconds.get(row["step"], math.nan)}
        | {name: int(value) if name in WHOLE and math.isfinite(value) else value for name, value in row.items()}
        for row in found
    ]


def number(value: object) -> float:
    """A value as a float; nan where it is none, or so large that its square is none."""
    try:
        result = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return result if -LARGEST < result < LARGEST else math.nan
