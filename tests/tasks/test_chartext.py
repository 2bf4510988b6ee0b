"""Text as a task: what is held out, what is drawn, and what is shown of it."""

import hashlib

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


def parts(task: CharText) -> list[str]:
    return [task.vocab.decode(part) for part in (task.train, task.validation, task.test)]


def test_the_last_tenth_is_the_test_and_the_one_before_the_validation(text_file):
    tenths = ["abcdefghij", "0123456789", "ABCDEFGHIJ"]
    path = text_file("".join(tenths[:1] * 8 + tenths[1:]).encode())
    assert parts(CharText(path=path)) == [tenths[0] * 8, *tenths[1:]]
    assert parts(CharText(path=path, validation=0.05, test=0.2)) == [
        tenths[0] * 7 + "abcde",
        "fghij",
        "".join(tenths[1:]),
    ]
    with pytest.raises(InputError, match=r"leaves too little to train on \(test=0\.5\)"):
        CharText(path=path, validation=0.5, test=0.5)


def test_without_a_test_of_its_own_a_text_is_tested_on_its_validation(text_file):
    task = CharText(path=text_file(b"0123456789" * 10), test=None)
    assert parts(task) == ["0123456789" * 9, "0123456789", "0123456789"] and task.test is task.validation
    sentences = CharText(corpus="sentences")
    assert sentences.test is sentences.validation and len(sentences.train) == len(sentences.test) == 45


def test_tiny_shakespeare_keeps_the_split_of_the_field_under_any_name(text_file, monkeypatch):
    text = b"0123456789" * 10
    path = text_file(text)
    assert len(CharText(path=path).train) == 80
    monkeypatch.setattr(corpus, "TINYSHAKESPEARE_SIZE", len(text))
    assert len(CharText(path=path).train) == 80  # another text of that size
    monkeypatch.setattr(corpus, "TINYSHAKESPEARE_SHA256", hashlib.sha256(text).hexdigest())
    task = CharText(path=path)
    assert len(task.train) == 90 and task.test is task.validation
    assert len(CharText(path=path, test=0.1).train) == 80


def test_files_of_ones_own_are_held_out_and_the_text_is_then_for_training(text_file, tmp_path):
    path = text_file(b"0123456789" * 10)
    (tmp_path / "validation.txt").write_text("3210")
    (tmp_path / "test.txt").write_text("98")
    files = {"validation_path": str(tmp_path / "validation.txt"), "test_path": str(tmp_path / "test.txt")}
    assert parts(CharText(path=path, **files)) == ["0123456789" * 10, "3210", "98"]
    assert parts(CharText(path=path, test_path=files["test_path"])) == ["0123456789" * 9, "0123456789", "98"]
    validated = CharText(path=path, validation_path=files["validation_path"], test=None)
    assert parts(validated) == ["0123456789" * 10, "3210", "3210"] and validated.test is validated.validation
    with pytest.raises(InputError, match=r"the text is empty \(test_path=.*\): needs some characters$"):
        CharText(corpus="sentences", test_path=path, unknown="skip")  # of which it knows none


def test_characters_that_the_text_has_not_are_refused_or_left_out_and_counted(text_file, tmp_path, capsys):
    path = text_file("ab\u00e9".encode() * 100)
    (tmp_path / "test.txt").write_text("aXb\u20acb\u00e9")
    with pytest.raises(InputError, match=r"unknown character 'X' \(U\+0058\) at position 1 \(test_path=.*unknown=skip"):
        CharText(path=path, test_path=str(tmp_path / "test.txt"))
    task = CharText(path=path, test_path=str(tmp_path / "test.txt"), unknown="skip")
    assert parts(task)[2] == "abb\u00e9"
    err = capsys.readouterr().err
    assert "2 of 6 characters of" in err and "are skipped" in err and err.count("\n") == 1


def test_a_trained_vocabulary_opens_no_file_that_a_checkpoint_names():
    none = {"path": "/none", "validation_path": "/none", "test_path": "/none"}
    assert len(CharText(symbols="abc", **none).vocab) == 3


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


def test_its_quantities_are_what_reading_line_by_line_gives():
    text = 'if x:\n    say "a b"\n  "open\n\n y1 = "q" + " z'
    task = CharText(symbols="".join(sorted(set(text))))
    found = {name: values[0].tolist() for name, values in task.quantities(task.parse(text)).items()}
    column, word, spaces, quoted, leading = 0, 0, 0, False, True
    for place, character in enumerate(text):
        if character == "\n":
            column, word, spaces, quoted, leading = 0, 0, 0, False, True
        else:
            column += 1
            leading = leading and character == " "
            spaces += leading
            quoted ^= character == '"'
            word = word + 1 if character.isalnum() else 0
        known = {"place in line": column, "place in word": word, "indentation": spaces, "in quotes": int(quoted)}
        assert {name: values[place] for name, values in found.items()} == known, place
