"""What a run tells TensorBoard, in its own directory and nowhere else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytorch_lightning.loggers.logger import Logger
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from torch.utils.tensorboard.summary import hparams

from rnnlab.training import event_files


class TensorBoard(Logger):
    """Scalars by step, and at the end the row of a run in the table HPARAMS, on file as soon as they are logged.

    Lightning's own logger takes the directory from its settings, and so from any checkpoint that is resumed; and it
    opens files by their names alone, through whatever link lies there.
    """

    name, version = "", ""

    def __init__(self, save_dir: Path):
        super().__init__()
        self.run = Path(save_dir)
        self.path: Path | None = None

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        values = [Summary.Value(tag=name, simple_value=float(value)) for name, value in metrics.items()]
        self._add(Event(summary=Summary(value=values), step=step or 0))

    def log_hyperparams(  # type: ignore[override] # no Namespace comes
        self, params: Mapping[str, Any], metrics: Mapping[str, float] | None = None
    ) -> None:
        """The row of HPARAMS, which has final scores; Lightning's call at the start of training has none."""
        if metrics:
            self.log_metrics(metrics)
            self._add(*(Event(summary=summary) for summary in hparams(dict(params), dict(metrics))))

    def _add(self, *events: Event) -> None:
        if self.path is None:
            self.path = event_files.new(self.run)
            event_files.add(self.path, Event(file_version="brain.Event:2"))
        event_files.add(self.path, *events)
