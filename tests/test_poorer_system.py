"""What a laptop with Windows or macOS lacks is taken from Python (`tests/poorer`); every program works all the same."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import same_ending

POORER = Path(__file__).with_name("poorer")
SMALL = ["data.lengths=[2]", "data.batch_size=8", "model.hidden_size=8", "callbacks.saver.every_steps=4"]


POOR = """
import os, signal
try:
    import fcntl
except ImportError:
    print("none")
print(*(hasattr(os, name) for name in ("fork", "getuid", "setpgid", "O_NOFOLLOW", "sched_getaffinity")))
print(*(hasattr(signal, name) for name in ("SIGKILL", "SIGHUP", "SIGUSR1", "SIGALRM", "pthread_sigmask")))
for act in (lambda: open("a:b", "w"), lambda: os.mkdir("nul.txt"), lambda: os.remove("open")):
    with open("open", "w"):
        try:
            act()
        except PermissionError:
            print("refused")
"""


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch):
    """The folder, and what makes a process of it poorer; nothing that one did may break the rules of Windows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{POORER}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setenv("PYTHONWARNDEFAULTENCODING", "1")
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    broken = tmp_path / "broken"
    monkeypatch.setenv("POORER", str(broken))
    yield
    assert not broken.exists(), broken.read_text()


def started(*words: str) -> subprocess.Popen:
    """`python -m rnnlab ...`, in a session of its own, as in a window of its own."""
    command = [sys.executable, "-m", "rnnlab", *words]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="cp1252", start_new_session=True
    )


def ended(*words: str, code: int = 0) -> str:
    """What it says on stdout."""
    process = started(*words)
    out, err = process.communicate(timeout=300)
    assert process.returncode == code, f"{words}\n{out}\n{err}"
    return out


def until(process: subprocess.Popen, pattern: str) -> None:
    while not list(Path().glob(pattern)):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def spawned(parent: int) -> list[int]:
    """The processes that Python has started anew for another one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            above = int(path.read_text().rpartition(")")[2].split()[1])
            if above == parent and b"spawn_main" in path.with_name("cmdline").read_bytes():
                found.append(int(path.parent.name))
    return found


def only(pattern: str) -> Path:
    (found,) = Path().glob(pattern)
    return found


def test_it_is_poorer():
    done = subprocess.run([sys.executable, "-c", POOR], capture_output=True, encoding="utf-8")
    assert done.stdout == f"none\n{' '.join(['False'] * 5)}\n{' '.join(['False'] * 5)}\n" + 3 * "refused\n"
    Path("broken").unlink()


def test_a_run_ends_and_is_asked():
    ended("train", *SMALL, "trainer.max_epochs=1")
    assert json.loads(only("outputs/*/*/*/run.json").read_text())["status"] == "done"


@pytest.mark.slow
@pytest.mark.parametrize("when", ["run.json", "checkpoints/last.ckpt"])
def test_a_run_that_was_killed_ends_as_if_nothing_had_happened(when):
    words = [*SMALL, "trainer.max_epochs=40", "task.eval_lengths=[2,3]"]
    ended("train", *words, "output_dir=whole")
    process = started("train", *words, "output_dir=killed")
    until(process, f"killed/*/*/*/{when}")
    process.kill()
    process.communicate()
    run = only("killed/*/*/*")
    assert json.loads((run / "run.json").read_text())["status"] == "running"
    ended("train", f"resume={run}")
    whole = only("whole/*/*/*")
    found = same_ending.differences(whole, run)
    assert [one for one in found if "/config/output_dir" not in one] == []


@pytest.mark.slow
def test_commands_answer():
    ended("train", *SMALL, "trainer.max_epochs=2")
    run = str(only("outputs/*/*/*"))
    assert "12=" in ended("predict", run, "12", "99")
    assert "exact" in ended("evaluate", run, "lengths=[2,3]")
    ended("inspect", run, "12")
    ended("dataset", "task=digitsum", "data.lengths=[2]", "out=sums.csv")
    assert Path("sums.csv").read_bytes().count(b"\n") == 100 and b"\r" not in Path("sums.csv").read_bytes()
    ended("train", "task=chartext", "task.corpus=sentences", "model.hidden_size=8", "trainer.max_epochs=2")
    assert ended("sample", str(only("outputs/chartext/*/*")), "length=20")
    assert "digitsum" in ended("report", "outputs")


@pytest.mark.slow
def test_one_job_of_a_sweep_that_dies_leaves_the_others_to_finish():
    words = ["train", "-m", *SMALL, "trainer.max_epochs=40", "seed=1,2,3,4", "sweep.name=s", "hydra.launcher.jobs=2"]
    process = started(*words)
    until(process, "outputs/sweeps/s/*/checkpoints/last.ckpt")
    os.kill(spawned(process.pid)[0], signal.SIGKILL)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 1 and "3 of 4 jobs done" in out, err
    states = [json.loads(path.read_text())["status"] for path in Path().glob("outputs/sweeps/s/*/run.json")]
    assert sorted(states) == ["done", "done", "done", "killed"]
    assert "4 of 4 jobs done" in ended("train", "-m", "sweep.resume=outputs/sweeps/s")


@pytest.mark.slow
def test_a_sweep_that_is_stopped_saves_and_goes_on():
    words = ["train", "-m", *SMALL, "trainer.max_epochs=60", "seed=1,2,3", "sweep.name=s"]
    process = started(*words)
    until(process, "outputs/sweeps/s/*/checkpoints/last.ckpt")
    os.killpg(process.pid, signal.SIGINT)  # as a Ctrl-C: to all there are
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and err.count("\n") == 1, err
    assert "0 of 3 jobs done" in out and "not started  2 more" in out
    assert json.loads(only("outputs/sweeps/s/*/run.json").read_text())["status"] == "interrupted", out
    assert "3 of 3 jobs done" in ended(*words)
    record = json.loads(Path("outputs/sweeps/s/seed=1/run.json").read_text())
    assert record["resumed"][0]["step"] > 0


@pytest.mark.slow
def test_a_search_finds_a_best_trial():
    words = ["search=random", "search.trials=2", "trainer.max_epochs=2", "sweep.name=s"]
    assert "2 of 2 jobs done" in ended("train", "-m", "data.lengths=[2]", "data.batch_size=8", *words)
