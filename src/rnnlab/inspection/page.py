"""One page of HTML on what a network does while it reads: nothing from a network, everything in it escaped.

What is said is json, and the values are bytes that the page unpacks when they are wanted: parts of the state in 8 bits,
gates in 5, unit after unit, compressed.
"""

import base64
import hashlib
import json
import zlib
from html import escape
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from rnnlab.batch import IGNORE
from rnnlab.errors import shows
from rnnlab.inspection.reading import Field, Reading
from rnnlab.tasks.task import Task

STATE, GATE = 255, 31
"""Levels that a value is rounded to: odd numbers, so that zero is one of them."""

LARGE = 1e30
"""What stands for values that are infinite."""

HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<noscript>This page draws itself with a script, which is switched off here.</noscript>
<main id="page"></main>
"""


def html(title: str, runs: list[dict[str, Any]], training: list[dict[str, Any]]) -> str:
    """The page of one run or two, as `described`. training: what `rnnlab.inspection.checks.history` found."""
    blobs: list[str] = []
    for run in runs:
        for field in run["fields"]:
            blobs.append(field["blob"])
            field["blob"] = f"values{len(blobs)}"
    style, script = _part("page.css"), _part("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    data = json.dumps({"runs": runs, "training": [_named(check) for check in training]}, separators=(",", ":"))
    parts = [HEAD.format(digest=digest, title=escape(shows(title)), style=style)]
    parts.append(f'<script type="application/json" id="data">{_inert(data)}</script>')
    for number, blob in enumerate(blobs, 1):
        parts.append(f'<script type="application/octet-stream" id="values{number}">{blob}</script>')
    parts.append(f"<script>{script}</script>\n</body>\n</html>\n")
    return "\n".join(parts)


def described(name: str, about: str, task: Task, reading: Reading) -> dict[str, Any]:
    """All that the page shows of one run, as json but for the values, which are text to be unpacked."""
    ids, symbols = _numbered(spelled(task, reading.inputs))
    return {
        "name": shows(name),
        "about": shows(about),
        "notes": notes(reading),
        "text": task.answer == "endless",
        "symbols": symbols,
        "ids": ids,
        "starts": reading.starts,
        "classes": [shows(task.label(number)) for number in range(task.num_classes)],
        "targets": _known(reading.targets),
        "top": reading.top.flatten().tolist(),
        "chances": (reading.chances * 1000).round().int().flatten().tolist(),
        "quantities": {shows(name): _known(values) for name, values in reading.quantities.items()},
        "fields": [_field(field) for field in reading.fields],
    }


def notes(reading: Reading) -> list[str]:
    """What a reader has to know of a reading, a line each."""
    found = []
    if reading.read > len(reading.targets):
        shown = f"The first {len(reading.targets):,} of {reading.read:,} symbols are shown"
        found.append(f"{shown}; units are sorted by all of them.")
    if not reading.gated:
        found.append("This layer has no gates to show: its states alone are shown.")
    return found


def spelled(task: Task, inputs: Tensor) -> list[str]:
    """A short word for each step of (N,) ids or (N, F) features."""
    if inputs.dim() > 1:
        return [" ".join(f"{value:.3g}" for value in step) for step in inputs.tolist()]
    return [shows(task.spelled(number)) for number in inputs.tolist()]


def _named(check: dict[str, Any]) -> dict[str, Any]:
    """A checkpoint of the history, with the names of its quantities as they are shown."""
    parts = {"units": check["units"], **check.get("measured", {})}
    units, *_ = named = [{shows(name): value for name, value in part.items()} for part in parts.values()]
    return (
        check | {"units": units} | ({"measured": dict(zip(parts, named, strict=True))} if "measured" in check else {})
    )


def _numbered(words: list[str]) -> tuple[list[int], list[str]]:
    """The words as places in a list of those that occur, and that list."""
    places = {word: place for place, word in enumerate(dict.fromkeys(words))}
    return [places[word] for word in words], list(places)


def _known(values: Tensor) -> list[int | None]:
    return [None if value == IGNORE else value for value in values.tolist()]


def _field(field: Field) -> dict[str, Any]:
    """Each unit has its own scale: `low`, and `step` from one level to the next."""
    levels = STATE if field.carried else GATE
    values = field.values.T.double().nan_to_num(0.0, LARGE, -LARGE).clamp(-LARGE, LARGE).contiguous()  # (H, N)
    most = values.abs().amax(1).clamp(min=1e-6)
    low = -most if bool((values < 0).any()) else torch.zeros_like(most)
    step = (most - low) / (levels - 1)
    numbers = ((values - low.unsqueeze(1)) / step.unsqueeze(1)).round().to(torch.uint8).numpy()
    return {
        "layer": field.layer + 1,
        "name": shows(field.name),
        "units": len(values),
        "levels": levels,
        "low": [_short(value) for value in low.tolist()],
        "step": [_short(value) for value in step.tolist()],
        "signed": bool((values < 0).any()),
        "tracks": {shows(name): [round(value, 4) for value in unit.tolist()] for name, unit in field.tracks.items()},
        "blob": base64.b64encode(zlib.compress(numbers.tobytes(), 6)).decode(),
    }


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _inert(data: str) -> str:
    """Json that no HTML parser sees a tag or a comment in."""
    return data.replace("<", "\\u003c")


def _part(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
