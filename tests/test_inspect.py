"""Looking inside from the command line: what is written, and what is refused in one line with nothing left behind."""

import json
import re
import subprocess
import sys

import pytest
import torch

from rnnlab.config import build
from rnnlab.inference.load import load
from rnnlab.inspect import main
from rnnlab.inspection.summary import EXAMPLES
from rnnlab.runs import checkpoint
from rnnlab.train import main as train
from saved_runs import save, save_adder
from test_readme import DECAY


@pytest.fixture
def adder(tmp_path):
    return save_adder(tmp_path / "run")


@pytest.fixture
def text(tmp_path):
    return save(tmp_path / "text", "task=chartext", "model=lstm", vocabulary="ab \n")


def test_the_page_the_numbers_and_a_picture_are_written(adder, capsys):
    assert main([str(adder), "9+60"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"open {adder / 'inspect' / 'page.html'}"]
    written = sorted(path.name for path in (adder / "inspect").iterdir())
    assert written == ["forgetting.png", "inspect.json", "layer1_hidden.png", "page.html"]
    assert json.loads((adder / "inspect" / "inspect.json").read_text())["runs"][0]["right"] == 7


def test_a_picture_is_written_for_each_gate_and_state_of_each_layer(text):
    assert main([str(text), "ab ba"]) == 0
    names = {path.name for path in (text / "inspect").glob("layer*.png")}
    assert names == {f"layer1_{name}.png" for name in ("hidden", "cell", "input", "forget", "candidate", "output")}


def test_without_an_input_examples_of_the_task_are_read(adder):
    assert main([str(adder)]) == 0
    (run,) = json.loads((adder / "inspect" / "inspect.json").read_text())["runs"]
    assert run["symbols"] % EXAMPLES == 0 and run["right"] == run["asked"] == run["symbols"]


def test_a_checkpoint_and_a_file_are_read_and_written_where_it_is_said(adder, tmp_path):
    (tmp_path / "question").write_text("9+60\n")
    alone = tmp_path / "alone.ckpt"
    alone.write_bytes((adder / "checkpoints" / "best.ckpt").read_bytes())
    words = [str(alone), f"input_file={tmp_path / 'question'}", f"out={tmp_path / 'out'}", f"against={adder}"]
    assert main(words) == 0
    one, other = json.loads((tmp_path / "out" / "inspect.json").read_text())["runs"]
    assert one["right"] == other["right"] == 7 and not (adder / "inspect").exists()


def test_a_long_text_is_said_to_be_shown_in_part(text, tmp_path, capsys):
    (tmp_path / "long").write_text("ab ba\n" * 900)
    assert main([str(text), f"input_file={tmp_path / 'long'}"]) == 0
    assert "The first 5,000 of 5,400 symbols are shown" in capsys.readouterr().out


def test_a_network_whose_state_explodes_is_shown_all_the_same(tmp_path):
    def explosive(network):
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=1e30)

    relu = ("task=binaryaddition", "model=rnn", "model.nonlinearity=relu")
    run = save(tmp_path / "broken", *relu, set_weights=explosive)
    assert main([str(run), "9+60"]) == 0
    page, numbers = [(run / "inspect" / name).read_text() for name in ("page.html", "inspect.json")]
    assert "NaN" not in numbers and "NaN" not in re.findall('id="data">(.*?)</script>', page)[0]


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A run, one on text, a folder without a checkpoint, and a checkpoint without a run."""
    folder = tmp_path_factory.mktemp("places")
    (folder / "empty").mkdir()
    best = save_adder(folder / "run") / "checkpoints" / "best.ckpt"
    (folder / "alone").write_bytes(best.read_bytes())
    save(folder / "text", "task=chartext", "model=lstm", vocabulary="ab \n")
    return folder


@pytest.mark.parametrize(
    "words, what",
    [
        (["RUN", "9-60"], "not an addition"),
        (["RUN", "9+60", "1+1"], "one word too many"),
        (["RUN", "9+60", "input_file=x"], "cannot be combined"),
        (["RUN", "input_file=none"], "cannot be read"),
        (["RUN", "against=none"], "no run there"),
        (["RUN", "9+60", "against=TEXT"], "unknown character '9' (U+0039) at position 0"),
        (["TEXT", "abc"], "unknown character 'c' (U+0063) at position 2: the 4 known are"),
        (["TEXT", "a\0b"], "unknown character '\\x00' (U+0000) at position 1"),
        (["TEXT"], "of a text model no examples can be drawn"),
        (["EMPTY", "9+60"], "has had a check; how others went rnnlab.report shows"),
        (["ALONE", "9+60"], "no run directory to write into"),
        (["RUN", "foo=3"], "unknown key"),
        (["RUN", "seed=-1"], "out of range"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_left(words, what, places, capsys):
    for name in ("RUN", "TEXT", "EMPTY", "ALONE"):
        words = [word.replace(name, str(places / name.lower())) for word in words]
    before = sorted(places.rglob("*"))
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("rnnlab: error: ") and what in err and err.count("\n") == 1
    assert sorted(places.rglob("*")) == before


def test_of_a_layer_without_gates_the_states_are_shown_and_it_is_said(tmp_path, monkeypatch, capsys):
    (tmp_path / "decaying.py").write_text(DECAY)
    monkeypatch.syspath_prepend(tmp_path)
    run = save_adder(tmp_path / "run")
    best = run / "checkpoints" / "best.ckpt"
    saved = checkpoint.read(best)
    saved["config"]["model"] = {"name": "decay", "_target_": "decaying.Decay", "hidden_size": 4}
    network = build.network(saved["config"], load(run).task)
    weights = {f"network.{name}": value for name, value in network.state_dict().items()}
    checkpoint.write(best, saved | {"state_dict": weights})
    assert main([str(run), "9+60", "trust=[decaying]"]) == 0
    assert "This layer has no gates to show: its states alone are shown." in capsys.readouterr().out.splitlines()
    assert sorted(path.name for path in (run / "inspect").glob("layer*.png")) == ["layer1_hidden.png"]


@pytest.fixture
def sweep(tmp_path):
    """Two adders, one whose checkpoint is damaged, and one that failed."""
    folder = tmp_path / "sweep"
    folder.mkdir()
    for name in ("a", "b", "damaged", "failed"):
        save_adder(folder / name)
    (folder / "damaged" / "checkpoints" / "best.ckpt").write_bytes(b"x" * 1000)
    (folder / "failed" / "run.json").write_text('{"status": "failed"}')
    return folder


def test_each_run_of_a_sweep_that_is_done_is_looked_at_and_one_that_cannot_be_is_named(sweep, capsys):
    assert main([str(sweep), "9+60"]) == 0
    assert sorted(path.parent.parent.name for path in sweep.glob("*/inspect/page.html")) == ["a", "b"]
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == f"open {sweep / 'a' / 'inspect' / 'page.html'}" and lines[1].startswith("runs: 1 of 3, about ")
    assert lines[-1] == f"together: python -m rnnlab.report {sweep}"
    assert err.startswith("rnnlab: warning: damaged is left out: ") and err.count("\n") == 1


@pytest.mark.parametrize("words, what", [(["9-60"], "not an addition"), (["9+60", "out=x"], "each has its own folder")])
def test_what_no_run_of_a_sweep_can_use_is_one_line(words, what, sweep, capsys):
    assert main([str(sweep), *words]) == 2
    err = capsys.readouterr().err
    assert what in err and err.count("\n") == 1 and not list(sweep.glob("*/inspect"))


MEMORY = """
import resource, sys
from rnnlab.inspect import main
from rnnlab.inspection.summary import EXAMPLES
code = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
sys.exit(code)
"""


@pytest.mark.slow
def test_a_hundred_thousand_characters_take_no_more_memory_than_ten_thousand(tmp_path):
    run = save(tmp_path / "big", "task=chartext", "model=lstm", "++model.hidden_size=256", vocabulary="ab \n")
    megabytes = {}
    for count in (10_000, 100_000):
        (tmp_path / "input").write_text(("ab ba\n" * count)[:count])
        words = [str(run), f"input_file={tmp_path / 'input'}"]
        done = subprocess.run([sys.executable, "-c", MEMORY, *words], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        megabytes[count] = int(done.stdout.splitlines()[-1])
    assert megabytes[100_000] < megabytes[10_000] + 100


@pytest.mark.slow
def test_over_a_real_training_the_carry_appears(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["task=binaryaddition", "model=rnn", "callbacks.saver.keep=6", "seed=1", f"output_dir={tmp_path / 'run'}"]
    assert train(words) == 0
    (run,) = (tmp_path / "run" / "binaryaddition" / "rnn").iterdir()
    assert main([str(run), "1234567+7654321", "study=true"]) == 0
    training = json.loads((run / "inspect" / "inspect.json").read_text())["training"]
    names = {path.name for path in (run / "checkpoints").glob("check_*.ckpt")}
    assert len(training) in (len(names), len(names) + 1) and len(names) >= 3  # the best is one of them, or not
    steps = [check["step"] for check in training]
    followed = [check["measured"]["followed"]["carry"]["value"] for check in training]
    assert steps == sorted(set(steps)) and followed[0] < 0.8 and followed[-1] > 0.99
    assert training[0]["right"] < training[-1]["right"] == 1.0


@pytest.mark.slow
def test_a_study_says_that_one_direction_is_the_carry(adder):
    assert main([str(adder), "9+60", "study=true"]) == 0
    (run,) = json.loads((adder / "inspect" / "inspect.json").read_text())["runs"]
    (one,) = run["study"]["used"]["carry"]["exchanged"]
    assert one["size"] == 1 and one["first"]["value"] >= 0.999
    assert {"states_carry.png", "states_sum_bit.png"} <= {path.name for path in (adder / "inspect").glob("*.png")}
