"""What a run tells TensorBoard, in its own directory and nowhere else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pytorch_lightning.loggers.logger import Logger
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
from torch import Tensor
from torch.utils.tensorboard.summary import hparams, text

from rnnlab.inspection.canvas import Canvas
from rnnlab.training import event_files

BARS = 40
"""Of a histogram."""


class TensorBoard(Logger):
    """Scalars, texts, histograms and images by step, and at the end the row of a run in the table HPARAMS, on file as
    soon as they are logged.

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

    def log_texts(self, texts: Mapping[str, str], step: int) -> None:
        """Markdown by name."""
        self._add(*(Event(summary=text(name, words), step=step) for name, words in texts.items()))

    def log_histograms(self, values: Mapping[str, Tensor], step: int) -> None:
        """Tensors of any shape by name; numbers that are not finite are left out."""
        each = [Summary.Value(tag=name, histo=histogram(one)) for name, one in values.items()]
        self._add(Event(summary=Summary(value=each), step=step))

    def log_images(self, canvases: Mapping[str, Canvas], step: int) -> None:
        """Pictures by name."""
        for name, canvas in canvases.items():
            height, width, colours = canvas.pixels.shape
            image = Summary.Image(height=height, width=width, colorspace=colours, encoded_image_string=canvas.png())
            self._add(Event(summary=Summary(value=[Summary.Value(tag=name, image=image)]), step=step))

    def log_definition(self, graph: GraphDef, step: int) -> None:
        """The graph of a run, of which there is one."""
        self._add(Event(graph_def=graph.SerializeToString(), step=step))

    def _add(self, *events: Event) -> None:
        if self.path is None:
            self.path = event_files.new(self.run)
            event_files.add(self.path, Event(file_version="brain.Event:2"))
        event_files.add(self.path, *events)


def histogram(values: Tensor) -> HistogramProto:
    """`BARS` counts from the least to the greatest value, as TensorBoard has them: by the right ends of the bars."""
    numbers = values.detach().float().flatten().cpu().numpy()
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return HistogramProto()
    counts, ends = np.histogram(numbers, BARS)
    low, high = float(numbers.min()), float(numbers.max())
    squares = float(np.square(numbers, dtype=np.float64).sum())
    total = float(numbers.sum(dtype=np.float64))
    return HistogramProto(
        min=low,
        max=high,
        num=len(numbers),
        sum=total,
        sum_squares=squares,
        bucket_limit=ends.tolist(),  # the first bar, which ends at the least value, is empty
        bucket=[0, *counts.tolist()],
    )
