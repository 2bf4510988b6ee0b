"""Text from anywhere: exact to the character, refused with the place of what is wrong, in little memory."""

import hashlib
import io
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from quick_properties import one_line, quick
from rnnlab.errors import InputError
from rnnlab.tasks import corpus
from rnnlab.tasks.chartext import CharText
from rnnlab.tasks.vocab import Vocab

CHUNK = corpus.CHUNK


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


def decoded(task):
    return "".join(task.vocab.symbols[i] for i in np.concatenate([task.train, task.validation, task.test]).tolist())


@pytest.mark.parametrize("before", range(CHUNK - 4, CHUNK + 1))
def test_characters_of_any_width_survive_the_border_of_a_chunk(before, text_file):
    text = "a" * before + "é€😀z" + "b" * 50
    assert decoded(CharText(path=text_file(text.encode()))) == text


def test_the_vocabulary_is_the_characters_in_code_point_order(text_file):
    task = CharText(path=text_file("ba\r\nüa€".encode()))
    assert task.vocab.symbols == "\n\rabü€" and task.num_inputs == task.num_classes == 6


def test_more_than_256_symbols_are_kept_apart(text_file):
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 3000))) * 2
    task = CharText(path=text_file(text.encode()))
    assert task.num_inputs == 3000 and decoded(task) == text


def test_a_byte_order_mark_is_dropped_from_the_start_alone(text_file):
    assert decoded(CharText(path=text_file(b"\xef\xbb\xbfab\xef\xbb\xbfab"))) == "ab\ufeffab"


@pytest.mark.parametrize(
    "content, place",
    [
        (b"ab\xffcd", "byte 2 is not UTF-8"),
        (b"\xef\xbb\xbfab\xffcd", "byte 5 is not UTF-8"),
        (b"ab\xc3", "byte 2 is not UTF-8"),
        (b"\xe2\x82", "byte 0 is not UTF-8"),
        (b"a" * CHUNK + b"bc\xffd", f"byte {CHUNK + 2:,} is not UTF-8"),
        (b"a" * (2 * CHUNK) + b"\xff", f"byte {2 * CHUNK:,} is not UTF-8"),
        (b"a" * (CHUNK - 1) + b"\xc3(", f"byte {CHUNK - 1:,} is not UTF-8"),  # the second byte is in the next chunk
        (b"a" * (CHUNK - 2) + b"\xf0\x9f\x98", f"byte {CHUNK - 2:,} is not UTF-8"),  # and here is missing
        (b"a" * (CHUNK - 1) + "é".encode() + b"x\xff", f"byte {CHUNK + 2:,} is not UTF-8"),
        (b"abc\0def", "byte 3 is NUL"),
        (b"a" * CHUNK + b"b\0", f"byte {CHUNK + 1:,} is NUL"),
        (b"", "text is empty"),
        (b"\xef\xbb\xbf", "text is empty"),
    ],
)
def test_what_is_not_text_is_refused_with_its_place(content, place, text_file):
    path = text_file(content)
    with pytest.raises(InputError, match=place) as refusal:
        CharText(path=path)
    assert f"path={path}" in str(refusal.value)


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="a folder"):
        CharText(path=str(tmp_path))
    with pytest.raises(InputError, match="No such file"):
        CharText(path=str(tmp_path / "none.txt"))


def test_more_symbols_than_a_text_has_are_refused(text_file):
    characters = "".join(map(chr, range(0x10000, 0x10000 + corpus.MOST_SYMBOLS)))
    assert CharText(path=text_file(characters.encode())).num_inputs == corpus.MOST_SYMBOLS
    with pytest.raises(InputError, match="over 20,000 distinct characters"):
        CharText(path=text_file((characters + "a").encode()))


@pytest.mark.parametrize("later", ["abcabd", "abcab\U0001f600", "abcabca", "abcab", "acbabc"])
def test_a_text_that_changes_while_it_is_read_is_refused(later):
    class Changing:
        """The characters of a file that is written to between the first reading and the second."""

        texts = iter(["abcabc", later])

        def __iter__(self):
            yield next(self.texts)

    with pytest.raises(InputError, match="has changed while it was read"):
        corpus.read(Changing(), "live.log")


def test_who_has_no_home_reads_text_all_the_same(text_file, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert decoded(CharText(path=text_file(b"some text"))) == "some text"


def test_reading_leaves_nothing_in_the_cache(text_file, cache):
    CharText(path=text_file(b"some text"))
    assert list(cache.iterdir()) == []


class Reply(io.BytesIO):
    """What urlopen gives."""


def test_without_a_network_the_other_way_is_named(monkeypatch):
    def unreachable(*_, **__):
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(urllib.request, "urlopen", unreachable)
    with pytest.raises(InputError, match=r"no route to host.*task\.path=FILE"):
        CharText(corpus="tinyshakespeare")


def test_a_download_of_something_else_is_refused_and_not_kept(monkeypatch, cache):
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: Reply(b"<html>not found</html>"))
    with pytest.raises(InputError, match=r"sent something else.*task\.path=FILE"):
        CharText(corpus="tinyshakespeare")
    assert list(cache.iterdir()) == []


def test_a_good_download_is_made_once_and_a_damaged_copy_again(monkeypatch, cache):
    text = b"First Citizen: before we proceed any further, hear me speak."
    calls = []

    def opened(*_, **__):
        calls.append(1)
        return Reply(text)

    monkeypatch.setattr(urllib.request, "urlopen", opened)
    monkeypatch.setattr(corpus, "TINYSHAKESPEARE_SHA256", hashlib.sha256(text).hexdigest())
    for _ in range(3):
        assert decoded(CharText(corpus="tinyshakespeare")).encode() == text
    assert len(calls) == 1
    (copy,) = cache.iterdir()
    copy.write_bytes(text[:-1])
    assert decoded(CharText(corpus="tinyshakespeare")).encode() == text
    assert len(calls) == 2 and list(cache.iterdir()) == [copy]


MEASURE = """
import sys
from rnnlab.tasks import corpus

def anonymous():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("RssAnon")) * 1024

class Watched(corpus.TextFile):
    def __iter__(self):
        for chunk in super().__iter__():
            peak.append(anonymous())
            yield chunk

corpus.read(["warm up"], "warm")
peak = []
before = anonymous()
vocab, ids = corpus.read(Watched(sys.argv[1]), "text")
total = sum(int(ids[start : start + 1_000_000].astype("int64").sum()) for start in range(0, len(ids), 1_000_000))
peak.append(anonymous())
print(len(ids), total, max(peak) - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read as Linux tells it")
def test_memory_does_not_grow_with_the_text(tmp_path):
    path = tmp_path / "large.txt"
    line = "der Fluß fließt, 水が流れる\n"
    with open(path, "w", encoding="utf-8") as file:
        for _ in range(60):
            file.write(line * (1_000_000 // len(line.encode())))
    size = path.stat().st_size
    assert size > 55_000_000
    result = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
    characters, total, growth = map(int, result.stdout.split())
    repeats = 60 * (1_000_000 // len(line.encode()))
    ids = {symbol: place for place, symbol in enumerate(sorted(set(line)))}
    assert characters == repeats * len(line)
    assert total == repeats * sum(ids[symbol] for symbol in line)
    assert growth < 25_000_000  # some pieces of 1 MiB; the text is 60 MB, its code points 140 MB


@quick
@given(some.text(min_size=1, max_size=400), some.integers(1, 50))
def test_a_text_comes_back_from_its_ids_however_it_is_cut(tmp_path, text, piece):
    text = text.replace("\0", "x").encode("utf-8", "ignore").decode() or "x"
    pieces = [text[start : start + piece] for start in range(0, len(text), piece)]
    vocab, ids = corpus.read(pieces, "text")
    assert vocab.decode(torch.from_numpy(ids.astype("int64"))) == text
    assert vocab.symbols == "".join(sorted(set(text)))


@quick
@given(some.binary(max_size=300))
def test_a_text_of_any_bytes_is_read_or_refused_with_the_place(tmp_path, content):
    path = tmp_path / "text"
    path.write_bytes(content)
    try:
        vocab, ids = corpus.read(corpus.TextFile(str(path)), "text")
    except InputError as error:
        assert one_line(error)
        assert not content.removeprefix(b"\xef\xbb\xbf") or b"\0" in content or "not UTF-8" in str(error)
    else:
        assert vocab.decode(torch.from_numpy(ids.astype("int64"))) == content.decode("utf-8-sig")


def test_what_a_vocabulary_lacks_is_left_out_of_the_pieces_and_counted():
    vocab = Vocab("ab")
    known = corpus.Known(["aXb", "", "ba", "\u20ac\u20aca"], vocab)
    for _ in range(2):  # each pass counts anew
        assert list(known) == ["ab", "", "ba", "a"] and known.skipped == 3
    assert vocab.decode(corpus.encode(known, vocab)) == "abbaa"
    with pytest.raises(InputError, match=r"'X'.*at position 1"):
        corpus.encode(known.chunks, vocab)
    with pytest.raises(InputError, match=r"U\+20AC.*at position 4"):
        corpus.encode(["abba", "\u20ac"], vocab)
    with pytest.raises(InputError, match="empty"):
        corpus.encode([""], vocab)
