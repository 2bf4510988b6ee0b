"""What a run may go on with, and that its folder is then as it was."""

import json
import os
import shlex
import shutil
from pathlib import Path

import pytest

from rnnlab.train import main
from rnnlab.training.learner import SequenceLearner
from same_ending import differences

SHORT = ["task=digitsum", "model=gru", "model.hidden_size=8", "data.lengths=[2]", "data.batch_size=8"]
SHORT += ["trainer.max_epochs=3", "callbacks.saver.every_steps=4"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stopped_in(step: int, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The run that fails in a step."""
    original, calls = SequenceLearner.training_step, [0]

    def failing(self, batch, index):
        calls[0] += 1
        if calls[0] == step:
            raise ZeroDivisionError
        return original(self, batch, index)

    with monkeypatch.context() as patch:
        patch.setattr(SequenceLearner, "training_step", failing)
        assert main(arguments) == 1
    (run,) = Path("outputs").glob("*/*/*")
    return run


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that failed in step 10 of 30, last saved after step 8."""
    return stopped_in(10, SHORT, monkeypatch)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("data.batch_size=7", "data.batch_size was 8, now 7"),
        ("seed=2", "seed was 1, now 2"),
        ("model=lstm", "model"),
        ("model.hidden_size=9", "model.hidden_size was 8, now 9"),
        ("trainer.precision=64-true", "trainer.precision was 32-true, now 64-true"),
        ("trainer.threads=2", "trainer.threads was auto, now 2"),
        ("data.lengths=[2,3]", "data.lengths"),
        ("task=binaryaddition", "task"),
        ("optimizer=sgd", "optimizer"),
    ],
)
def test_another_run_is_not_resumed_by_mistake(change, named, interrupted, capsys):
    assert main([f"resume={interrupted}", change]) == 2
    err = capsys.readouterr().err
    assert named in err and err.count("\n") == 1


def test_resume_anyway_allows_a_difference_and_records_it(interrupted):
    assert main([f"resume={interrupted}", "data.batch_size=7", "resume_anyway=true"]) == 0
    record = json.loads((interrupted / "run.json").read_text())
    command = f"python -m rnnlab.train resume={interrupted} data.batch_size=7 resume_anyway=true"
    assert record["resumed"] == [{"step": 8, "changes": {"data.batch_size": [8, 7]}, "command": command}]
    assert record["command"] == f"python -m rnnlab.train {shlex.join(SHORT)}"  # by which it began


def test_a_run_whose_record_is_damaged_goes_on_from_its_checkpoints(interrupted):
    assert main(SHORT) == 0
    (whole,) = set(Path("outputs").glob("*/*/*")) - {interrupted}
    (interrupted / "run.json").write_bytes(b"half a rec")
    assert main([f"resume={interrupted}"]) == 0
    assert differences(whole, interrupted) == []


OWN = "from rnnlab.tasks.countdown import Countdown\n\n\nclass Down(Countdown):\n    pass\n"
YAML = "# @package _global_\ndefaults: [countdown]\ntask: {name: down, _target_: counting_down.Down}\n"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run of a task of the user's own that is done."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "counting_down.py").write_text(OWN)
    (tmp_path / "own/task").mkdir(parents=True)
    (tmp_path / "own/task/down.yaml").write_text(YAML)
    command = ["--config-dir", "own", "task=down", "model=gru", "model.hidden_size=4", "trainer.max_epochs=1"]
    assert main(command) == 0
    (run,) = Path("outputs/down/gru").iterdir()
    return run


@pytest.mark.parametrize("more", [[], ["optimizer.lr=0.5", "callbacks.early.patience=9"], ["--config-dir", "own"]])
def test_a_run_of_ones_own_task_is_extended_wherever_its_yaml_is(more, own, capsys):
    assert main([f"resume={own}", "trainer.max_epochs=2", *more]) == 2
    assert "add trust=[counting_down]" in capsys.readouterr().err
    assert main([f"resume={own}", "trust=[counting_down]", "trainer.max_epochs=2", *more]) == 0
    assert json.loads((own / "run.json").read_text())["steps"] == 6


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ("task.highest=7", 2, "task.highest was 20, now 7"),
        ("optimizer=sgd", 2, "optimizer was"),
        ("++optimizer.lr=0.5", 0, ""),
    ],
)
def test_whatever_else_is_asked_of_a_run_of_ones_own_task_is_understood(change, code, said, own, capsys):
    assert main([f"resume={own}", "trust=[counting_down]", "trainer.max_epochs=2", change]) == code
    assert said in capsys.readouterr().err


def test_another_text_under_the_same_name_is_noticed(monkeypatch, capsys):
    Path("text").write_text("abcdefghij" * 30)
    text = ["task=chartext", "task.path=text", "data.batch_size=2", "data.window=10", "model.hidden_size=4"]
    assert main([*text, "trainer.max_steps=4"]) == 0
    (run,) = Path("outputs").glob("*/*/*")
    Path("text").write_text("abcdefghji" * 30)
    assert main([f"resume={run}", "trainer.max_steps=8"]) == 2
    assert "data was" in capsys.readouterr().err


def test_a_finished_run_says_so_and_is_extended_by_more_epochs(capsys):
    assert main(SHORT) == 0
    (run,) = Path("outputs").glob("*/*/*")
    assert main([f"resume={run}"]) == 2
    assert "finished at step 30" in capsys.readouterr().err
    assert main([f"resume={run}", "trainer.max_epochs=2"]) == 2
    assert main([f"resume={run}", "trainer.max_epochs=5"]) == 0
    assert json.loads((run / "run.json").read_text())["steps"] == 50
    assert len((run / "metrics.csv").read_text().splitlines()) == 6


def test_a_running_run_is_not_resumed_and_a_dead_one_holds_no_lock(interrupted, capsys):
    child = os.fork()
    if child == 0:
        import fcntl
        import time

        fcntl.flock(os.open(interrupted / ".lock", os.O_RDWR), fcntl.LOCK_EX)
        Path("locked").write_text("")
        time.sleep(60)
    while not Path("locked").exists():
        pass
    assert main([f"resume={interrupted}"]) == 2
    assert "is running" in capsys.readouterr().err
    os.kill(child, 9)
    os.waitpid(child, 0)
    assert main([f"resume={interrupted}"]) == 0


def test_a_run_that_was_moved_goes_on_and_no_absolute_path_is_in_a_checkpoint(interrupted, tmp_path):
    moved = Path(shutil.move(interrupted, tmp_path / "moved"))
    shutil.rmtree("outputs")
    for path in (moved / "checkpoints").iterdir():
        assert str(tmp_path).encode() not in path.read_bytes()
    assert main([f"resume={moved}"]) == 0
    assert not Path("outputs").exists()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["resume=missing"], "no run there"),
        (["resume="], "no run there"),
        (["resume=."], "no run there"),
        (["resume=RUN", "resume=RUN"], "given twice"),
        (["resume=RUN", "optimizer.lr=1", "optimizer.lr=2"], "given twice"),
        (["resume=RUN", "logger.tensorboard.x=2"], "unknown key"),
        (["resume=RUN", "optimizer.lr"], "is no key=value"),
        (["-m", "resume=RUN"], "one run at a time"),
        (["resume=RUN", "--cfg", "job"], "one run at a time"),
        (["resume=RUN", "resume_anyway=maybe"], "allowed: false, true"),
        (["resume=RUN", "trainer.max_epoch=9"], "did you mean"),
        (["resume=RUN", "model=lsmt"], "did you mean 'lstm'"),
        (["resume=RUN", "trainer.max_epochs=x"], "must be a whole number"),
        (["resume=RUN", "optimizer.lr=nan"], "finite number above 0"),
        (["resume=RUN", "seed=1,2"], "seed"),
        (["resume_anyway=true"], "unknown key"),
        (["trust=[os]"], "unknown key"),
    ],
)
def test_a_mistaken_resume_is_one_line(arguments, hint, interrupted, capsys):
    before = sorted(path for path in interrupted.rglob("*") if path.name != ".lock")
    assert main([argument.replace("RUN", str(interrupted)) for argument in arguments]) == 2
    err = capsys.readouterr().err
    assert hint in err and err.count("\n") == 1
    assert sorted(path for path in interrupted.rglob("*") if path.name != ".lock") == before


def test_a_run_that_was_never_saved_begins_anew_in_its_folder_and_ends_the_same(interrupted):
    assert main(SHORT) == 0
    (whole,) = set(Path("outputs").glob("*/*/*")) - {interrupted}
    shutil.rmtree(interrupted / "checkpoints")
    Path(interrupted, "notes").write_text("mine")
    assert main([f"resume={interrupted}"]) == 0
    assert differences(whole, interrupted) == []
    assert Path(interrupted, "notes").read_text() == "mine"


def test_what_a_run_has_not_got_is_not_changed(capsys):
    assert main([*SHORT[:-2], "trainer.max_epochs=1", "callbacks.solved=null"]) == 0
    (run,) = Path("outputs").glob("*/*/*")
    assert main([f"resume={run}", "callbacks.solved.checks=2", "trainer.max_epochs=2"]) == 2
    assert "solved is null in this run" in capsys.readouterr().err


def test_a_run_that_was_never_saved_is_not_another_run_by_mistake(interrupted, capsys):
    shutil.rmtree(interrupted / "checkpoints")
    assert main([f"resume={interrupted}", "seed=2"]) == 2
    assert "seed was 1, now 2" in capsys.readouterr().err
    record = json.loads((interrupted / "run.json").read_text())
    record["config"]["model"]["_target_"] = "os.system"
    (interrupted / "run.json").write_text(json.dumps(record))
    assert main([f"resume={interrupted}"]) == 2
    assert "os.system" in capsys.readouterr().err
