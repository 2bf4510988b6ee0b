"""A sweep from its command line to its last word."""

from pathlib import Path

import pytest

from rnnlab.errors import InputError
from rnnlab.sweeps.start import start
from small_sweeps import SMALL, SWEEP, misbehave, raises


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_jobs_that_are_not_done_are_counted_and_a_report_is_written_all_the_same(monkeypatch, capfd):
    misbehave(monkeypatch, {2: raises})
    assert start([*SMALL, "seed=1,2", "logger=none"]) == 1
    assert "1 of 2 jobs done" in capfd.readouterr().out
    assert (SWEEP / "report.html").is_file()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["sweep.resume=nowhere", "--cfg", "job"], "leave out the flags"),
        (["-m", "seed=1,2", "output_dir=a,b"], "one value for all jobs"),
        (["-m", "seed=1,2", "sweep.name=../x"], "no name of a folder"),
        (["-m", "seed=1,2", "seed=3"], "given twice"),
    ],
)
def test_a_sweep_that_cannot_be_leaves_nothing(words, hint, folder):
    with pytest.raises(InputError, match=hint):
        start(words)
    assert list(folder.iterdir()) == []
