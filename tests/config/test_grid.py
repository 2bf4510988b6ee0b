"""Grids: every combination once, counted before any is listed; sweeps of nothing, or of too much, are refused."""

import itertools
import json
from pathlib import Path

import pytest

from rnnlab.config.grid import grid, how_many
from rnnlab.config.overrides import parsed
from rnnlab.train import main

SMALL = ["-m", "model.hidden_size=4", "data.lengths=[2]", "data.batch_size=80", "trainer.max_epochs=1", "logger=none"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_combination_once_the_last_key_changing_fastest():
    made = grid([parsed(text) for text in ("a=1,2", "b=x", "c=range(0,3)", "d=choice(y)")])
    assert made == [[f"a={a}", "b=x", f"c={c}", "d=y"] for a, c in itertools.product((1, 2), (0, 1, 2))]


@pytest.mark.parametrize(
    "text",
    ["a=1,2", "a=range(3)", "a=range(1,8,3)", "a=range(8,1,-3)", "a=range(0,1,0.1)", "a=range(1,0,-0.25)",
     "a=shuffle(range(1,5))", "a=sort(3,1,2)", "a=choice(x)"],
)  # fmt: skip
def test_values_are_counted_without_listing_them(text):
    one = parsed(text)
    assert how_many(one) == len(list(one.sweep_string_iterator()))


NOTHING = {
    "seed=glob(*)": "matches nothing", "model=glob(x*)": "a pattern of gru, ", "seed=range(5,1)": "no value",
    "seed=range(1,1)": "no value", "seed=range(0,3,0)": "without an end", "seed=range(0.0,3.0,0.0)": "without an end",
    "seed=range(0,inf)": "without an end", "seed=range(nan,1)": "without an end", "seed=choice()": "cannot be read",
    "seed=range(1,1000000000000)": "999,999,999,999 values", "seed=shuffle(range(1,1000000000000))": "at most 100,000",
    "seed=1,1": "the same value twice", "seed=interval(0,1)": "search=random", "seed=int(a,b)": "cannot be",
    "sweep.name=a,b": "one value for all jobs", "output_dir=a,b": "one value for all jobs",
    "launcher=serial,joblib": "one value for all jobs", "hydra.launcher.jobs=1,2": "",
    "data.split_seed=2,3,2": "the same value twice",
}  # fmt: skip
NAMES = [
    "a" * 300, "../..", "..", ".", "", "a/b", "/abs", ".hidden", "-a", "' a'", "'a\tb'", "'a\x1b[2J'", "'a\u202eb'",
    "[1]", "{a:1}", "true", "${nowhere}", "${oc.env:HOME}", "é", "'" + "\u4e00" * 100 + "'",
]  # fmt: skip


CASES = [*NOTHING.items(), *((f"sweep.name={name}", "") for name in NAMES[4:])]
FAST = {"seed=glob(*)", "model=glob(x*)", "seed=range(0,inf)", "seed=1,1", "sweep.name=a,b", "sweep.name=.hidden"}


@pytest.mark.parametrize(
    ("text", "hint"),
    [pytest.param(*case, marks=() if case[0] in FAST or "shuffle" in case[0] else pytest.mark.slow) for case in CASES],
)
def test_a_sweep_of_nothing_of_too_much_or_without_a_name_is_one_line(text, hint, folder, capfd):
    assert main([*SMALL, text, *([] if text.startswith("sweep.name") else ["sweep.name=s"])]) == 2
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1 and hint in err and err[:-1].isprintable(), err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", [*NAMES[:2], *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES[2:4])])
def test_no_name_leads_out_of_the_sweeps(name, folder, capfd):
    assert main([*SMALL, "seed=1,2", f"sweep.name={name}"]) == 2
    assert "no name of a folder" in capfd.readouterr().err and list(folder.iterdir()) == []


@pytest.mark.slow
def test_two_jobs_that_would_have_one_folder_are_refused(folder, capfd):
    Path("a").mkdir()
    for path in ("a/b.csv", "a_b.csv"):
        Path(path).write_text("".join(f"{number:02},{number // 10 + number % 10}\n" for number in range(100)))
    assert main([*SMALL, "task.csv=a/b.csv,a_b.csv"]) == 2
    assert "jobs 0 and 1 would have one folder" in capfd.readouterr().err and not Path("outputs").exists()


def test_patterns_choose_among_names_ones_own_included(folder, capfd):
    Path("own/model").mkdir(parents=True)
    Path("own/model/gru_mine.yaml").write_text("defaults: [gru]\n")
    sweep = [*SMALL, "optimizer.lr=0.01", "model=glob(g*,exclude=*wise)", "sweep.name='a b é'"]
    assert main([*sweep, "--config-dir", "own"]) == 0
    where = Path("outputs/sweeps/a b é")
    assert {path.parent.name for path in where.glob("*/run.json")} == {"model=gru", "model=gru_mine"}
    assert "model=choice(gru,gru_mine)" in json.loads((where / "sweep.json").read_text())["overrides"]
