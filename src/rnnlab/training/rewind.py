"""The logs of a run as they were at the checkpoint from which it goes on, however they look now."""

import os
from itertools import takewhile
from pathlib import Path

from rnnlab import files
from rnnlab.errors import warn
from rnnlab.runs.checkpoint import kept
from rnnlab.training import event_files

TABLES = ("metrics.csv", "timing.csv")
PROJECTOR = ("projector_config.pbtxt", "projector/labels.tsv")
CHECKPOINTS = tuple(f"checkpoints/{name}.ckpt" for name in ("last", "previous", "best"))
CONFIGS = (".hydra/config.yaml", ".hydra/overrides.yaml")
WRITTEN = (
    "run.json",
    *TABLES,
    "train.log",
    "lengths.csv",
    "lengths.png",
    "answers.json",
    *CONFIGS,
    *CHECKPOINTS,
    *PROJECTOR,
)
"""What a run will write. One checkpoint was good, or it would not go on."""

LARGEST = 1 << 28
"""Bytes of a table: over a million checks."""


def rewind(directory: Path, checks: int, last_step: int) -> None:
    """Puts the logs of a run back to `checks` checks and `last_step`, so that no step is logged twice.

    Also clears away what a kill left half-written. What is damaged, or no file at all, does not stop the run: it is
    cut to what is whole or put aside under another name, and a line says so.
    """
    files.clear_parts(directory, within=directory)
    for folder in (directory / "checkpoints", directory / ".hydra", directory / "projector"):
        files.clear_parts(folder, within=directory)
        if os.path.lexists(folder) and (os.path.islink(folder) or not os.path.isdir(folder)):
            _put_aside(folder, "no folder")
    for number, path in kept(directory).items():
        if number > checks and os.path.isfile(path):
            path.unlink()
    events = sorted(path.name for path in directory.glob(f"{event_files.NAME}*"))
    for name in (*WRITTEN, *events):
        reason = files.wrong(directory / name, within=directory)
        if reason:
            _put_aside(directory / name, reason)
        elif name in TABLES:
            _rewind_table(directory / name, checks)
        elif name in events:
            event_files.rewind(directory / name, last_step)


def _rewind_table(path: Path, checks: int) -> None:
    """Keeps the header and the rows of the first `checks` checks, as far as they are whole."""
    try:
        content = files.read(path, LARGEST)
        content.decode("ascii")
    except (OSError, UnicodeDecodeError) as error:
        if not isinstance(error, FileNotFoundError):
            _put_aside(path, "not ASCII" if isinstance(error, UnicodeDecodeError) else str(error))
        return
    lines = content.splitlines(keepends=True)[: checks + 1 if checks else 0]
    whole = list(takewhile(lambda line: line.endswith(b"\n") and line.count(b",") == lines[0].count(b","), lines))
    if checks and len(whole) < checks + 1:
        warn(f"{path} is damaged; {max(len(whole) - 1, 0)} of its {checks} rows are kept")
    files.write(path, b"".join(whole))


def _put_aside(path: Path, reason: str) -> None:
    other = files.put_aside(path)
    warn(f"{path} is nothing that a run wrote ({reason}); it is put aside as {other.name}")
