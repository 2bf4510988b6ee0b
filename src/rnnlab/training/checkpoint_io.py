"""Lightning's saving and loading put into the hands of `checkpoint`, which itself needs no Lightning."""

from pathlib import Path
from typing import Any

from lightning_fabric.plugins.io.checkpoint_io import CheckpointIO

from rnnlab.runs.checkpoint import write


class CheckedFiles(CheckpointIO):
    """How Lightning writes and reads a checkpoint of a run: atomically, with a checksum, as data only.

    vetted: what has been read of a run to go on with, and compared with that run; Lightning gets this, not the file.
    """

    def __init__(self, vetted: dict[str, Any] | None = None):
        self.vetted = vetted

    def save_checkpoint(self, checkpoint: dict[str, Any], path: str | Path, storage_options: object = None) -> None:
        write(Path(path), checkpoint)

    def load_checkpoint(
        self, path: str | Path, map_location: object = None, weights_only: bool | None = None
    ) -> dict[str, Any]:
        if self.vetted is None:
            raise FileNotFoundError(path)
        return self.vetted

    def remove_checkpoint(self, path: str | Path) -> None:
        Path(path).unlink(missing_ok=True)
