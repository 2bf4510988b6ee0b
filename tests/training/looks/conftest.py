"""What there is to see of networks that nobody trained."""

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from rnnlab.batch import Batch
from rnnlab.config import build
from rnnlab.training.looks.seen import Seen
from rnnlab.training.tensorboard import TensorBoard


@pytest.fixture
def seen(config, tmp_path):
    """A function from overrides to what a first check, after step 3, would see of such a run, with two layers of 5."""

    def of(*overrides: str, layers: int = 2) -> Seen:
        small = ["data.lengths=[2]", "data.batch_size=20"] if "task=digitsum" in overrides else []
        parts = build.parts(config("model.hidden_size=5", f"model.num_layers={layers}", *small, *overrides))
        probe = Batch(*(part[:20] for part in parts.data.validation.batch(0)))
        return Seen(TensorBoard(tmp_path), parts.network.eval(), parts.task, probe, 3, True)

    with torch.no_grad():
        yield of


@pytest.fixture
def found(tmp_path):
    """A function that reads what TensorBoard finds."""
    return lambda: EventAccumulator(str(tmp_path), size_guidance={"images": 0}).Reload()
