"""Proofs from the command line: what is said and written, and what is refused in one line with nothing left behind."""

import json

import pytest

from made_adders import set_adder
from rnnlab.proof.search import Gap
from rnnlab.prove import main
from rnnlab.runs.interrupt import Interrupted
from saved_runs import save, save_adder

ADDER = ("task=binaryaddition", "model=rnn", "++model.hidden_size=4")


@pytest.fixture
def run(tmp_path):
    return save(tmp_path / "run", *ADDER, set_weights=set_adder)


def test_a_proof_is_found_written_and_checked(run, capsys):
    assert main([str(run)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("PROVEN for every length: k=1, 9 boxes, smallest margin ")
    assert said[1] == "an automaton of 2 states, as the network on 100 % of words: the task's own"
    written = {path.name for path in (run / "proof").iterdir()}
    pictures = {f"{name}.{kind}" for name in ("automaton", "boxes") for kind in ("svg", "png")}
    assert written == {"certificate.json", "proof.json"} | pictures
    certificate = run / "proof" / "certificate.json"
    assert main(["verify", str(certificate), str(run)]) == 0
    assert capsys.readouterr().out.startswith("PROVEN for every length: 9 boxes, smallest margin ")
    found = json.loads((run / "proof" / "proof.json").read_text())
    assert (found["verdict"], found["how"], found["boxes"], found["gaps"]) == ("proven", "k=1", 9, {})


def test_a_network_that_errs_is_shown_the_word(tmp_path, capsys):
    run = save(tmp_path / "run", *ADDER)
    assert main([str(run), f"out={tmp_path / 'out'}"]) == 1
    first, second, _ = capsys.readouterr().out.splitlines()
    assert first.startswith("COUNTEREXAMPLE of length ") and set(first.split(": ")[1]) <= set("01 ")
    assert second in ("it says 0, right is 1", "it says 1, right is 0")
    found = json.loads((tmp_path / "out" / "proof.json").read_text())
    assert found["verdict"] == "wrong" and len(found["word"]) > 0 and not (run / "proof").exists()


def test_what_is_neither_proven_nor_wrong_is_said_so_with_where_it_fails(tmp_path, capsys):
    """Of whole numbers it adds exactly, but nothing in it takes an error back: a rounding might grow."""
    run = save_adder(tmp_path / "run")
    assert main([str(run)]) == 1
    out, err = capsys.readouterr()
    first, second, third, fourth = out.splitlines()
    assert first.startswith("NEITHER proven nor wrong on any word that was tried")
    assert second.startswith("nearest to a proof: ") and third.startswith("there after ")
    assert fourth.startswith("an automaton of ")
    assert [line.split(":")[0] for line in err.splitlines()][:2] == ["k=1", "k=2"]
    assert json.loads((run / "proof" / "proof.json").read_text())["gaps"].keys() >= {"k=1", "k=6"}


def test_no_time_is_no_proof(run, capsys):
    assert main([str(run), "seconds=0"]) == 1
    assert capsys.readouterr().out.startswith("NEITHER proven nor wrong on any word that was tried")


@pytest.mark.parametrize(
    "words, said",
    [
        (["{run}", "seconds=-1"], "out of range (seconds=-1)"),
        (["{run}", "second=1"], "unknown key (second=1)"),
        (["none"], "no run there (run=none)"),
        (["{text}"], "its task is no finite machine (run="),
        (["{run}/checkpoints/alone.ckpt"], "no run there"),
        (["verify"], "too few words"),
        (["verify", "none", "{run}"], "cannot be read, No such file or directory (certificate=none)"),
        (["verify", "{run}/run.json", "{run}"], "not proven, it is no certificate"),
    ],
)
def test_bad_input_is_refused_in_one_line_with_nothing_left_behind(run, tmp_path, capsys, words, said):
    text = save(tmp_path / "text", "task=chartext", "model=lstm", vocabulary="ab \n")
    before = sorted(path for path in tmp_path.rglob("*"))
    assert main([word.format(run=run, text=text) for word in words]) == 2
    error = capsys.readouterr().err
    assert error.startswith("rnnlab: error: ") and said in error and error.count("\n") == 1
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_a_certificate_of_other_weights_is_refused(run, tmp_path, capsys):
    assert main([str(run)]) == 0
    other = save(tmp_path / "other", *ADDER)
    assert main(["verify", str(run / "proof" / "certificate.json"), str(other)]) == 2
    assert "not proven, it is about other weights" in capsys.readouterr().err


def test_a_proof_that_is_stopped_keeps_what_was_found(run, monkeypatch, capsys):
    def stopped(network, machine, seconds, say, seed):
        say("k=1", Gap("it was slow", -1.0, (3,)))
        raise Interrupted(2)

    monkeypatch.setattr("rnnlab.proof.attempt.attempt", stopped)
    assert main([str(run)]) == 130
    assert "stopped by SIGINT" in capsys.readouterr().err
    kept = json.loads((run / "proof" / "proof.json").read_text())
    assert kept == {"verdict": "stopped", "gaps": {"k=1": {"why": "it was slow", "margin": -1.0, "word": [3]}}}
    assert (run / "proof" / "automaton.svg").exists()


@pytest.mark.slow
def test_the_experiments_adder_is_proven(tmp_path, capsys):
    from rnnlab.train import main as train

    assert train(["experiment=proven_adder", f"output_dir={tmp_path}", "logger=none"]) == 0
    (run,) = (tmp_path / "binaryaddition" / "rnn").iterdir()
    capsys.readouterr()
    assert main([str(run)]) == 0
    assert capsys.readouterr().out.startswith("PROVEN for every length: ")
