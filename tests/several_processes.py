"""Runs of several processes, and what it means that one has learnt what another has."""

import csv
import json
from pathlib import Path

import pytest

TEXT = ["task=chartext", "task.path=text", "model=gru", "model.hidden_size=8", "data.batch_size=5", "data.window=10"]
TEXT += ["trainer.max_steps=30", "trainer.check_every=4"]


EXACT = "trainer.precision=64-true"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("text").write_text("".join(chr(97 + i * i % 23) for i in range(700)))
    return tmp_path


def rows(path: Path) -> list[dict[str, float]]:
    with open(path, newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def the_run(folder: str) -> Path:
    (run,) = Path(folder).glob("*/*/*")
    return run


def check_the_same(one: Path, several: Path, tolerance: float) -> None:
    expected, found = rows(one / "metrics.csv"), rows(several / "metrics.csv")
    assert len(found) == len(expected) >= 3
    for row, other in zip(expected, found, strict=True):
        assert other == pytest.approx(row, rel=tolerance, abs=1e-12)
    scores = (json.loads((run / "run.json").read_text())["metrics"] for run in (one, several))
    assert next(scores) == pytest.approx(next(scores), rel=tolerance, abs=1e-12)
