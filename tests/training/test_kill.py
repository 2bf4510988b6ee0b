"""Kills and signals at any instant of a run's life, in chains, with settings drawn from all of the config.

Every run that is resumed often enough ends where the undisturbed one ends. A failure says with which settings and at
which instants; `pytest tests/training/test_kill.py -m "" -k "change_nothing and <seed>"` replays it.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import drawn_settings
import forked_runs
import kill_instants
from rnnlab.runs.run import read_record
from rnnlab.sweeps import local
from rnnlab.training import fit, resume
from same_ending import differences

TRUST = "trust=[counting]"
MINE = "# @package _global_\ncallbacks: {counting: {_target_: counting.Counting, stop: 1000}}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("text").write_text("".join(chr(97 + i * i % 23) for i in range(500)))
    Path("sums.csv").write_text("".join(f"{a}{b},{a + b}\n" for a in range(10) for b in range(8)))
    Path("configs/experiment").mkdir(parents=True)
    Path("configs/experiment/counting.yaml").write_text(MINE)
    return tmp_path


def setting(seed: int, config_dir: str | None = "configs", **fixed: object) -> list[str]:
    """Drawn in a child, as that seeds torch and sets its threads."""
    forked_runs.call(lambda: Path("setting").write_text(json.dumps(drawn_settings.draw(seed, config_dir, **fixed))))
    overrides = json.loads(Path("setting").read_text())
    print(*overrides)
    return ["--config-dir", config_dir, *overrides] if config_dir else overrides


def lived(arguments: list[str]) -> list[str]:
    """Lets a run end in peace: the places of all its instants, in their order."""
    life: list[str] = []

    def prepare() -> Callable[[], object]:
        listen(life.append)
        return lambda: Path("life").write_text(json.dumps(life))

    ended = forked_runs.run(arguments, prepare)
    assert ended.code == 0, ended
    return json.loads(Path("life").read_text())


def listen(act: Callable[[str], None]) -> None:
    """Listens from where rnnlab gets the composed config, or the folder to resume; Hydra before it takes a second."""
    for module, name in ((fit, "train"), (resume, "resume")):
        forked_runs.at_call(module, name, 1, lambda: kill_instants.listen(act))


def disturbed(arguments: list[str], instant: kill_instants.Instant) -> Path | None:
    """The run that a child left which was struck at an instant, or came to its end before."""
    known = forked_runs.runs()
    ended = forked_runs.run(arguments, lambda: listen(kill_instants.striking(instant)))
    print(instant, ended.code, ended.signal)
    assert ended.signal == signal.SIGKILL or ended.code in (0, 128 + signal.SIGTERM), ended
    return next((one for one in forked_runs.runs() - known if (one / "run.json").exists()), None)


def check(seed: int, kills: int) -> None:
    """Disturbs a run, and then whatever resumes it, at instants of a resumed run's life; all end as they should."""
    chance = random.Random(seed)
    arguments = setting(seed)
    life = lived(arguments)
    (whole,) = forked_runs.runs()
    run = None
    while run is None:
        run = disturbed(arguments, kill_instants.choose(chance, life))
    if kills > 1 and read_record(run)["status"] != "done":
        other = Path(shutil.copytree(run, "outputs/other/other/other"))
        life = lived([f"resume={other}", TRUST])
        assert differences(whole, other) == []
    for _ in range(kills - 1):
        if read_record(run)["status"] != "done":
            disturbed([f"resume={run}", TRUST], kill_instants.choose(chance, life))
    if read_record(run)["status"] != "done":
        lived([f"resume={run}", TRUST])
    assert differences(whole, run) == []
    assert not list(run.rglob("*.part"))


@pytest.mark.parametrize("seed", range(2))
def test_chains_of_kills_change_nothing(seed):
    check(seed, 2)


DRAWS = (random.random, np.random.random)


def test_what_was_drawn_or_imported_before_a_training_begins_changes_nothing_in_it():
    """Some packages draw a random number where they are imported, which another command may do earlier."""
    arguments = ["task=countdown", "model=gru", "model.hidden_size=4", "trainer.max_epochs=1"]
    forked_runs.run(arguments)
    (one,) = forked_runs.runs()
    forked_runs.run(
        arguments, lambda: forked_runs.at_call(fit, "train", 1, lambda: (random.random(), np.random.random()))
    )
    (other,) = forked_runs.runs() - {one}
    assert differences(one, other) == []


STOPS = ["callbacks.early.patience=1", "callbacks.solved.checks=1", "experiment=counting"]
ENDS = [(stop, signum) for stop in STOPS for signum in (signal.SIGKILL, signal.SIGTERM)]


@pytest.mark.parametrize("stop, signum", [ENDS[0], *(pytest.param(*end, marks=pytest.mark.slow) for end in ENDS[1:])])
def test_a_run_that_was_stopped_early_and_struck_while_it_is_scored_does_not_train_again(stop, signum):
    arguments = ["--config-dir", "configs", "task=countdown", "model=gru", "model.hidden_size=20", "optimizer.lr=0.03"]
    arguments += ["trainer.max_epochs=30", "schedule=constant", "callbacks.saver.every_steps=4", stop]
    arguments += ["callbacks.counting.stop=40"] if stop == "experiment=counting" else ["callbacks.saver.mode=min"]
    place = "inference/score.py sums call"
    assert lived(arguments).count(place) == 2  # validation and test
    (whole,) = forked_runs.runs()
    assert read_record(whole)["steps"] < 90
    run = disturbed(arguments, kill_instants.Instant(place, 2, signum))
    assert read_record(run)["status"] == {signal.SIGKILL: "running", signal.SIGTERM: "interrupted"}[signum]
    lived([f"resume={run}", TRUST])
    assert differences(whole, run) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 250))
def test_150_chains_of_up_to_5_kills_change_nothing(seed):
    check(seed, 5)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sweep", "search"])
@pytest.mark.parametrize("seed", range(300, 305))
def test_jobs_and_trials_that_are_killed_alone_or_with_their_sweep_end_the_same(seed, kind):
    chance = random.Random(seed)
    one = [text for text in setting(seed) if not text.startswith(("seed=", "model.hidden_size=", "data.batch_size="))]
    life = lived([*one, "model.hidden_size=5", "data.batch_size=2"])
    many = {"sweep": ["seed=1,2", "model.hidden_size=5"], "search": ["search=random", "search.trials=2"]}[kind]
    many += ["search.batch=1", "model.hidden_size=interval(4,8)"] if kind == "search" else []
    many = ["-m", *one, *many, "data.batch_size=2"]
    assert forked_runs.run([*many, "sweep.name=whole"]).code == 0
    for _ in range(4):
        instant, whole = kill_instants.choose(chance, life), chance.random() < 0.5
        strike = kill_instants.striking(instant, os.getppid if whole else os.getpid)
        ended = forked_runs.run(
            [*many, "sweep.name=cut"],
            lambda act=strike: forked_runs.at_call(local, "run", 1, lambda: kill_instants.listen(act)),
        )
        print(instant, whole, ended.code, ended.signal)
    deadline = time.monotonic() + 120
    while forked_runs.run([*many, "sweep.name=cut"]).code:  # what a killed sweep leaves running is still saving
        assert time.monotonic() < deadline
    jobs = [path.parent for path in Path("outputs/sweeps/whole").glob("*/run.json")]
    assert len(jobs) == 2
    assert [differences(job, Path("outputs/sweeps/cut", job.name)) for job in jobs] == [[], []]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(400, 406))
def test_two_processes_that_are_stopped_at_any_time_end_the_same(seed):
    chance = random.Random(seed)
    command = [sys.executable, "-m", "rnnlab.train"]
    arguments = [*command, *setting(seed, None, devices=2)]
    began = time.monotonic()
    assert subprocess.run(arguments, timeout=300).returncode == 0
    seconds = time.monotonic() - began
    (whole,) = forked_runs.runs()
    run: Path | None = None
    for _ in range(3):
        if run and read_record(run)["status"] == "done":
            break
        process = subprocess.Popen([*command, f"resume={run}"] if run else arguments, start_new_session=True)
        after, stop = chance.uniform(0.2, 1.0) * seconds, chance.choice(kill_instants.SIGNALS)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
        print(after, seconds, stop, process.poll())
        if process.poll() is None and stop == signal.SIGKILL:
            os.killpg(process.pid, stop)
        elif process.poll() is None:
            process.send_signal(stop)
        assert process.wait(timeout=300) in (0, -stop, 128 + stop)
        run = next((one for one in forked_runs.runs() - {whole} if (one / "run.json").exists()), None)
    if run is None or read_record(run)["status"] != "done":
        assert subprocess.run([*command, f"resume={run}"] if run else arguments, timeout=300).returncode == 0
        (run,) = (one for one in forked_runs.runs() - {whole} if (one / "run.json").exists())
    assert differences(whole, run) == []
