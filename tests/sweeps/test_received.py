"""A sweep's folder may come from anybody: nothing in it is executed, and nothing outside of it is touched."""

import json
import os
import shutil
import signal
from pathlib import Path

import pytest

import forked_runs
from rnnlab.runs import checkpoint
from rnnlab.sweeps import directory, received
from rnnlab.train import main
from rnnlab.training.learner import SequenceLearner

RUN = "touch EXECUTED"
SMALL = ["model.hidden_size=8", "data.lengths=[2]", "data.batch_size=80", "trainer.max_epochs=1", "logger=none"]
SWEEP = Path("outputs/sweeps/s")

HOSTILE = {
    "a flag": "--config-dir=conf",
    "a short flag": "-m",
    "a pickle": "--experimental-rerun=x.pickle",
    "a class": "model._target_=os.system",
    "a class that is added": "+callbacks.extra._target_=os.system",
    "a class in a mapping": f"callbacks.saver={{_target_:os.system,command:'{RUN}'}}",
    "a class deep in a mapping": "callbacks={a:{b:[{_target_:os.system}]}}",
    "one of several classes": "model={_target_:os.system},{_target_:os.popen}",
    "a class under a quoted key": "model={'_target_':os.system}",
    "an argument by place": "model._args_=[1]",
    "a config left out": "~callbacks",
    "another package": "experiment@hydra.callbacks=three_units",
    "another package that is added": "+task@hydra.callbacks.extra=digitsum",
    "another launcher of Hydra's": "hydra/launcher=basic",
    "the launcher's class": "hydra.launcher._target_=os.system",
    "commands of a launcher": f"hydra.launcher.setup=['{RUN}']",
    "options of a launcher": "hydra.launcher.additional_parameters={wrap:sh}",
    "arguments of srun": "hydra.launcher.srun_args=[sh]",
    "a python": "hydra.launcher.python=sh",
    "an address": "hydra.launcher.ray.init.address='1.2.3.4:6379'",
    "a dashboard": "hydra.launcher.ray.init.include_dashboard=true",
    "an expression": "hydra.launcher.pre_dispatch=all",
    "lines of a script": "hydra.launcher.partition='a b'",
    "hydra as a mapping": "hydra={launcher:{_target_:os.system}}",
    "a callback of Hydra's": "+hydra.callbacks.extra._target_=os.system",
    "configs": "hydra.searchpath=['file://conf']",
    "the environment": "+hydra.job.env_set.LD_PRELOAD=evil",
    "another folder": "output_dir=elsewhere",
    "another name": "sweep.name=../../elsewhere",
    "another name in a mapping": "sweep={name:elsewhere}",
    "trust": "trust=[os]",
    "another run": "resume=elsewhere",
    "an interpolation": "model.hidden_size=${oc.env:HOME}",
    "an interpolation in quotes": "task.csv='${oc.env:HOME}'",
    "an interpolation with escapes": "task.csv=$\\{oc.env:HOME\\}",
    "an interpolation in a list": "data.lengths=['${oc.decode:2}']",
    "no override": "seed",
    "nothing": "",
    "an escape sequence": "seed=1\x1b[2J",
    "a line break": "seed=1\n",
    "a direction mark": "task.csv='\u202e'",
    "a very long one": "seed=" + "1" * 20_000,
    "a trillion seeds": "seed=range(1,1000000000000)",
    "a trillion shuffled seeds": "seed=shuffle(range(1,1000000000000))",
    "a range without an end": "seed=range(0,1,0)",
    "no value": "seed=glob(*)",
    "an unknown key": "model.evil=1",
    "an experiment that lies beside it": "experiment=evil",
    "a class in a space": "search.space={model._target_:'os.system,os.popen'}",
    "hydra in a space": "search.space={hydra.job.env_set.X:'a,b'}",
    "an added key in a space": "search.space={+hydra.job.env_set.X:'a,b'}",
    "no key in a space": "search.space={a\\[:'1,2'}",
}
"""What it is -> an override in a record."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RNNLAB_CONFIG_DIR", raising=False)
    return tmp_path


def receive(*overrides: object, **more: object) -> None:
    """The folder of a sweep, as somebody may have made it, with configs beside it."""
    (SWEEP / "conf/experiment").mkdir(parents=True)
    evil = f"# @package _global_\ncallbacks: {{evil: {{_target_: os.system, command: {RUN}}}}}\n"
    (SWEEP / "conf/experiment/evil.yaml").write_text(evil)
    (SWEEP / received.RECORD).write_text(json.dumps({"overrides": overrides, "again": [], **more}))


def everything() -> dict[str, object]:
    """All that is there, folders and what links lead to included."""
    found = sorted(Path().rglob("*"))
    return {str(path): path.read_bytes() if path.is_file() and not path.is_symlink() else None for path in found}


def check_refused(capfd, *more: str, hint: str = "") -> None:
    before = everything()
    capfd.readouterr()
    assert main([f"sweep.resume={SWEEP}", *more]) == 2
    out, err = capfd.readouterr()
    assert out == "" and err.startswith("rnnlab: error: ") and err.count("\n") == 1 and hint in err, (out, err)
    assert err[:-1].isprintable(), err
    assert everything() == before


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_record_is_refused_in_one_line(what, capfd):
    receive("search=random" if "space" in what else "model=lstm", *SMALL[:2], HOSTILE[what])
    check_refused(capfd)


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", '{"overrides": 3}', '{"overrides": [3]}', '{"overrides": {"seed": 1}}', "[" * 100_000,
        '{"arguments": ["-m", "--config-dir", "outputs/sweeps/s/conf", "experiment=evil"]}', "\xff", " " * (2 << 20),
        json.dumps({"overrides": ["seed=1"] * 100_000}), '{"overrides": [], "again": 3}',
        '{"overrides": [], "again": ["\\u001b[2J"]}', '{"overrides": [], "again": ["x"]}',
    ],
    ids=range(15),
)  # fmt: skip
def test_what_is_no_record_is_refused_in_one_line(content, capfd):
    receive()
    (SWEEP / received.RECORD).write_bytes(content.encode("latin-1"))
    check_refused(capfd)


@pytest.mark.parametrize("kind", ["a link", "a pipe", "a folder", "missing"])
def test_a_record_that_is_no_file_is_refused_in_one_line(kind, capfd):
    receive("seed=1")
    record = SWEEP / received.RECORD
    record.rename("elsewhere.json")
    {"a link": lambda: record.symlink_to(Path("elsewhere.json").resolve()), "a pipe": lambda: os.mkfifo(record),
     "a folder": record.mkdir, "missing": lambda: None}[kind]()  # fmt: skip
    check_refused(capfd, hint="no sweep there" if kind == "missing" else kind)


def test_a_folder_that_is_not_among_sweeps_is_refused(capfd):
    """Its jobs would be made elsewhere."""
    receive("seed=1")
    SWEEP.rename("s")
    assert main(["sweep.resume=s"]) == 2
    assert "a folder in one named sweeps" in capfd.readouterr().err


def test_every_override_that_is_kept_is_data_and_every_other_is_asked_for():
    SWEEP.mkdir(parents=True)
    data = [*SMALL, "seed=1,2", "task.csv='a b.csv'", "hydra.launcher.jobs=2", "hydra.launcher.partition=gpu"]
    typed = [text for text in HOSTILE.values() if received.objection(text)]
    assert len(typed) > 35
    directory.keep(SWEEP, [*data, *typed, "sweep.name=s"], "conf")
    record = json.loads((SWEEP / received.RECORD).read_text())
    assert record["overrides"] == data
    assert {"--config-dir", "model._target_", "hydra.launcher.setup"} <= set(record["again"])


def test_a_link_in_the_place_of_a_job_is_not_followed(capfd):
    """What is there would be emptied, as the folder of a job that failed."""
    receive(*SMALL, "seed=1,2")
    Path("precious").mkdir()
    Path("precious/run.json").write_text('{"status": "failed"}')
    (SWEEP / "seed=2").symlink_to(Path("precious").resolve())
    check_refused(capfd, hint="not a folder")


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """The folder of a sweep of two jobs."""
    there = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(there)
        assert main(["-m", *SMALL, "callbacks.saver.every_steps=1", "seed=1,2", "sweep.name=s"]) == 0
    return there / SWEEP


@pytest.fixture
def job(trained: Path, folder: Path) -> Path:
    """The folder of the second job in a copy of that sweep."""
    shutil.copytree(trained, SWEEP)
    return SWEEP / "seed=2"


@pytest.mark.slow
@pytest.mark.parametrize(
    "record",
    [
        {"status": "done"}, {"status": "done", "metrics": 3}, {"status": "done", "metrics": {"loss/validation": "x"}},
        {"status": ["done"], "config": [1]}, {"status": "failed", "config": {"trainer": 3}}, {"config": "x"}, {},
    ],
    ids=range(7),
)  # fmt: skip
def test_a_record_of_a_job_that_makes_no_sense_is_run_anew_or_refused(record, job, capfd):
    (job / "run.json").write_text(json.dumps(record))
    code = main([f"sweep.resume={SWEEP}"])
    err = capfd.readouterr().err
    assert (code, err) == (0, "") or (code == 2 and err.count("\n") == 1 and "was another one" in err), (code, err)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda config: config["data"].update(batch_size=40), "data.batch_size was 40, now 80"),
        (lambda config: config["callbacks"].update(more={**config["callbacks"]["early"]}), "of another job"),
        (lambda config: config["callbacks"].update(more={"_target_": "os.system"}), "of another job"),
        (lambda config: config["model"].update(_target_="os.system"), "model._target_ was os.system"),
    ],
)
def test_a_checkpoint_that_is_not_the_jobs_is_refused(change, hint, job, capfd):
    """The job of a sweep goes on as what the sweep says it is, whatever its checkpoint says."""
    last = job / "checkpoints" / "last.ckpt"
    content = checkpoint.read(last)
    change(content["config"])
    checkpoint.write(last, content)
    (job / "checkpoints" / "previous.ckpt").unlink(missing_ok=True)
    before = last.read_bytes()
    (job / "run.json").write_text('{"status": "interrupted"}')
    assert main([f"sweep.resume={SWEEP}"]) == 1
    out = capfd.readouterr().out
    assert hint in out and "1 of 2 jobs done" in out and last.read_bytes() == before


OWN = "from rnnlab.tasks.digitsum import DigitSum\n\n\nclass Mine(DigitSum):\n    pass\n"


@pytest.fixture
def own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A task of the user's own, and a sweep over it; the command that goes on with it."""
    monkeypatch.syspath_prepend(str(folder))
    Path("ownpackage.py").write_text(OWN)
    Path("own/task").mkdir(parents=True)
    Path("own/task/mine.yaml").write_text("defaults: [digitsum]\nname: mine\n_target_: ownpackage.Mine\n")
    receive("task=mine", *SMALL, "optimizer.lr=0.01", "seed=choice(2)", again=["--config-dir"])
    return [f"sweep.resume={SWEEP}"]


def test_ones_own_configs_and_packages_are_named_again(own, capfd, monkeypatch):
    assert main(own) == 2
    assert "--config-dir must be typed again" in capfd.readouterr().err
    assert main([*own, "--config-dir", "own"]) == 2
    assert "add trust=[ownpackage]" in capfd.readouterr().err
    assert not (SWEEP / "seed=2/run.json").exists()
    monkeypatch.setenv("RNNLAB_CONFIG_DIR", "own")
    assert main([*own, "trust=[ownpackage]"]) == 0
    assert json.loads((SWEEP / "seed=2/run.json").read_text())["status"] == "done"


@pytest.mark.slow
def test_an_interrupted_sweep_says_the_whole_command_that_goes_on(own):
    def prepare() -> None:
        forked_runs.at_call(SequenceLearner, "training_step", 1, lambda: os.kill(os.getppid(), signal.SIGTERM))

    sweep = ["-m", "--config-dir", "own", "task=mine", *SMALL, "optimizer.lr=0.01", "seed=1,2", "sweep.name=s"]
    ended = forked_runs.run(sweep, prepare)
    assert ended.code == 143
    assert f"python -m rnnlab.train sweep.resume={SWEEP} --config-dir own 'trust=[ownpackage]'" in ended.err
