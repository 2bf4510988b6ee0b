"""What it means that two runs end the same: weights, optimizer, logs, everything but the clock, to the bit."""

import json
import shutil
from pathlib import Path

import torch
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

from rnnlab.runs import checkpoint


def start(run: Path, copy: Path) -> Path:
    return Path(shutil.copytree(run, copy))


def flat(value: object, prefix: str = "") -> dict[str, object]:
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list | tuple):
        items = enumerate(value)
    else:
        return {prefix: value}
    return {name: leaf for key, inner in items for name, leaf in flat(inner, f"{prefix}/{key}").items()}


def points(run: Path) -> list[tuple[str, int, float]]:
    """Every scalar in the event files, duplicates included, without speeds."""
    found = []
    for path in sorted(run.rglob("events.out.tfevents.*")):
        for event in EventFileLoader(str(path)).Load():
            for value in event.summary.value:
                if value.HasField("tensor") and value.tensor.float_val and not value.tag.startswith("speed/"):
                    found.append((value.tag, event.step, value.tensor.float_val[0]))
    return sorted(found)


def same(a: object, b: object) -> bool:
    """To the bit; something that is not a number is the same as itself."""
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        alike = (a.dtype, a.shape) == (b.dtype, b.shape)
        return alike and torch.equal(*(tensor.flatten().view(torch.uint8) for tensor in (a, b)))
    return repr(a) == repr(b)


def differences(one: Path, other: Path) -> list[str]:
    """Where two runs differ that are over; empty when they end the same, be it by the same failure.

    One that failed has saved nothing at its end, and before it where it stood when it was stopped, too.
    """
    found = []
    records = [json.loads((run / "run.json").read_text()) for run in (one, other)]
    names = [name for name in ("last.ckpt", "best.ckpt") if (one / "checkpoints" / name).exists()]
    for name in names if records[0]["status"] == "done" else [name for name in names if name != "last.ckpt"]:
        a, b = (flat(checkpoint.read(run / "checkpoints" / name)) for run in (one, other))
        found += [f"{name}{key}" for key in a.keys() ^ b.keys()]
        for key in a.keys() & b.keys():
            if key.endswith("/Record/seconds") or key.startswith("/config/callbacks/saver"):
                continue
            if not same(a[key], b[key]):
                found.append(f"{name}{key}: {a[key]} and {b[key]}")
    for name in ("metrics.csv", "lengths.csv", "answers.json"):
        a, b = ((run / name).read_bytes() if (run / name).exists() else None for run in (one, other))
        found += [name] if a != b else []
    for name in ("status", "reason", "steps", "metrics", "parameters", "seed"):
        a, b = (record.get(name) for record in records)
        found += [f"run.json {name}: {a} and {b}"] if not same(a, b) else []
    if not same(points(one), points(other)):
        found.append(f"tensorboard: {set(points(one)) ^ set(points(other))} {len(points(one))} {len(points(other))}")
    return found
