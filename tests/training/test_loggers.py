"""Lightning's loggers: what they get, how a run with them goes on, and what is said where they cannot be had."""

import csv
from pathlib import Path

import pytest

from rnnlab.errors import InputError
from rnnlab.evaluate import main as evaluate
from rnnlab.train import main
from rnnlab.training import loggers

SHORT = ["task=digitsum", "model=rnn", "data.lengths=[2]", "data.batch_size=40", "trainer.max_epochs=2"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(loggers.SERVER, raising=False)
    return tmp_path


def train(*words: str) -> Path:
    assert main([*SHORT, *words]) == 0
    return next(Path("outputs/digitsum/rnn").iterdir())


def losses(path: Path) -> list[tuple[str, str]]:
    """Step and validation loss of every row that has one."""
    with open(path, newline="") as file:
        return [(row["step"], row["loss/validation"]) for row in csv.DictReader(file) if row.get("loss/validation")]


def test_lightnings_csv_has_what_the_runs_own_has_and_the_run_goes_on_without_trust():
    run = train("logger=csv")
    assert losses(run / "csv" / "version_0" / "metrics.csv") == losses(run / "metrics.csv")
    assert any(run.glob("events.out.tfevents.*"))  # TensorBoard has it, too
    assert main([f"resume={run}", "trainer.max_epochs=3"]) == 0 and evaluate([str(run)]) == 0
    assert losses(run / "csv" / "version_1" / "metrics.csv") == losses(run / "metrics.csv")[2:]


def test_it_does_not_write_through_a_link_of_a_received_folder(folder, capsys):
    run = train("logger=csv")
    (folder / "elsewhere").mkdir()
    (run / "csv").rename(folder / "csv")
    (run / "csv").symlink_to(folder / "elsewhere")
    assert main([f"resume={run}", "trainer.max_epochs=3"]) == 2
    err = capsys.readouterr().err
    assert "csv is a link" in err and err.count("\n") == 1 and not list((folder / "elsewhere").iterdir())


@pytest.mark.parametrize("words", [[], ["-m", "seed=1,2"]])
@pytest.mark.parametrize("name", ["wandb", "mlflow"])
def test_one_that_is_not_installed_is_one_line_and_leaves_nothing(name, words, monkeypatch, capfd):
    monkeypatch.setattr(loggers, "find_spec", lambda package: None)
    assert main([*words, *SHORT, f"logger={name}"]) == 2
    err = capfd.readouterr().err
    assert f"{name} is not installed" in err and f"pip install 'rnnlab[{name}]'" in err and err.count("\n") == 1
    assert not list(Path("outputs").rglob("run.json"))


def test_mlflow_without_a_server_says_how_it_is_told_of_one(monkeypatch, capsys):
    monkeypatch.setattr(loggers, "find_spec", lambda package: package)
    assert main([*SHORT, "logger=mlflow"]) == 2
    err = capsys.readouterr().err
    assert "set MLFLOW_TRACKING_URI" in err and err.count("\n") == 1 and not Path("outputs").exists()


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "a\nb", "x" * 200, " a"])
def test_a_project_is_a_name_and_no_path(name):
    with pytest.raises(InputError, match="no name"):
        loggers._name("project", name)
    assert loggers._name("project", "my project-1.0") == "my project-1.0"


@pytest.mark.needs("wandb")
def test_weights_and_biases_writes_offline_and_a_run_goes_on_under_its_id():
    run = train("logger=wandb", "logger.wandb.offline=true")
    plain = (run / "metrics.csv").read_bytes()
    assert main([f"resume={run}", "trainer.max_epochs=3"]) == 0 and evaluate([str(run)]) == 0
    runs = sorted(path.name.rpartition("-")[2] for path in (run / "wandb").glob("offline-run-*"))
    assert len(runs) == 2 and len(set(runs)) == 1
    assert main([*SHORT, "logger=none", "output_dir=plain"]) == 0
    assert next(Path("plain").rglob("metrics.csv")).read_bytes() == plain  # it disturbs nothing


@pytest.mark.needs("mlflow")
def test_mlflow_has_one_run_of_one_that_goes_on_and_one_for_each_job_of_a_sweep(folder, monkeypatch):
    from mlflow import MlflowClient

    monkeypatch.setenv(loggers.SERVER, f"sqlite:///{folder}/mlflow.db")
    run = train("logger=mlflow")
    assert main([f"resume={run}", "trainer.max_epochs=3"]) == 0
    client = MlflowClient()
    (experiment,) = [one for one in client.search_experiments() if one.name == "rnnlab"]
    (found,) = client.search_runs([experiment.experiment_id])
    logged = client.get_metric_history(found.info.run_id, "loss/validation")
    assert [(str(one.step), one.value) for one in logged] == [
        (step, pytest.approx(float(loss))) for step, loss in losses(run / "metrics.csv")
    ]
    assert found.info.status == "FINISHED" and found.data.params["model"] == "rnn"
    assert main(["-m", *SHORT, "seed=1,2", "logger=mlflow", "sweep.name=s"]) == 0
    assert len(client.search_runs([experiment.experiment_id])) == 3
    (run / loggers.RUN_ID).write_text("../../x")
    assert main([f"resume={run}", "trainer.max_epochs=4"]) == 2
