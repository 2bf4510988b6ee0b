"""Text as a task: what is held out, what is drawn, and what is shown of it."""

import pytest

from rnnlab.errors import InputError
from rnnlab.tasks import corpus
from rnnlab.tasks.chartext import CharText


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "rnnlab"


@pytest.fixture
def text_file(tmp_path):
    """A function from bytes to the path of a file that holds them."""

    def write(content):
        (tmp_path / "text.txt").write_bytes(content)
        return str(tmp_path / "text.txt")

    return write


def test_the_last_tenth_is_held_out(text_file):
    task = CharText(path=text_file(b"0123456789" * 10))
    assert (len(task.train), len(task.held_out)) == (90, 10)
    assert task.vocab.decode(task.held_out) == "0123456789"


def test_what_is_typed_is_shown_and_asks_for_what_follows():
    task = CharText(corpus="sentences")
    batch = task.parse("hey")
    assert task.show(*(part[0] for part in batch)) == "hey"
    assert task.vocab.decode(batch.targets[0, :2]) == "ey" and batch.targets[0, 2] == -100


def test_drawn_windows_are_pieces_of_the_text(text_file, seeded):
    text = "the quick brown fox jumps over the lazy dog"
    task = CharText(path=text_file(text.encode()))
    train = text[: len(task.train)]
    for inputs, targets in zip(*task.batch(30, 7, seeded()), strict=True):
        piece = task.vocab.decode(inputs) + task.vocab.decode(targets[-1:])
        assert len(piece) == 8 and piece in train and task.vocab.decode(targets) == piece[1:]
    starts = {task.vocab.decode(inputs[:1]) for inputs in task.batch(50, len(train) - 2, seeded()).inputs}
    assert starts == {text[0], text[1]}  # the first and the last place there is
    longest = task.batch(2, len(train) - 1, seeded())
    assert task.vocab.decode(longest.inputs[0]) == train[:-1]
    with pytest.raises(InputError, match=f"at most {len(train) - 1}"):
        task.batch(2, len(train), seeded())


def test_the_default_text_is_python_source_of_about_a_megabyte():
    text = "".join(corpus.stdlib())
    assert 500_000 < len(text) < 5_000_000 and "class ArgumentParser" in text
