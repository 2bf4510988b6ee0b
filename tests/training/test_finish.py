"""How a run ends: lengths are measured and logged."""

import csv
import json

import pytest

from rnnlab.evaluate import main
from rnnlab.train import main as train


def test_lengths_are_measured_at_the_end_of_training_and_logged_over_the_length(tmp_path, monkeypatch):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    monkeypatch.chdir(tmp_path)
    words = ["task=binaryaddition", "model=rnn", "trainer=debug", "trainer.max_epochs=1", "task.eval_lengths=[9,4]"]
    assert train(words) == 0
    (run,) = tmp_path.glob("outputs/*/*/*")
    with open(run / "lengths.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["inputs"] == "random"]
    assert [row["length"] for row in rows] == ["4", "9"]
    events = EventAccumulator(str(run)).Reload().Scalars("final/by_length/random")
    assert [(event.step, event.value) for event in events] == [
        (int(row["length"]), pytest.approx(float(row["exact_match"]))) for row in rows
    ]
    figure = json.loads((run / "run.json").read_text())["metrics"]["exact_match_beyond/random"]
    assert figure == float(rows[1]["exact_match"])  # 9 is the one length beyond 8
    assert main([str(run), "lengths=[4,9]", "out=again"]) == 0
    assert (tmp_path / "again" / "lengths.csv").read_bytes() == (run / "lengths.csv").read_bytes()


def test_a_wrong_eval_length_is_refused_before_anything_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train(["task=digitsum", "model=rnn", "task.eval_lengths=[0]"]) == 2
    assert "task.eval_lengths" in capsys.readouterr().err and not list(tmp_path.iterdir())
