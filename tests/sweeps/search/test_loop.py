"""Searches: the trials asked for are made, whatever single ones do; what is on file is what the runs say."""

import json
import os
import signal
from pathlib import Path

import pytest
import torch
from omegaconf import OmegaConf

import forked_runs
from rnnlab.config import build
from rnnlab.config.flat import flat
from rnnlab.errors import InputError
from rnnlab.sweeps.search import propose
from rnnlab.sweeps.search.loop import _at_once
from rnnlab.sweeps.search.space import Interval, read_space
from rnnlab.train import main
from rnnlab.training import setup
from rnnlab.training.learner import SequenceLearner

SMALL = ["-m", "model=gru", "data.lengths=[2]", "data.batch_size=80", "trainer.max_epochs=1", "logger=none"]
SPACE = ["model.hidden_size=interval(4,8)", "model.num_layers=1", "optimizer.weight_decay=0"]
SEARCH = Path("outputs/sweeps/s")

METHODS = ["random", pytest.param("optuna", marks=pytest.mark.needs("optuna"))]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def search(method: str, *more: str, name: str = "s") -> int:
    return main([*SMALL, *SPACE, f"search={method}", f"sweep.name={name}", *more])


def study(where: Path = SEARCH) -> dict:
    return json.loads((where / "study.json").read_text())


def trials(where: Path = SEARCH) -> list[dict]:
    return study(where)["trials"]


def misbehave(monkeypatch: pytest.MonkeyPatch, deeds: dict[str, object]) -> None:
    """In its only training step, the trial whose folder starts with a number does its deed."""
    original = SequenceLearner.training_step

    def step(self, batch, index):
        deed = deeds.get(Path(self.trainer.default_root_dir).name[:4])
        return original(self, batch, index) * ((deed() or 1.0) if deed else 1.0)

    monkeypatch.setattr(SequenceLearner, "training_step", step)


def value(run: Path, key: str) -> object:
    node = json.loads((run / "run.json").read_text())["config"]
    for part in key.split("."):
        node = node[part]
    return node


@pytest.mark.parametrize("method", METHODS)
def test_the_study_says_what_the_runs_say(method):
    assert search(method, "search.trials=2") == 0
    assert [trial["number"] for trial in trials()] == [0, 1]
    for trial in trials():
        run = SEARCH / trial["directory"]
        record = json.loads((run / "run.json").read_text())
        assert trial["status"] == record["status"] == "done"
        assert trial["result"] == record["metrics"]["loss/validation"]
        assert set(trial["values"]) == {"model.hidden_size", "optimizer.lr"}
        assert all(value(run, key) == given for key, given in trial["values"].items())
        assert "search" not in record["config"]  # a trial is a run like any other
    assert len(list(SEARCH.glob("*/run.json"))) == 2


def test_continued_it_makes_the_trials_that_are_missing_and_they_are_those_of_one_go(capfd):
    assert search("random", "search.trials=1") == 0
    (kept,) = SEARCH.glob("*/run.json")
    before = kept.stat().st_mtime_ns
    assert search("random", "search.trials=3") == 0
    assert kept.stat().st_mtime_ns == before
    capfd.readouterr()
    assert main([f"sweep.resume={SEARCH}"]) == 0
    assert "3 trials, 3 of them made" in capfd.readouterr().out
    assert search("random", "search.trials=3", "hydra.launcher.jobs=2", name="pairs") == 0
    assert trials() == trials(SEARCH.with_name("pairs")) and len(trials()) == 3
    assert "trials: 2 of 3 made" in capfd.readouterr().out


def test_a_trial_that_fails_leaves_the_others_and_counts_as_one(monkeypatch, capfd):
    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patch:
        misbehave(patch, {"0001": lambda: torch.nan, "0002": die})
        assert search("random", "search.trials=4") == 1
    assert [trial["status"] for trial in trials()] == ["done", "failed", "killed", "done"]
    assert [trial["result"] is None for trial in trials()] == [False, True, True, False]
    out = capfd.readouterr().out
    assert "not finite at step 1" in out and "2 of 4 jobs done" in out
    failed = (SEARCH / trials()[1]["directory"] / "run.json").stat().st_mtime_ns
    assert search("random", "search.trials=4") == 1
    assert [trial["status"] for trial in trials()] == ["done", "failed", "done", "done"]
    assert (SEARCH / trials()[1]["directory"] / "run.json").stat().st_mtime_ns == failed


@pytest.mark.slow
def test_a_trial_whose_values_do_not_go_together_is_a_failed_one():
    """Each value can be had, but a training needs one of the two limits."""
    space = [text for text in SMALL if not text.startswith("trainer.")]
    space += ["search=grid", "search.space=null", "trainer.max_epochs=null,1", "trainer.max_steps=1,null"]
    assert main([*space, "model.hidden_size=4", "sweep.name=s"]) == 1
    assert [trial["status"] for trial in trials()] == ["done", "failed", "done", "done"]


@pytest.mark.slow
@pytest.mark.parametrize(("objective", "best"), [("loss/validation", min), ("accuracy/test", max)])
def test_the_best_trial_is_that_of_the_lowest_loss_or_the_highest_score(objective, best, capfd):
    assert search("random", "search.trials=4", f"objective={objective}") == 0
    assert study()["direction"] == {min: "minimize", max: "maximize"}[best]
    results = [trial["result"] for trial in trials()]
    first = results.index(best(results))
    assert f"best trial {first}: {objective}" in capfd.readouterr().out


@pytest.mark.slow
def test_a_search_that_is_killed_whole_goes_on_where_it_was(monkeypatch):
    def kill() -> None:
        os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patch:
        misbehave(patch, {"0001": kill})
        ended = forked_runs.run([*SMALL, *SPACE, "search=random", "search.trials=2", "sweep.name=s"])
        assert ended.signal == signal.SIGKILL
    assert [trial["status"] for trial in trials()] == ["done", "proposed"]
    assert main([f"sweep.resume={SEARCH}"]) == 0
    assert [trial["status"] for trial in trials()] == ["done", "done"]


def test_a_signal_ends_it_with_the_study_on_file(monkeypatch):
    with monkeypatch.context() as patch:
        misbehave(patch, {"0001": lambda: os.kill(os.getppid(), signal.SIGTERM)})
        ended = forked_runs.run([*SMALL, *SPACE, "search=random", "search.trials=2", "sweep.name=s"])
    assert ended.code == 143 and f"sweep.resume={SEARCH}" in ended.err
    assert [trial["status"] for trial in trials()] == ["done", "interrupted"]
    assert main([f"sweep.resume={SEARCH}"]) == 0
    assert [trial["status"] for trial in trials()] == ["done"] * 2


def check_space(config, *choices: str) -> None:
    """Both ends of every interval and every listed value, as a search checks them before its first trial."""
    base = config("search=random", *choices)
    values = flat(base["search"]["space"])
    assert {"model.hidden_size", "optimizer.lr"} <= values.keys()
    space = read_space(values, [], set(), flat(base))
    for place in range(max(len(parameter.ends()) for parameter in space.values())):
        typed = [f"{k}={p.typed(p.ends()[place % len(p.ends())])}" for k, p in space.items()]
        setup.prepare(build.parts(config(*choices, *typed)))


@pytest.mark.slow
def test_every_model_has_a_space_whose_every_value_can_be_trained(model_name, config):
    check_space(config, "task=binaryaddition", f"model={model_name}")


@pytest.mark.slow
def test_every_task_has_a_space_whose_every_value_can_be_trained(task_name, config):
    check_space(config, f"task={task_name}", "model=lstm")


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ({"method": "tpe"}, "search.method=tpe"),
        ({"method": "random", "trials": 0, "seed": 1}, "search.trials=0"),
        ({"method": "random", "trials": 1, "seed": -1}, "search.seed=-1"),
        ({"method": "grid", "points": 1}, "search.points=1"),
        ({"method": "grid", "points": 1000}, "a grid of 1,000,000 trials"),
    ],
)
def test_a_mistaken_setting_is_refused(wrong, hint):
    with pytest.raises(InputError, match=hint):
        propose.method(wrong, {"a": Interval(0, 1, False, False), "b": Interval(0, 1, False, False)})


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["search=random", "search.batch=0"], "search.batch"),
        (["search=random", "hydra.launcher.jobs=0"], "hydra.launcher.jobs"),
        (["search=random", "optimizer.lr=interval(-1,1)"], "above 0"),
        (["search=random", "optimizer.lr=0.01,-1"], "optimizer.lr=-1"),
        (["search=random", "optimizer.lrr=interval(0,1)"], "did you mean 'optimizer.lr'"),
        (["search=random", "search.space.optimizer.lr=5"], "optimizer.lr=5"),
        (["search=random", "search.space=null", "model.hidden_size=4"], "nothing to search"),
        (["search=random", "search.space=5"], "search.space=5"),
        (["search=random", "model=rnn,lstm"], "one model"),
        (["search=random", "objective=loss/train"], "objective"),
        (["search=randon"], "did you mean 'random'"),
    ],
)
def test_a_mistaken_search_is_one_line_and_leaves_nothing(arguments, hint, capfd):
    given = {text.partition("=")[0] for text in arguments}
    rest = [text for text in (*SMALL, *SPACE) if text.partition("=")[0] not in given]
    assert main([*rest, *arguments, "sweep.name=s"]) == 2
    err = capfd.readouterr().err
    assert hint in err and err.count("\n") == 1
    assert not SEARCH.exists() or not list(SEARCH.iterdir())


def test_a_search_without_m_says_so(capfd):
    assert main([*SMALL[1:], "search=random"]) == 2
    assert "add -m" in capfd.readouterr().err and not Path("outputs").exists()


def test_without_optuna_a_search_with_it_names_the_extra(monkeypatch, capfd):
    monkeypatch.setattr(propose.importlib.util, "find_spec", lambda name: None)
    assert search("optuna") == 2
    err = capfd.readouterr().err
    assert "pip install 'rnnlab[sweep]'" in err and err.count("\n") == 1 and not SEARCH.exists()


def test_another_search_of_the_same_name_is_refused(capfd):
    assert search("random", "search.trials=1") == 0
    before = {path: path.read_text() for path in SEARCH.glob("*.json")}
    for other in (["search.seed=2"], ["trainer.gradient_clip=2"]):
        assert search("random", "search.trials=1", *other) == 2
        assert "another search has this name" in capfd.readouterr().err
    assert {path: path.read_text() for path in SEARCH.glob("*.json")} == before


@pytest.mark.slow
def test_a_search_and_a_plain_sweep_do_not_share_a_name(capfd):
    assert search("random", "search.trials=1") == 0
    assert main([*SMALL, "model.hidden_size=4,8", "sweep.name=s"]) == 2
    assert "a search has this name" in capfd.readouterr().err
    assert main([*SMALL, "model.hidden_size=4", "seed=1", "sweep.name=plain"]) == 0
    assert search("random", "search.trials=1", name="plain") == 2
    assert "no search has this name" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("launcher", "batch", "count"),
    [
        ({"jobs": 2}, None, 2),
        ({"jobs": 2}, 5, 5),
        ({"n_jobs": 3}, None, 3),
        ({"n_jobs": -1}, None, os.cpu_count()),
        ({"array_parallelism": 64}, None, 64),
        ({"ray": {"init": {"num_cpus": 4}}}, None, 4),
        ({}, None, 1),
    ],
)
def test_so_many_trials_are_proposed_together_as_run_at_once(launcher, batch, count):
    assert _at_once(OmegaConf.create({"hydra": {"launcher": launcher}}), {"batch": batch}) == count
