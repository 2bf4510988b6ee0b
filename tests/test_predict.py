"""Answers at the command line: an exact adder is right about numbers of any size."""

import io
import subprocess
import sys

import pytest

from rnnlab.cli.terminal import LONGEST
from rnnlab.predict import main
from saved_runs import save, save_adder


@pytest.fixture
def adder(tmp_path):
    return str(save_adder(tmp_path / "run"))


def test_9_and_60_are_69_with_the_bits(adder, capsys):
    assert main([adder, "9+60"]) == 0
    assert capsys.readouterr().out.splitlines() == ["9 + 60 = 69 TRUE", "  0001001", "+ 0111100", "= 1000101"]


def test_numbers_of_any_size_are_added(adder, capsys):
    a, b = 7**3000, 11**2500
    assert main([adder, f"{9 * 10**4000 + 5}+7", f"{a}+{b}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{9 * 10**4000 + 5} + 7 = {9 * 10**4000 + 12} TRUE"
    assert lines[4] == f"{a} + {b} = {a + b} TRUE" and int(lines[7][2:], 2) == a + b


def test_questions_are_read_from_standard_input(adder, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"1+1\n\nfoo\n255+1\n")))
    assert main([adder]) == 2
    out, err = capsys.readouterr()
    assert [line for line in out.splitlines() if "TRUE" in line] == ["1 + 1 = 2 TRUE", "255 + 1 = 256 TRUE"]
    assert err.startswith("rnnlab: error: not an addition") and err.count("\n") == 1


UNREADABLE = [b"1+\xff", b"\xc3\x28", b"\xed\xa0\x80", "1+1".encode("utf-16")]
UNREADABLE += [b"1" * (LONGEST - 1), b"1" * LONGEST, b"2+" + b"1" * 3 * LONGEST]


@pytest.mark.parametrize("bad", UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_line_that_cannot_be_read_is_one_error_and_the_next_is_answered(bad, adder, capsys, monkeypatch):
    for ending in (b"\n3+4", b"\r\n3+4\n"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"1+1\n" + bad + ending), encoding="ascii"))
        assert main([adder]) == 2
        out, err = capsys.readouterr()
        assert [line for line in out.splitlines() if "TRUE" in line] == ["1 + 1 = 2 TRUE", "3 + 4 = 7 TRUE"]
        assert err.startswith("rnnlab: error: ") and err.count("\n") == 1 and len(err) < 500


@pytest.mark.slow
def test_each_line_is_answered_before_the_next_is_typed(adder):
    with subprocess.Popen(
        [sys.executable, "-m", "rnnlab.predict", adder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        for question, reply in (("1+1", "1 + 1 = 2 TRUE"), ("2+2", "2 + 2 = 4 TRUE")):
            child.stdin.write(f"{question}\n")
            child.stdin.flush()
            assert child.stdout.readline().strip() == reply
            assert [child.stdout.readline()[0] for _ in range(3)] == [" ", "+", "="]
        child.stdin.close()
        assert child.wait() == 0


def test_a_wrong_question_is_refused_before_any_answer(adder, capsys):
    assert main([adder, "1+1", "1-1"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "not an addition" in err and err.count("\n") == 1


def test_text_has_no_right_answer(tmp_path, capsys):
    assert main([str(save(tmp_path / "run", "task=chartext", "model=rnn", vocabulary="ab")), "a"]) == 2
    assert "rnnlab.sample" in capsys.readouterr().err


def test_a_missing_run_is_answered_without_torch(tmp_path):
    for module, words in (
        ("predict", ["none", "1+1"]),
        ("sample", ["none"]),
        ("export", ["none"]),
        ("inspect", ["none"]),
        ("evaluate", [".", "x=1"]),
    ):
        code = f"import sys; from rnnlab.{module} import main; code = main(sys.argv[1:]); "
        code += "sys.exit(10 * code + ('torch' in sys.modules))"
        done = subprocess.run([sys.executable, "-c", code, *words], cwd=tmp_path, capture_output=True)
        assert done.returncode == 20, module


@pytest.mark.parametrize(
    ("words", "unusual"), [(["12", "1234"], ""), (["12345", "99999"], "12345 is longer"), (["7"], "7 is shorter")]
)
def test_a_question_of_another_length_than_the_training_had_is_answered_with_one_warning(
    words, unusual, tmp_path, capsys
):
    assert main([str(save(tmp_path / "run", "task=digitsum", "model=lstm")), *words]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == len(words)
    line = f"rnnlab: warning: {unusual} than what the model was trained on, lengths 2 to 4\n"
    assert err == (line if unusual else "")


def test_where_every_step_is_answered_no_question_is_too_short(adder, capsys):
    assert main([adder, "1+1", f"{2**20}+1"]) == 0
    assert capsys.readouterr().err.count("longer") == 1
