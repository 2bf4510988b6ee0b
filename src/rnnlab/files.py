"""Every file that rnnlab opens, for reading and for writing."""

import contextlib
import errno
import functools
import itertools
import json
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from rnnlab.errors import FULL, DiskFull, disk_full

RECORD = 1 << 20
"""Bytes of a json file that are read, unless said otherwise."""

SHARED = 1 << 28
"""Bytes of a file with several names that is copied before something is added to it."""

SAFE = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
"""Where a system lacks one of these (Windows does), what is looked at before opening has to do."""

PAUSES = (0.01, 0.03, 0.1, 0.3, 1.0)
"""Seconds between two tries to put a file in the place of one that somebody has open."""

KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class Unusable(OSError):
    """A file that cannot be used as what it should be; `strerror`, and the message, say why in a few words."""

    def __init__(self, why: str):
        super().__init__(errno.EINVAL, why)

    def __str__(self) -> str:
        return str(self.strerror)


@contextlib.contextmanager
def opened(path: Path, mode: str = "rb", within: Path | None = None, typed: bool = False) -> Iterator[IO[bytes]]:
    """A regular file, to be read ("rb") or added to ("ab", made where there is none).

    Raises:
        FileNotFoundError: where there is none to read.
        Unusable: where it is something else, or the system refuses it, now or before the block ends.
        DiskFull: where there is no room for what the block writes.
    """
    with _explained(path):
        _check_folders(path, within, make=mode != "rb")
        if mode == "ab":
            _unshare(path)
        with _open(path, mode, typed) as file:
            yield file


def read(path: Path, largest: int, within: Path | None = None, typed: bool = False) -> bytes:
    """The bytes of a file of at most `largest`. Raises as `opened`."""
    with opened(path, "rb", within, typed) as file:
        size = os.fstat(file.fileno()).st_size
        if size > largest:
            raise Unusable(f"{size:,} bytes, more than {largest:,}")
        return file.read(largest)


def read_text(path: Path, largest: int, within: Path | None = None, typed: bool = False) -> str:
    """The text of a UTF-8 file. Raises as `read`, and Unusable where it holds anything else."""
    try:
        return read(path, largest, within, typed).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(f"no text in UTF-8, byte {error.start:,}") from None


def read_json(path: Path, largest: int = RECORD, within: Path | None = None) -> dict[str, Any]:
    """The object in a json file. Raises as `read`, and Unusable where it holds anything else."""
    text = read_text(path, largest, within)
    if not text.strip():
        raise Unusable("empty")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unusable(f"no json, {error}") from None
    if not isinstance(value, dict):
        raise Unusable("no json of named values")
    return value


def write(path: Path, content: bytes | str, within: Path | None = None, sync: bool = False) -> None:
    """Puts a whole file at `path`, as `replacing` does."""
    with replacing(path, within, sync) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def append(path: Path, content: bytes | str, within: Path | None = None) -> None:
    """Adds to a file, which is made where there is none. Raises as `opened`."""
    with opened(path, "ab", within) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextlib.contextmanager
def replacing(
    path: Path, within: Path | None = None, sync: bool = False, kept: Path | None = None
) -> Iterator[IO[bytes]]:
    """A file to write, which takes the place of `path` when the block ends; where the block raises, nothing does.

    A link at `path` is replaced. Folders between `within` and the file are made where there are none.
    sync: after this it is on the disk, whatever happens. kept: the name that what was at `path` gets.

    Raises:
        Unusable: where something other than a file or a link is there, or the system refuses.
        DiskFull: where there is no room; what was there stays.
    """
    part = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part")
    with _explained(path):
        _check_folders(path, within, make=True)
        there = _facts(path, follow=False)
        if there and not stat.S_ISLNK(there.st_mode):
            _check_kind(there)
        folder = Path(os.path.realpath(path.parent))
        if folder == Path("/dev") or folder.is_relative_to("/proc"):  # /dev/stdout is a link
            raise Unusable("among devices")
        try:
            with _open(part, "xb") as file:
                yield file
                file.flush()
                if sync:
                    os.fsync(file.fileno())
            if kept and there and stat.S_ISREG(there.st_mode):
                _replace(path, kept)
            _replace(part, path)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise
    if sync:
        with contextlib.suppress(OSError):  # some systems cannot open a folder, some file systems not sync one
            descriptor = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[Callable[[], None]]:
    """Holds the lock that the file `path` stands for, which is made where there is none and never written to.

    What it gives drops the lock and removes its file. The system drops the lock of a dead process, so none is left
    behind. A forked child has it, too, until it ends.

    Raises:
        BlockingIOError: where another process holds it.
        Unusable: as `opened`.
    """
    while True:
        with _explained(path):
            file = _open(path, "r+b", create=True)
        with file:
            with _explained(path):
                _lock(file.fileno())
            there = _facts(path, follow=False)
            if there and os.path.samestat(there, os.fstat(file.fileno())):  # nobody has cleared it away meanwhile
                yield functools.partial(_forget, path, file)
                return


def put_aside(path: Path) -> Path:
    """Gives whatever is at `path` another name in its folder, and returns that."""
    name = path.name.replace("tfevents", "events")  # or TensorBoard would go on reading it
    numbers = itertools.chain([""], itertools.count(2))
    free = (path.with_name(f"{name}.damaged{number}") for number in numbers)
    other = next(name for name in free if not os.path.lexists(name))
    with _explained(path):
        os.rename(path, other)
    return other


def clear_parts(folder: Path, within: Path) -> None:
    """Removes from a folder what was being written when a process was killed."""
    if not wrong(folder / ".part", within):
        for part in folder.glob(".*.part"):
            with contextlib.suppress(OSError):
                part.unlink()


def wrong(path: Path, within: Path | None = None) -> str:
    """Why what is at `path` is no file of ours, in a few words; empty where it is one, or nothing is there."""
    try:
        _check_folders(path, within, make=False)
        there = _facts(path, follow=False)
        if there:
            _check_kind(there)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return str(error.strerror)
    return ""


def nowhere(mode: str = "w") -> IO[str]:
    """A file that forgets what is written to it, and holds nothing to read."""
    return open(os.devnull, mode, encoding="utf-8")


def _open(path: Path, mode: str, typed: bool = False, create: bool = False) -> IO[bytes]:
    there = _facts(path, follow=typed)
    if there:
        _check_kind(there)  # before opening: that alone can be a deed, of some devices
    more = SAFE | (0 if typed else NO_LINK) | (os.O_CREAT if create else 0)
    file = open(path, mode, opener=lambda name, flags: os.open(name, flags | more, 0o666))  # noqa: SIM115 - it is given away
    try:
        _check_kind(os.fstat(file.fileno()))
    except OSError:
        file.close()
        raise
    return file


def _replace(path: Path, other: Path) -> None:
    """Gives a file the name of another one, which Windows refuses while somebody has that open, say to read it."""
    for pause in PAUSES:
        try:
            return os.replace(path, other)
        except PermissionError:
            time.sleep(pause)
    os.replace(path, other)


def _facts(path: Path, follow: bool) -> os.stat_result | None:
    try:
        return os.stat(path, follow_symlinks=follow)
    except FileNotFoundError:
        return None


def _check_kind(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise Unusable(KINDS.get(stat.S_IFMT(facts.st_mode), "no regular file"))


def _unshare(path: Path) -> None:
    """Makes what is at `path` a file of its own, if it is the second name of another one, which would change too."""
    there = _facts(path, follow=False)
    if there and stat.S_ISREG(there.st_mode) and there.st_nlink > 1:
        write(path, read(path, SHARED))


def _check_folders(path: Path, within: Path | None, make: bool) -> None:
    """That every folder between `within` and a file is one; with `make`, those that are not there come to be."""
    if within is None:
        return
    if not path.is_relative_to(within):
        raise Unusable(f"leads out of {within}")
    for folder in reversed(path.parents[: len(path.parts) - len(within.parts) - 1]):
        there = _facts(folder, follow=False)
        if there is None and make:
            folder.mkdir(exist_ok=True)
        elif there and not stat.S_ISDIR(there.st_mode):
            raise Unusable(f"{folder.name} is {KINDS.get(stat.S_IFMT(there.st_mode), 'a file')}")


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Whatever the system says about a file, as one of the errors above."""
    if "\0" in str(path):  # a ValueError to Python
        raise Unusable("no name of a file")
    try:
        yield
    except (FileNotFoundError, BlockingIOError, Unusable):
        raise
    except OSError as error:
        if disk_full(error):
            raise DiskFull(f"{FULL}: {path} cannot be written") from error
        raise Unusable(error.strerror or str(error)) from error


def _lock(descriptor: int) -> None:
    import filelock  # when it is needed: each command imports this module

    if not filelock.lock_descriptor(descriptor, blocking=False):
        raise BlockingIOError(errno.EAGAIN, "locked")


def _forget(path: Path, lock: IO[bytes]) -> None:
    """Drops a lock and its file, while it is held where a system can do that; Windows removes what nobody has open."""
    for _ in range(2):
        with contextlib.suppress(OSError):
            path.unlink()
            break
        lock.close()
    lock.close()
