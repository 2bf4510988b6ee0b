"""Several processes train one run: what it learns is what one process would have learnt."""

import csv
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from ends import differences
from rnnlab import processes
from rnnlab.batch import IGNORE, Batch
from rnnlab.evaluate import main as evaluate
from rnnlab.loaders import Loader
from rnnlab.train import main

DIGITS = ["task=digitsum", "model=lstm", "model.hidden_size=8", "data.lengths=[2,3]", "data.batch_size=129"]
DIGITS += ["trainer.max_epochs=3"]  # 880 examples: 7 batches an epoch, the last one of 106
ADDITION = ["task=binaryaddition", "model=rnn", "model.hidden_size=8", "data.steps_per_epoch=5", "data.held_out=21"]
ADDITION += ["data.batch_size=7", "data.test_lengths=[9]", "data.validation_lengths=[8]", "trainer.max_epochs=3"]
ADDITION += ["trainer.accumulate=2"]
TEXT = ["task=chartext", "task.path=text", "model=gru", "model.hidden_size=8", "data.batch_size=5", "data.window=10"]
TEXT += ["trainer.max_steps=30", "trainer.check_every=4"]
COUNTDOWN = ["task=countdown", "model=lstm", "model.hidden_size=8", "trainer.max_epochs=3"]
EXACT = "trainer.precision=64-true"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("text").write_text("".join(chr(97 + i * i % 23) for i in range(700)))
    return tmp_path


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rnnlab.train", *arguments]


def rows(path: Path) -> list[dict[str, float]]:
    with open(path, newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def the_run(folder: str) -> Path:
    (run,) = Path(folder).glob("*/*/*")
    return run


def together(*arguments: str) -> Path:
    """A run of two processes."""
    output = next(text.partition("=")[2] for text in arguments if text.startswith("output_dir="))
    done = subprocess.run(command("trainer=ddp", *arguments), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("tensorboard --logdir") == 1
    return the_run(output)


def check_the_same(one: Path, several: Path, tolerance: float) -> None:
    expected, found = rows(one / "metrics.csv"), rows(several / "metrics.csv")
    assert len(found) == len(expected) >= 3
    for row, other in zip(expected, found, strict=True):
        assert other == pytest.approx(row, rel=tolerance, abs=1e-12)
    scores = (json.loads((run / "run.json").read_text())["metrics"] for run in (one, several))
    assert next(scores) == pytest.approx(next(scores), rel=tolerance, abs=1e-12)


def test_two_processes_learn_digit_sums_as_one_does():
    assert main([*DIGITS, EXACT, "output_dir=one"]) == 0
    several = together(*DIGITS, EXACT, "output_dir=two")
    check_the_same(the_run("one"), several, 1e-9)
    assert evaluate([str(several)]) == 0
    found = json.loads((several / "evaluation.json").read_text())
    for name, value in json.loads((several / "run.json").read_text())["metrics"].items():
        score, split = name.split("/")
        assert found[split][score] == value  # to the last digit, as one process scores


@pytest.mark.slow
@pytest.mark.parametrize("setting", [ADDITION, TEXT, COUNTDOWN], ids=["addition", "text", "countdown"])
def test_two_processes_learn_any_task_as_one_does(setting):
    assert main([*setting, EXACT, "output_dir=one"]) == 0
    check_the_same(the_run("one"), together(*setting, EXACT, "output_dir=two"), 1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("stop, code", [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
@pytest.mark.parametrize("setting", [DIGITS, TEXT], ids=["digits", "text"])
def test_two_processes_that_are_stopped_and_resumed_end_where_they_would_have_ended(setting, stop, code):
    setting = [text for text in setting if "max_" not in text] + ["trainer.max_epochs=12", "trainer.max_steps=null"]
    setting += ["model.num_layers=2", "model.dropout=0.3", "callbacks.saver.every_steps=5"]
    undisturbed = together(*setting, "output_dir=whole")
    process = subprocess.Popen(command("trainer=ddp", *setting, "output_dir=cut"), start_new_session=True)
    while not list(Path("cut").glob("*/*/*/checkpoints/last.ckpt")):
        assert process.poll() is None
        time.sleep(0.01)
    if stop is signal.SIGKILL:
        os.killpg(process.pid, stop)
    else:
        process.send_signal(stop)  # to the first process only
    assert process.wait(timeout=120) == code
    run = the_run("cut")
    assert json.loads((run / "run.json").read_text())["status"] == {143: "interrupted", -9: "running"}[code]
    done = subprocess.run(command(f"resume={run}"), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert not differences(undisturbed, run)


@pytest.mark.slow
def test_a_process_that_dies_ends_the_run_in_one_line_and_it_can_be_resumed():
    endless = [*DIGITS[:-1], "trainer.max_epochs=100000", "output_dir=cut", "callbacks.saver.every_steps=2"]
    process = subprocess.Popen(command("trainer=ddp", *endless), stderr=subprocess.PIPE, text=True)
    while not list(Path("cut").glob("*/*/*/checkpoints/last.ckpt")):
        assert process.poll() is None
        time.sleep(0.05)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    (other,) = [pid for pid in children if b"rnnlab.train" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(int(other), signal.SIGKILL)
    err = process.communicate(timeout=120)[1]
    assert process.returncode == 1 and len(err.splitlines()) == 1 and err.startswith("rnnlab: error: ")
    record = json.loads((the_run("cut") / "run.json").read_text())
    assert record["status"] == "failed" and record["resume"]


@pytest.mark.slow
def test_two_nodes_started_by_torchrun_learn_as_one_process_does():
    assert main([*TEXT, EXACT, "output_dir=one"]) == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = [sys.executable, "-m", "torch.distributed.run", "--nnodes=2", "--nproc-per-node=1"]
    shared += ["--master-addr=127.0.0.1", f"--master-port={port}"]
    training = ["-m", "rnnlab.train", "trainer=ddp", "trainer.devices=1", "trainer.nodes=2", *TEXT, EXACT]
    nodes = [
        subprocess.Popen([*shared, f"--node-rank={node}", *training, "output_dir=two"], cwd=Path.cwd())
        for node in (0, 1)
    ]
    assert [node.wait(timeout=300) for node in nodes] == [0, 0]
    check_the_same(the_run("one"), the_run("two"), 1e-9)


@pytest.mark.parametrize("count, size", [(1, 5), (2, 5), (2, 6), (3, 2), (4, 1)])
def test_every_row_of_a_batch_is_asked_of_exactly_one_process(count, size):
    batch = Batch(torch.arange(size * 3).view(size, 3), torch.arange(size * 3).view(size, 3))
    loader, asked = Loader(1), []
    for rank in range(count):
        loader.rank, loader.processes = rank, count
        part = loader.part(batch)
        assert len(part.targets) >= 1
        asked += part.targets[part.targets != IGNORE].tolist()
    assert sorted(asked) == list(range(size * 3))


@pytest.mark.parametrize("count, size", [(1, 3), (2, 5), (3, 7)])
def test_a_carried_state_is_put_together_as_it_was_shared_out(count, size):
    whole = torch.randn(2, size, 4)
    assert torch.equal(processes.woven([whole[:, rank::count] for rank in range(count)]), whole)
