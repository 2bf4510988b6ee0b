"""What trained networks may be asked with, by a command or from Python: numbers in bounds, files, runs in a folder.

Nothing here imports torch, so a command can refuse anything else at once.
"""

import contextlib
import os
from pathlib import Path
from typing import Annotated

from rnnlab import files
from rnnlab.errors import Bounds, InputError

LENGTH = Annotated[int, Bounds(1, 100_000_000)]
TEMPERATURE = Annotated[float, Bounds(0)]
TOP_K = Annotated[int, Bounds(1, 1_000_000)]
TOP_P = Annotated[float, Bounds(0, 1, above=True)]
TEXTS = Annotated[int, Bounds(1, 10_000)]
WIDTH = Annotated[int, Bounds(1, 1000)]
"""Of a text that is written: characters, how bold, cut to how many of the likeliest, how many texts, kept by a beam."""

COUNT = Annotated[int, Bounds(1, 10_000_000)]
BEYOND = Annotated[int, Bounds(0, 1_000_000_000)]
"""Of scores by length: examples of each, and the length above which they are beyond training."""

SEED = Annotated[int, Bounds(0, 2**32 - 1)]


def check_file(path: str) -> None:
    """Raises InputError for what is no file that can be read; what is in it only the task can tell."""
    try:
        with files.opened(Path(path), typed=True):
            pass
    except OSError as error:
        what = f"cannot be read, {error.strerror}"
        raise InputError(what, "a csv of digit sums, or a text", "input", path) from None


def done_in(folder: Path) -> list[Path]:
    """The runs in a folder that are done and have a checkpoint, by name; of a run, or a checkpoint, none."""
    found: list[Path] = []
    if not os.access(folder, os.R_OK | os.X_OK) or not os.path.isdir(folder) or os.path.lexists(folder / "run.json"):
        return found
    for path in sorted(folder.iterdir()):
        with contextlib.suppress(OSError):
            record = files.read_json(path / "run.json", within=folder)
            if record.get("status") == "done" and os.path.lexists(path / "checkpoints" / "best.ckpt"):
                found.append(path)
    return found
