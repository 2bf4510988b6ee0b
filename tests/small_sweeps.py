"""A sweep of short jobs, and jobs of it that misbehave in the middle of their training."""

import json
from pathlib import Path

import pytest
import torch

from rnnlab.training.learner import SequenceLearner

SMALL = ["-m", "model.hidden_size=8", "data.lengths=[2]", "data.batch_size=8", "trainer.max_epochs=2"]
SMALL += ["callbacks.saver.every_steps=4", "sweep.name=s"]


SWEEP = Path("outputs/sweeps/s")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def states() -> dict[int, str]:
    """Seed -> status of every job."""
    records = [json.loads(path.read_text()) for path in SWEEP.glob("*/run.json")]
    return {record["config"]["seed"]: record["status"] for record in records}


def misbehave(monkeypatch: pytest.MonkeyPatch, deeds: dict[int, object]) -> None:
    """In its 7th training step, the job of a seed does its deed."""
    original, calls = SequenceLearner.training_step, [0]

    def step(self, batch, index):
        calls[0] += 1
        deed = deeds.get(torch.initial_seed())
        return original(self, batch, index) * ((deed() or 1.0) if deed and calls[0] == 7 else 1.0)

    monkeypatch.setattr(SequenceLearner, "training_step", step)


def raises() -> None:
    raise ZeroDivisionError("on purpose")
