"""What it means that two runs end the same: weights, optimizer, logs, everything but the clock, to the bit."""

import hashlib
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


def logged(run: Path) -> list[tuple[str, int, object]]:
    """All that the event files hold, duplicates included, without speeds and when it was: a scalar as it is, the rest
    by its digest.
    """
    found: list[tuple[str, int, object]] = []
    for path in sorted(run.rglob("events.out.tfevents.*")):
        for event in EventFileLoader(str(path)).Load():
            if event.graph_def:
                found.append(("graph", event.step, digest(event.graph_def)))
            for value in event.summary.value:
                if value.HasField("tensor") and value.tensor.float_val:
                    found.append((value.tag, event.step, value.tensor.float_val[0]))
                else:
                    found.append((value.tag, event.step, digest(value.SerializeToString(deterministic=True))))
    return sorted((one for one in found if not one[0].startswith(("speed/", "_hparams_"))), key=repr)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


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
    passing = {"previous.ckpt"} if records[0]["status"] == "done" else {"previous.ckpt", "last.ckpt"}
    names, others = ({path.name for path in run.glob("checkpoints/*.ckpt")} - passing for run in (one, other))
    found += [f"only one has {name}" for name in names ^ others]
    for name in names & others:
        a, b = (flat(checkpoint.read(run / "checkpoints" / name)) for run in (one, other))
        found += [f"{name}{key}" for key in a.keys() ^ b.keys()]
        for key in a.keys() & b.keys():
            if key.endswith("/Record/seconds") or key.startswith("/config/callbacks/saver"):
                continue
            if not same(a[key], b[key]):
                found.append(f"{name}{key}: {a[key]} and {b[key]}")
    for name in ("metrics.csv", "lengths.csv", "answers.json", "projector/labels.tsv"):
        a, b = ((run / name).read_bytes() if (run / name).exists() else None for run in (one, other))
        found += [name] if a != b else []
    for name in ("status", "reason", "steps", "best_step", "metrics", "parameters", "seed"):
        a, b = (record.get(name) for record in records)
        found += [f"run.json {name}: {a} and {b}"] if not same(a, b) else []
    a, b = (logged(run) for run in (one, other))
    found += [] if same(a, b) else [f"tensorboard: {set(map(repr, a)) ^ set(map(repr, b))} {len(a)} {len(b)}"]
    return found
