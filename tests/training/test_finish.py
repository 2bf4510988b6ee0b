"""How a run ends: lengths are measured and logged."""

import csv
import json
import shutil

import pytest

from rnnlab.evaluate import main
from rnnlab.train import main as train

TWO = "defaults: [tensorboard]\nlightnings: {_target_: pytorch_lightning.loggers.CSVLogger}\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run with lengths to measure and with two loggers, one of them Lightning's."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "own" / "logger").mkdir(parents=True)
    (folder / "own" / "logger" / "two.yaml").write_text(TWO)
    words = ["task=binaryaddition", "model=rnn", "trainer=debug", "trainer.max_epochs=1", "task.eval_lengths=[9,4]"]
    assert train([*words, "--config-dir", str(folder / "own"), "logger=two", f"output_dir={folder / 'outputs'}"]) == 0
    return next(folder.glob("outputs/*/*/*"))


@pytest.fixture
def run(trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(trained, tmp_path / "run")


def test_a_logger_of_lightnings_gets_the_scores_and_has_to_be_trusted_when_the_run_goes_on(run, capsys):
    with open(run / "lightning_logs" / "version_0" / "metrics.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["final/loss/test"]]
    scores = json.loads((run / "run.json").read_text())["metrics"]
    assert [float(row["final/loss/test"]) for row in rows] == [pytest.approx(scores["loss/test"])]
    assert train([f"resume={run}", "trainer.max_epochs=2"]) == 2
    err = capsys.readouterr().err
    assert "CSVLogger" in err and "add trust=[pytorch_lightning]" in err and err.count("\n") == 1


def test_lengths_are_measured_at_the_end_of_training_and_logged_over_the_length(run, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

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
