"""Where text comes from, and how a file of any size becomes symbol ids without filling the memory."""

import codecs
import contextlib
import hashlib
import os
import sysconfig
import tempfile
import urllib.request
from collections.abc import Iterable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import IO

import numpy as np

from rnnlab import files
from rnnlab.errors import InputError
from rnnlab.tasks.vocab import Vocab

SENTENCES = ("hey how are you", "good i am fine", "have a nice day")

STDLIB = (
    "argparse bisect calendar configparser contextlib copy csv dataclasses datetime difflib enum glob gzip "
    "inspect pickle pprint queue random shutil string subprocess tempfile textwrap threading traceback"
)
"""Modules of the standard library whose source is the default text: about 1 MB of it, on every machine."""

TINYSHAKESPEARE = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"
TINYSHAKESPEARE_SIZE = 1_115_394
TINYSHAKESPEARE_SHA256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"

MOST_SYMBOLS = 20_000
"""More distinct characters than any written language's everyday text has; beyond, the file is hardly text."""

CHUNK = 1 << 20


def read(chunks: Iterable[str], name: str) -> tuple[Vocab, np.ndarray]:
    """The vocabulary (in code point order) and the ids, (N,) uint8 or int32, mapped from a file without a name.

    `chunks` is read twice, and refused where it has changed in between. The memory needed does not grow with the text;
    the file goes when the process ends.
    """
    points: set[int] = set()
    count = 0
    first, second = hashlib.blake2b(), hashlib.blake2b()
    for chunk in chunks:
        found = _code_points(chunk)
        points.update(np.unique(found).tolist())
        count += len(chunk)
        first.update(found.data)
        if len(points) > MOST_SYMBOLS:
            raise InputError(
                f"over {MOST_SYMBOLS:,} distinct characters", f"text has at most {MOST_SYMBOLS:,}", "path", name
            )
    if not count:
        raise InputError("the text is empty", "needs some characters", "path", name)
    vocab = Vocab([chr(point) for point in sorted(points)])
    with tempfile.TemporaryFile(dir=_cache()) as file:
        id_of = _ids(vocab)
        for chunk in chunks:
            found = _code_points(chunk)
            id_of.take(found, mode="clip").tofile(file)
            second.update(found.data)
        if first.digest() != second.digest():
            raise InputError("has changed while it was read", "a text that nothing writes to", "path", name)
        file.flush()
        return vocab, np.memmap(file, dtype=id_of.dtype, mode="r")


def encode(chunks: Iterable[str], vocab: Vocab) -> np.ndarray:
    """The ids of a text in the symbols of another, (N,) uint8 or int32, mapped as in `read`.

    Raises:
        InputError: at the first character that is not a symbol; where there are no characters.
    """
    position, id_of = 0, _ids(vocab)
    known = np.zeros(len(id_of) + 1, bool)  # the last one stands for all beyond
    known[[ord(symbol) for symbol in vocab.symbols]] = True
    with tempfile.TemporaryFile(dir=_cache()) as file:
        for chunk in chunks:
            found = _code_points(chunk)
            if not known.take(found, mode="clip").all():
                vocab.encode(chunk, position)  # which says where
            id_of.take(found, mode="clip").tofile(file)
            position += len(chunk)
        if not position:
            raise InputError("the text is empty", "needs some characters", "path", "")
        file.flush()
        return np.memmap(file, dtype=id_of.dtype, mode="r")


class Known:
    """The pieces of a text without the characters that a vocabulary lacks; `skipped` counts those of the last pass."""

    def __init__(self, chunks: Iterable[str], vocab: Vocab):
        self.chunks, self.ids, self.skipped = chunks, vocab.ids, 0

    def __iter__(self) -> Iterator[str]:
        self.skipped = 0
        for chunk in self.chunks:
            kept = "".join(filter(self.ids.__contains__, chunk)) if set(chunk) - self.ids.keys() else chunk
            self.skipped += len(chunk) - len(kept)
            yield kept


class TextFile:
    """The characters of a UTF-8 file in pieces, as often as it is iterated.

    Raises:
        InputError: where it is no file, or holds a NUL or a byte that is not UTF-8, with the byte's offset.
    """

    def __init__(self, path: str):
        self.path = path
        with self._opened():
            pass

    def __iter__(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        offset = 0
        with self._opened() as file:
            while data := file.read(CHUNK):
                yield self._decode(decoder, data, offset)
                offset += len(data)
            yield self._decode(decoder, b"", offset, final=True)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        try:
            with files.opened(Path(self.path), typed=True) as file:
                yield file
        except OSError as error:
            reason = f"cannot be read, {error.strerror}"
            raise InputError(reason, "must be a UTF-8 text file", "path", self.path) from None

    def _decode(self, decoder: codecs.IncrementalDecoder, data: bytes, offset: int, final: bool = False) -> str:
        if b"\0" in data:
            where = f"byte {offset + data.index(0):,} is NUL"
            raise InputError(where, "must be UTF-8 text, not a binary file", "path", self.path)
        held = len(decoder.getstate()[0])
        if final and held:  # the decoder itself forgives half a BOM
            raise InputError(f"byte {offset - held:,} is not UTF-8", "must be UTF-8 text", "path", self.path)
        try:
            return decoder.decode(data, final)
        except UnicodeDecodeError as error:
            # error.start counts from what the decoder had left to read, which ends where `data` ends
            byte = offset + len(data) - len(error.object) + error.start
            raise InputError(f"byte {byte:,} is not UTF-8", "must be UTF-8 text", "path", self.path) from None


def sentences() -> list[str]:
    """The three sentences of the walk-through, padded with spaces to one length."""
    longest = max(map(len, SENTENCES))
    return [sentence.ljust(longest) for sentence in SENTENCES]


def stdlib() -> list[str]:
    """The source text of the modules in STDLIB, in order."""
    folder = Path(sysconfig.get_path("stdlib"))
    paths = [folder / f"{name}.py" for name in STDLIB.split()]  # some may have left it
    texts = [files.read_text(path, 1 << 24, typed=True) for path in paths if os.path.isfile(path)]
    if not texts:
        raise InputError("this Python has no source files", "give a text with task.path=FILE", "corpus", "stdlib")
    return [text.replace("\r\n", "\n") for text in texts]  # Windows' Python has the former


def tinyshakespeare() -> str:
    """The path of tiny shakespeare, downloaded once and checked against its sha256."""
    path = _cache() / "tinyshakespeare.txt"
    with contextlib.suppress(OSError):
        if _is_tinyshakespeare(files.read(path, 1 << 22)):
            return str(path)
    try:
        with urllib.request.urlopen(TINYSHAKESPEARE, timeout=30) as reply:
            text = reply.read(1 << 22)
    except (OSError, HTTPException) as error:
        reason = f"cannot be downloaded, {getattr(error, 'reason', error)}"
        raise InputError(reason, "give the file with task.path=FILE", "corpus", "tinyshakespeare") from None
    if not _is_tinyshakespeare(text):
        reason = f"{TINYSHAKESPEARE} sent something else"
        raise InputError(reason, "give the file with task.path=FILE", "corpus", "tinyshakespeare")
    files.write(path, text)
    return str(path)


def _is_tinyshakespeare(text: bytes) -> bool:
    return hashlib.sha256(text).hexdigest() == TINYSHAKESPEARE_SHA256


def _cache() -> Path:
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rnnlab"
        folder.mkdir(parents=True, exist_ok=True)
        return folder if os.access(folder, os.W_OK) else Path(tempfile.gettempdir())
    except (OSError, RuntimeError):  # Python's word for no home
        return Path(tempfile.gettempdir())


def is_tinyshakespeare(path: str) -> bool:
    """Whether a file is tiny shakespeare, whatever it is called."""
    try:
        return os.path.getsize(path) == TINYSHAKESPEARE_SIZE and _is_tinyshakespeare(
            files.read(Path(path), 1 << 22, typed=True)
        )
    except OSError:
        return False


def _ids(vocab: Vocab) -> np.ndarray:
    """Code point -> id, as far as the last symbol."""
    points = [ord(symbol) for symbol in vocab.symbols]
    id_of = np.zeros(max(points) + 1, np.uint8 if len(vocab) <= 256 else np.int32)
    id_of[points] = np.arange(len(vocab))
    return id_of


def _code_points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
