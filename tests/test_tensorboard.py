"""TensorBoard over a sweep: what its server hands out, and what Chromium shows of it."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import browser
from rnnlab.train import main

pytestmark = pytest.mark.slow

SWEEP = ["-m", "task=binaryaddition", "model=rnn,gru", "seed=1,2", "sweep.name=s"]
SWEEP += ["model.hidden_size=8", "trainer.max_epochs=4", "data.steps_per_epoch=10", "task.eval_lengths=[4,16]"]
NAMES = [f"model={model},seed={seed}" for model in ("gru", "rnn") for seed in (1, 2)]
COLUMNS = ["model", "seed", "task"]
FIRST = ["final/exact_match/test", "final/exact_match_beyond/random", "final/exact_match_beyond/adversarial"]
FIRST += ["final/loss/test", "final/accuracy/test"]


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(SWEEP) == 0
    return folder / "outputs" / "sweeps" / "s"


@pytest.fixture(scope="module")
def server(sweep: Path):
    """The address of a TensorBoard over the sweep."""
    with serving(sweep) as address:
        yield address


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A TensorBoard over a folder: its address."""
    port = browser.free_port()
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", folder, "--host", "127.0.0.1", "--port", str(port)]
    with open(folder.parent / "tensorboard.log", "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"no_proxy": "127.0.0.1"})
    try:
        browser.answer(f"http://127.0.0.1:{port}/data/runs")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def ask(address: str, **body: object) -> dict:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)


def records(sweep: Path) -> dict[str, dict]:
    return {path.parent.name: json.loads(path.read_text()) for path in sweep.glob("*/run.json")}


def groups(server: str) -> list[dict]:
    statuses = ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"]
    address = f"{server}/data/plugin/hparams/session_groups"
    return ask(address, startIndex=0, sliceSize=100, colParams=[], allowedStatuses=statuses)["sessionGroups"]


def test_every_run_has_the_name_of_what_varies(server):
    with urllib.request.urlopen(f"{server}/data/runs") as reply:
        assert sorted(json.load(reply)) == NAMES


def test_hparams_has_a_row_a_run_with_what_varied_and_the_final_scores_of_its_record(sweep, server):
    rows, runs = groups(server), records(sweep)
    assert sorted(row["name"] for row in rows) == sorted(runs) == NAMES
    for row in rows:
        record = runs[row["name"]]
        assert row["hparams"] == {"model": record["model"], "seed": str(record["seed"]), "task": "binaryaddition"}
        assert row["sessions"][0]["status"] == "STATUS_SUCCESS"
        values = {value["name"]["tag"]: value["value"] for value in row["metricValues"]}
        scores = {f"final/{name}": score for name, score in record["metrics"].items()}
        assert values == pytest.approx(scores, rel=1e-6) and len(scores) > 6


def test_its_columns_start_with_what_a_reader_compares(server):
    columns = ask(f"{server}/data/plugin/hparams/experiment")
    assert [one["name"] for one in columns["hparamInfos"]] == COLUMNS
    assert [one["name"]["tag"] for one in columns["metricInfos"]][:5] == FIRST


@pytest.mark.needs("chromium", "chromedriver")
def test_a_browser_shows_the_runs_over_each_other_and_the_table_of_hparams(sweep, server, tmp_path):
    with browser.browser(tmp_path / "profile") as window:
        window.resize(1600, 1000)
        window.open(f"{server}/#scalars")
        text = window.wait(*NAMES, "exact_match/validation")
        assert text.count(NAMES[0]) == 1  # in the list of runs; the charts have no other
        window.open("about:blank")
        window.open(f"{server}/#hparams")
        text = window.wait("Trial ID", *NAMES)
        table = text[text.index("Trial ID") :]
        header, rows = table[: table.index(NAMES[0])], table[table.index(NAMES[0]) :]
        assert header.split()[-8:] == [*COLUMNS, *FIRST]
        for name, record in records(sweep).items():
            shown = rows[rows.index(name) :].split()
            assert shown[:3] == [name, record["model"], str(record["seed"])]
            scores = [record["metrics"][score.removeprefix("final/")] for score in FIRST]
            assert [float(value) for value in shown[4:9]] == pytest.approx(scores, rel=1e-3, abs=1e-5)


LOADED = """
function images(node) {
  const inside = node.shadowRoot ? [...node.shadowRoot.childNodes, ...node.childNodes] : [...node.childNodes];
  return [...(node.tagName === "IMG" && node.naturalWidth ? [node.naturalWidth] : []), ...inside.flatMap(images)];
}
return images(document.body);
"""
"""The widths of the pictures of a page that have come."""

SEEN = {
    "text": ["answers/right", "answers/wrong", "of 128", "right:"],
    "images": ["over time", "forgetting/gradient by distance", "eigenvalues/recurrent weights of layer 1"],
    "histograms": ["weights", "gradients", "activations/layer 1 forget"],
    "scalars": ["saturation", "forgetting"],
    "graphs": ["OneStep", "output"],
    "projector": ["hidden state of layer 1", "Points: ", "running sum", "last digit"],
}
"""Tab -> words of it."""


@pytest.mark.needs("chromium", "chromedriver")
def test_a_browser_shows_the_inside_of_a_network_in_every_tab(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["task=digitsum", "model=lstm", "model.hidden_size=8", "trainer.max_epochs=2", "callbacks=look"]) == 0
    (run,) = tmp_path.glob("outputs/*/*/*")
    with serving(run) as address, browser.browser(tmp_path / "profile") as window:
        window.resize(1500, 1000)
        for tab, words in SEEN.items():
            window.open("about:blank")
            window.open(f"{address}/#{tab}")
            window.wait(*words)
            if tab == "images":
                until = time.monotonic() + 60
                while not (wide := window.run(LOADED)):
                    assert time.monotonic() < until
                    time.sleep(0.25)
                assert min(wide) > 200
