"""Kills and signals at any instant of a run's life, in chains, with settings drawn from all of the config.

Every run that is resumed often enough ends where the undisturbed one ends, also where that is a failure. A test that
fails says with which settings and at which instants; `pytest tests/training/test_kill.py -m "" -k "change_nothing and
<seed>"` replays it.
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
from counting_callback import Counting
from rnnlab.cli.guard import FAILED
from rnnlab.runs.run import read_record
from rnnlab.sweeps import local
from rnnlab.training import fit, resume
from same_ending import differences

OWN = Counting.__module__
TRUST = f"trust=[{OWN}]"
MINE = f"# @package _global_\ncallbacks: {{counting: {{_target_: {OWN}.Counting, stop: 1000}}}}\n"


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


def lived(arguments: list[str]) -> tuple[int, list[str]]:
    """Lets a run end in peace: its exit code, as some settings diverge, and all its places in their order."""
    life: list[str] = []

    def prepare() -> Callable[[], object]:
        listen(life.append)
        return lambda: Path("life").write_text(json.dumps(life))

    ended = forked_runs.run(arguments, prepare)
    assert ended.code == 0 or (ended.code == FAILED and "not finite at step" in ended.err), ended
    return ended.code, json.loads(Path("life").read_text())


def listen(act: Callable[[str], None]) -> None:
    """Listens from where rnnlab gets the composed config, or the folder to resume; Hydra before it takes a second."""
    for module, name in ((fit, "train"), (resume, "resume")):
        forked_runs.at_call(module, name, 1, lambda: kill_instants.listen(act))


def disturbed(arguments: list[str], instant: kill_instants.Instant, code: int = 0) -> Path | None:
    """The run that a child left which was struck at an instant, or came to its end before, with an exit code."""
    known = forked_runs.runs()
    ended = forked_runs.run(arguments, lambda: listen(kill_instants.striking(instant)))
    print(instant, ended.code, ended.signal)
    assert ended.signal == signal.SIGKILL or ended.code in (code, 128 + signal.SIGTERM), ended
    return next((one for one in forked_runs.runs() - known if (one / "run.json").exists()), None)


def is_over(run: Path) -> bool:
    return read_record(run)["status"] in ("done", "failed")


def check(arguments: list[str], chance: random.Random, kills: int) -> None:
    """Disturbs a run, and then whatever resumes it, at instants of a resumed run's life; all end as they should."""
    code, life = lived(arguments)
    (whole,) = forked_runs.runs()
    run = None
    while run is None:
        run = disturbed(arguments, kill_instants.choose(chance, life), code)
    if kills > 1 and not is_over(run):
        other = Path(shutil.copytree(run, "outputs/other/other/other"))
        _, life = lived([f"resume={other}", TRUST])
        assert differences(whole, other) == []
    for _ in range(kills - 1):
        if not is_over(run):
            disturbed([f"resume={run}", TRUST], kill_instants.choose(chance, life), code)
    if not is_over(run):
        lived([f"resume={run}", TRUST])
    assert differences(whole, run) == []
    assert not list(run.rglob("*.part"))


@pytest.mark.parametrize("seed", range(2))
def test_chains_of_kills_change_nothing(seed):
    check(setting(seed), random.Random(seed), 2)


def test_a_run_that_diverges_does_so_at_the_same_step_after_kills():
    arguments = ["task=countdown", "model=rnn", "model.hidden_size=4", "optimizer=sgd", "optimizer.lr=1000"]
    arguments += ["optimizer.weight_decay=1", "trainer.max_epochs=6", "callbacks.saver.every_steps=1"]
    check(arguments, random.Random(3), 2)
    assert {read_record(run)["status"] for run in forked_runs.runs()} == {"failed"}


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


FIRST = "runs/run.py make_directory return"


def check_before_the_first_save(count: int) -> None:
    """Kills a run at `count` places between its folder's making and its first save, or at all of them."""
    arguments = ["task=countdown", "model=gru", "model.hidden_size=4", "trainer.max_epochs=1"]
    _, life = lived(arguments)
    (whole,) = forked_runs.runs()
    first = life.index(FIRST)
    places = list(dict.fromkeys(life[first : life.index("runs/checkpoint.py write call")]))
    assert len(places) > 200
    chosen = random.Random(0).sample(places, count) if count else places
    for place in (FIRST, *chosen):
        before = life[:first].count(place)
        known = forked_runs.runs()
        disturbed(arguments, kill_instants.Instant(place, before + 1, signal.SIGKILL))
        (run,) = forked_runs.runs() - known
        ended = forked_runs.run([f"resume={run}"])
        if (run / "run.json").exists():
            assert ended.code == 0 and differences(whole, run) == [], (place, ended)
            assert len(read_record(run)["resumed"]) == 1
        else:  # what it is was not yet written
            assert ended.code == 2 and ended.err.count("\n") == 1 and "is started anew" in ended.err, (place, ended)
            assert {path.name for path in run.iterdir()} <= {".lock"} or list(run.glob(".*.part")), place


def test_a_run_that_is_killed_before_its_first_save_begins_anew_or_says_that_it_cannot():
    check_before_the_first_save(4)


@pytest.mark.slow
def test_a_run_that_is_killed_anywhere_before_its_first_save_begins_anew_or_says_that_it_cannot():
    check_before_the_first_save(0)


STOPS = ["callbacks.early.patience=1", "callbacks.solved.checks=1", "experiment=counting"]
ENDS = [(stop, signum) for stop in STOPS for signum in (signal.SIGKILL, signal.SIGTERM)]


@pytest.mark.parametrize("stop, signum", [ENDS[0], *(pytest.param(*end, marks=pytest.mark.slow) for end in ENDS[1:])])
def test_a_run_that_was_stopped_early_and_struck_while_it_is_scored_does_not_train_again(stop, signum):
    arguments = ["--config-dir", "configs", "task=countdown", "model=gru", "model.hidden_size=20", "optimizer.lr=0.03"]
    arguments += ["trainer.max_epochs=30", "schedule=constant", "callbacks.saver.every_steps=4", stop]
    arguments += ["callbacks.counting.stop=40"] if stop == "experiment=counting" else ["callbacks.saver.mode=min"]
    place = "inference/score.py sums call"
    assert lived(arguments)[1].count(place) == 2  # validation and test
    (whole,) = forked_runs.runs()
    assert read_record(whole)["steps"] < 90
    run = disturbed(arguments, kill_instants.Instant(place, 2, signum))
    assert read_record(run)["status"] == {signal.SIGKILL: "running", signal.SIGTERM: "interrupted"}[signum]
    lived([f"resume={run}", TRUST])
    assert differences(whole, run) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 250))
def test_150_chains_of_up_to_5_kills_change_nothing(seed):
    check(setting(seed), random.Random(seed), 5)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sweep", "search"])
@pytest.mark.parametrize("seed", range(300, 305))
def test_jobs_and_trials_that_are_killed_alone_or_with_their_sweep_end_the_same(seed, kind):
    chance = random.Random(seed)
    one = [text for text in setting(seed) if not text.startswith(("seed=", "model.hidden_size=", "data.batch_size="))]
    _, life = lived([*one, "model.hidden_size=5", "data.batch_size=2"])
    many = {"sweep": ["seed=1,2", "model.hidden_size=5"], "search": ["search=random", "search.trials=2"]}[kind]
    many += ["search.batch=1", "model.hidden_size=interval(4,8)"] if kind == "search" else []
    many = ["-m", *one, *many, "data.batch_size=2"]
    code = forked_runs.run([*many, "sweep.name=whole"]).code
    assert code in (0, FAILED)
    for _ in range(4):
        instant, whole = kill_instants.choose(chance, life), chance.random() < 0.5
        strike = kill_instants.striking(instant, os.getppid if whole else os.getpid)
        ended = forked_runs.run(
            [*many, "sweep.name=cut"],
            lambda act=strike: forked_runs.at_call(local, "run", 1, lambda: kill_instants.listen(act)),
        )
        print(instant, whole, ended.code, ended.signal)
    deadline = time.monotonic() + 120
    while forked_runs.run([*many, "sweep.name=cut"]).code != code:  # what a killed sweep leaves running is still saving
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
    code = subprocess.run(arguments, timeout=300).returncode
    assert code in (0, FAILED)
    seconds = time.monotonic() - began
    (whole,) = forked_runs.runs()
    run: Path | None = None
    for _ in range(3):
        if run and is_over(run):
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
        assert process.wait(timeout=300) in (code, -stop, 128 + stop)
        run = next((one for one in forked_runs.runs() - {whole} if (one / "run.json").exists()), None)
    if run is None or not is_over(run):
        assert subprocess.run([*command, f"resume={run}"] if run else arguments, timeout=300).returncode == code
        (run,) = (one for one in forked_runs.runs() - {whole} if (one / "run.json").exists())
    assert differences(whole, run) == []
