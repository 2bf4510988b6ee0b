"""Writing text: draws follow the softmax, beams find the likeliest, and what was never seen is refused."""

import pytest

from rnnlab.sample import main
from saved_runs import save

LETTERS = "\n abcdé"


@pytest.fixture
def run(tmp_path):
    return str(save(tmp_path / "run", "task=chartext", "model=lstm", vocabulary=LETTERS))


def test_the_same_seed_writes_the_same_text(run, capsys):
    texts = []
    for seed in (1, 1, 2):
        assert main([run, "prompt=abc", "length=50", f"seed={seed}"]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != texts[2]
    assert texts[0].startswith("abc") and len(texts[0]) == 3 + 50 + 1


def test_several_texts_are_written(run, capsys):
    assert main([run, "prompt=ab", "length=30", "n=3", "temperature=2"]) == 0
    texts = capsys.readouterr().out.split("\n" + "-" * 40 + "\n")
    assert len(texts) == 3 and len(set(texts)) == 3 and all(text.startswith("ab") for text in texts)


@pytest.mark.parametrize("words", ["", "top_k=3", "top_p=0.8"])
def test_of_several_texts_each_is_the_same_however_many_are_written(run, words, capsys):
    written = []
    for count in (1, 2, 5):
        assert main([run, "prompt=ab", "length=300", f"n={count}", *words.split()]) == 0  # more than one block
        written.append(capsys.readouterr().out[:-1].split("\n" + "-" * 40 + "\n"))
    assert written[0] == written[1][:1] and written[1] == written[2][:2]


def test_temperature_0_and_a_beam_of_1_write_the_same(run, capsys):
    for words in (["temperature=0"], ["beam=1"]):
        assert main([run, "prompt=ab", "length=20", *words]) == 0
    text = capsys.readouterr().out
    assert text[:23] == text[23:]


def test_a_prompt_is_text_and_never_yaml(run, capsys):
    assert main([run, "prompt=[a: b]", "unknown=skip", "length=1"]) == 0
    assert capsys.readouterr().out.startswith("a b")


def test_a_prompt_file_is_gone_on_from(run, tmp_path, capsys):
    (tmp_path / "prompt").write_bytes("é a\n".encode())
    assert main([run, f"prompt_file={tmp_path / 'prompt'}", "length=2"]) == 0
    assert capsys.readouterr().out.startswith("é a\n")


def test_an_unknown_character_is_refused_with_its_place_and_the_vocabulary(run, capsys):
    assert main([run, "prompt=abXc"]) == 2
    err = capsys.readouterr().err
    assert "'X' (U+0058) at position 2" in err and repr(LETTERS) in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "words, hint",
    [
        ("temperature=-1", "at least 0"),
        ("temperature=nan", "at least 0"),
        ("temperature=hot", "a finite number"),
        ("top_k=0", "from 1"),
        ("top_p=0", "above 0"),
        ("top_p=1.1", "at most 1"),
        ("length=0", "from 1"),
        ("n=0", "from 1"),
        ("seed=-1", "from 0"),
        ("beam=0", "from 1"),
        ("beam=3 n=2", "beam search draws nothing"),
        ("unknown=ignore", "allowed: refuse, skip"),
        ("promt=a", "did you mean 'prompt'"),
        ("prompt=a prompt_file=b", "cannot be combined"),
        ("prompt_file=none", "cannot be read"),
    ],
)
def test_a_mistake_is_one_line(run, words, hint, capsys):
    assert main([run, *words.split()]) == 2
    out, err = capsys.readouterr()
    assert out == "" and hint in err and err.count("\n") == 1


def test_a_model_of_another_task_writes_no_text(tmp_path, capsys):
    assert main([str(save(tmp_path / "run", "task=digitsum", "model=rnn")), "prompt=1"]) == 2
    assert "rnnlab.predict" in capsys.readouterr().err
