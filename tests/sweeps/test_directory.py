"""A sweep's folder: found by its name, and gone on with from it alone."""

import json
import os
import signal
from pathlib import Path

import pytest

import forked_runs
from rnnlab.config import compose
from rnnlab.runs.interrupt import STOP
from rnnlab.sweeps import directory
from rnnlab.train import main
from small_sweeps import SMALL, SWEEP, states


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_sweep_resume_needs_no_other_argument():
    assert main([*SMALL, "seed=1,2"]) == 0
    for path in SWEEP.glob("seed=2/run.json"):
        path.unlink()
    assert main([f"sweep.resume={SWEEP}"]) == 0
    assert states() == {1: "done", 2: "done"}


def test_flags_may_come_last_and_own_configs_are_found(folder):
    own = folder / "own" / "experiment"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text("# @package _global_\nmodel: {hidden_size: 4}\n")
    mine = [text for text in SMALL[1:] if not text.startswith("model.")]
    assert main([*mine, "experiment=mine", "seed=1,2", "-m", "--config-dir", str(folder / "own")]) == 0
    assert states() == {1: "done", 2: "done"}
    assert json.loads((SWEEP / "seed=1/run.json").read_text())["config"]["model"]["hidden_size"] == 4


@pytest.mark.parametrize("given, seeds", [([], "range(1,6)"), (["seed=7"], "7")])
def test_an_experiment_brings_what_it_varies_and_the_command_line_has_the_last_word(given, seeds):
    typed, config, _ = compose.composed(["experiment=batch_size", *given], sweeps=True)
    arguments = directory.named(typed, config)
    assert sorted(text for text in arguments if text.startswith(("data.", "seed="))) == [
        "data.batch_size=16,32,64,128,256,512",
        f"seed={seeds}",
    ]
    varies = next(text for text in arguments if text.startswith("sweep.varies="))
    assert set(varies.partition("=")[2].strip("[]").split(",")) == {"data.batch_size"} | (
        {"seed"} if not given else set()
    )


@pytest.mark.parametrize("kept", [False, True])
def test_a_signal_before_anything_has_begun_leaves_no_folder_but_one_that_was_there(kept):
    if kept:
        SWEEP.mkdir(parents=True)

    def claim(_) -> int:
        STOP.listen()
        with directory.claimed(SWEEP):
            os.kill(os.getpid(), signal.SIGINT)
        return 0

    ended = forked_runs.run([], command=claim)
    assert ended.code == 130
    assert SWEEP.exists() == kept and Path("outputs").exists() == kept


def test_a_sweep_is_started_by_one_process(monkeypatch, capsys):
    monkeypatch.setenv("SLURM_PROCID", "1")
    assert main([*SMALL, "seed=1,2"]) == 2
    assert "start a sweep once" in capsys.readouterr().err and not Path("outputs").exists()
