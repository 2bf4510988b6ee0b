"""Writing text: draws follow the softmax, beams find the likeliest, and what was never seen is refused."""

import itertools
import sys

import pytest
import torch

from rnnlab.decode import beam, greedy, sampler, stream
from rnnlab.network import Network, OneHot
from rnnlab.sample import main
from rnnlab.visible import shows

from saved import save  # isort: skip

LETTERS = "\n abcdé"
LOGITS = torch.tensor([[2.0, 1.0, 0.0, -1.0]])


@pytest.fixture
def run(tmp_path):
    return str(save(tmp_path / "run", "task=chartext", "model=lstm", vocabulary=LETTERS))


@pytest.fixture
def network():
    torch.manual_seed(5)
    made = Network(OneHot(4), torch.nn.LSTM(4, 6, 2, batch_first=True), 6, 4)
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter)
    return made.double().eval()


def shares(choose, rows):
    """How often each class is drawn, by one row alone and by all of many together."""
    drawn = torch.cat([choose(LOGITS.expand(rows, -1)) for _ in range(20_000 // rows)])
    return drawn.bincount(minlength=4) / len(drawn)


@pytest.mark.parametrize("rows", [1, 1000])
@pytest.mark.parametrize(
    "settings, expected",
    [
        ({}, LOGITS[0]),
        ({"temperature": 0.5}, LOGITS[0] * 2),
        ({"top_k": 2}, torch.tensor([2, 1, -torch.inf, -torch.inf])),
        ({"top_k": 9}, LOGITS[0]),
        ({"top_p": 0.7}, torch.tensor([2, 1, -torch.inf, -torch.inf])),  # 0.64 is not enough, 0.64 + 0.24 is
        ({"top_p": 0.6}, torch.tensor([2, -torch.inf, -torch.inf, -torch.inf])),
        ({"temperature": 0}, torch.tensor([2, -torch.inf, -torch.inf, -torch.inf])),
    ],
    ids=str,
)
def test_symbols_are_drawn_as_often_as_they_are_likely(settings, expected, rows, seeded):
    found = shares(sampler([seeded(row) for row in range(rows)], **settings), rows)
    assert found.tolist() == pytest.approx(torch.softmax(expected, 0).tolist(), abs=0.015)
    assert found[torch.isinf(expected)].sum() == 0


@pytest.mark.parametrize("temperature", [1e-30, 1e-5, 1e30])
def test_extreme_temperatures_draw_something(temperature, seeded):
    for rows in (1, 3):
        assert sampler([seeded()] * rows, temperature)(LOGITS.expand(rows, -1) * 100).max() < 4


def test_a_stream_equals_reading_all_of_it_again(network):
    prompt = torch.tensor([[0, 1, 2], [3, 3, 1]])
    written = torch.stack(list(itertools.islice(stream(network, prompt), 12)), 1)
    with torch.no_grad():
        logits, _ = network(torch.cat([prompt, written], 1))
    assert torch.equal(greedy(logits[:, 2:-1].flatten(0, 1)).view(2, 12), written)


def test_a_beam_as_wide_as_all_texts_finds_the_likeliest(network):
    prompt, steps = torch.tensor([[2, 0]]), 4
    every = torch.tensor(list(itertools.product(range(4), repeat=steps)))
    with torch.no_grad():
        chances = network(torch.cat([prompt.expand(len(every), -1), every], 1))[0][:, 1:-1].log_softmax(2)
    nats = chances.gather(2, every.unsqueeze(2)).sum((1, 2))
    texts, found = beam(network, prompt, steps, 4**steps)
    assert torch.equal(texts[0], every[nats.argmax()])
    assert torch.allclose(found, nats.sort(descending=True).values)
    assert torch.equal(
        beam(network, prompt, steps, 1)[0][0], torch.cat(list(itertools.islice(stream(network, prompt), steps)))
    )
    assert beam(network, prompt, steps, 3)[1][0] <= nats.max() + 1e-9


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
        ("temperature=hot", "a number"),
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


def test_control_characters_are_escaped_on_a_terminal(tmp_path, capsys, monkeypatch):
    assert shows("a\tb\n\x1b[31m\u202e\x9bé\x00\r") == "a\tb\n\\x1b[31m\\u202e\\x9bé\\x00\\r"
    run = str(save(tmp_path / "run", "task=chartext", "model=rnn", vocabulary="\x1b"))
    assert main([run, "length=3"]) == 0
    assert capsys.readouterr().out == "\x1b" * 3 + "\n"  # into a file the text is what it is
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main([run, "length=3"]) == 0
    assert capsys.readouterr().out == "\\x1b" * 3 + "\n"
