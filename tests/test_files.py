"""One module opens files: regular ones only, through no link, without waiting, whole or not at all."""

import errno
import io
import os
import stat
from pathlib import Path

import pytest

from rnnlab import files
from rnnlab.errors import DiskFull


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "victim"
    path.parent.mkdir()
    path.write_text("precious")
    return path


def strange(path: Path, victim: Path) -> dict[str, object]:
    """Name -> how to put it at `path`."""
    return {
        "a link": lambda: path.symlink_to(victim),
        "a link to nothing": lambda: path.symlink_to(victim.with_name("new")),
        "a link to itself": lambda: path.symlink_to(path),
        "a link to a pipe": lambda: (os.mkfifo(victim.with_name("pipe")), path.symlink_to(victim.with_name("pipe"))),
        "a second name": lambda: os.link(victim, path),
        "a pipe": lambda: os.mkfifo(path),
        "a device": lambda: os.symlink("/dev/zero", path),
        "a folder": lambda: path.mkdir(),
        "a folder with something in it": lambda: (path / "inside").mkdir(parents=True),
    }


NAMES = list(strange(Path(), Path()))
USES = {
    "read": lambda path: files.read(path, 100),
    "append": lambda path: files.append(path, "more"),
    "write": lambda path: files.write(path, "new"),
    "lock": lambda path: files.locked(path).__enter__() and None,
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_file_is_refused_or_replaced_and_what_it_leads_to_stays(name, use, tmp_path, victim):
    (tmp_path / "run").mkdir()
    path = tmp_path / "run" / "file"
    strange(path, victim)[name]()
    before = victim.stat()
    if name == "a second name" and use != "write":
        assert USES[use](path) in (b"precious", None)
        assert path.read_text() == ("preciousmore" if use == "append" else "precious")
    elif use == "write" and not {"pipe", "folder"} & set(name.split()[1:2]):
        USES[use](path)
        assert path.read_text() == "new" and not path.is_symlink()
    else:
        with pytest.raises(files.Unusable):
            USES[use](path)
        assert os.path.lexists(path)
    after = victim.stat()
    assert victim.read_text() == "precious"
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)
    assert {one.name for one in victim.parent.iterdir()} <= {"victim", "pipe"}
    assert [one.name for one in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize("use", ["read", "append", "write"])
def test_no_folder_within_a_run_may_be_a_link(use, tmp_path, victim):
    run = tmp_path / "run"
    run.mkdir()
    (run / "checkpoints").symlink_to(victim.parent)
    act = {"read": lambda *a, **k: files.read(*a, 100, **k), "append": files.append, "write": files.write}[use]
    with pytest.raises(files.Unusable, match="checkpoints is a link"):
        act(run / "checkpoints" / "victim", *([] if use == "read" else ["new"]), within=run)
    with pytest.raises(files.Unusable, match="leads out of"):
        act(victim, *([] if use == "read" else ["new"]), within=run)
    assert victim.read_text() == "precious"
    alias = tmp_path / "alias"
    alias.symlink_to(run)  # the run itself may be reached by one
    files.write(alias / "other" / "file", "new", within=alias)
    assert (run / "other" / "file").read_text() == "new"


def test_what_a_person_typed_may_be_a_link_to_a_file_but_to_nothing_else(tmp_path, victim):
    (tmp_path / "link").symlink_to(victim)
    assert files.read(tmp_path / "link", 100, typed=True) == b"precious"
    for path in ("/dev/zero", "/dev/stdin", str(tmp_path), f"{victim}\0"):
        with pytest.raises(files.Unusable):
            files.read(Path(path), 100, typed=True)


def test_what_is_larger_than_it_may_be_is_not_read(tmp_path):
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(files.Unusable, match="1,099,511,627,776 bytes, more than 1,048,576"):
        files.read_json(tmp_path / "huge")


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"[" * 100_000, b'{"a":' * 100_000, b"[1]", b"\xff\xfe{", b"{", b'{"a":' + b"9" * 5000]
)
def test_what_is_no_json_of_names_is_refused(content, tmp_path):
    (tmp_path / "json").write_bytes(content)
    with pytest.raises(files.Unusable):
        files.read_json(tmp_path / "json")


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_new_files_obey_the_umask(umask, tmp_path):
    before = os.umask(umask)
    try:
        files.write(tmp_path / "written", "x")
        files.append(tmp_path / "added", "x")
        with files.locked(tmp_path / "lock"):
            pass
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o666 & ~umask}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EDQUOT])
def test_a_full_disk_is_called_one_and_leaves_what_was_there(number, tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_text("old")

    class Full(io.FileIO):
        def write(self, content: bytes) -> int:
            super().write(content[:1])
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files, "open", lambda name, mode, opener: Full(name, mode, opener=opener), raising=False)
    with pytest.raises(DiskFull, match="the disk is full"):
        files.write(path, "new")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
    with pytest.raises(DiskFull, match="the disk is full"):
        files.append(path, "new")


def test_a_lock_is_held_by_one_process_and_its_file_is_not_touched(tmp_path):
    path = tmp_path / "lock"
    path.write_text("whatever")
    with files.locked(path), pytest.raises(BlockingIOError), files.locked(path):
        pass
    with files.locked(path):
        assert path.read_text() == "whatever"


def test_whatever_is_in_the_way_is_put_aside_under_a_free_name(tmp_path, victim):
    (tmp_path / "run").mkdir()
    path = tmp_path / "run" / "metrics.csv"
    for place in (lambda: path.write_text("x"), lambda: path.symlink_to(victim), path.mkdir):
        place()
        files.put_aside(path)
    kept = sorted(path.parent.iterdir())
    assert [one.name for one in kept] == ["metrics.csv.damaged", "metrics.csv.damaged2", "metrics.csv.damaged3"]
    assert kept[0].read_text() == "x" and kept[1].is_symlink() and kept[2].is_dir()


def test_it_works_where_a_system_has_neither_flags_nor_locks(tmp_path, victim, monkeypatch):
    for name in ("SAFE", "NO_LINK"):
        monkeypatch.setattr(files, name, 0)
    monkeypatch.setitem(__import__("sys").modules, "fcntl", None)
    path = tmp_path / "file"
    files.write(path, "a", sync=True)
    files.append(path, "b")
    assert files.read(path, 10) == b"ab"
    with files.locked(tmp_path / "lock"):
        pass
    for name in ("a link", "a pipe"):
        strange(tmp_path / name, victim)[name]()
        with pytest.raises(files.Unusable, match=name):
            files.read(tmp_path / name, 10)


def test_what_becomes_a_link_or_a_pipe_after_the_first_look_is_refused_all_the_same(tmp_path, victim, monkeypatch):
    monkeypatch.setattr(files, "_facts", lambda *_, **__: None)  # as where there was nothing a moment before
    for name in ("a link", "a link to nothing", "a pipe", "a folder"):
        strange(tmp_path / name, victim)[name]()
        for use in ("read", "append", "lock"):
            with pytest.raises(files.Unusable):
                USES[use](tmp_path / name)
    assert victim.read_text() == "precious" and [path.name for path in victim.parent.iterdir()] == ["victim"]


def test_what_somebody_reads_is_replaced_as_soon_as_that_is_allowed(tmp_path, monkeypatch):
    """As on Windows, where a file that is open cannot be replaced."""
    path, replace, refused = tmp_path / "run.json", os.replace, [3]

    def busy(*names):
        refused[0] -= 1
        if refused[0] >= 0:
            raise PermissionError(errno.EACCES, "in use")
        replace(*names)

    monkeypatch.setattr(os, "replace", busy)
    monkeypatch.setattr(files, "PAUSES", (0, 0, 0))
    files.write(path, "whole")
    assert path.read_text() == "whole"
    refused[0] = 4
    with pytest.raises(files.Unusable, match="in use"):
        files.write(path, "new")
    assert path.read_text() == "whole" and [one.name for one in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize("windows", [False, True])
def test_a_lock_can_be_dropped_with_its_file(windows, tmp_path, monkeypatch):
    path, unlink = tmp_path / "lock", Path.unlink

    def careful(self):
        if windows and not forget.args[1].closed:
            raise PermissionError(errno.EACCES, "in use")
        unlink(self)

    monkeypatch.setattr(Path, "unlink", careful)
    with files.locked(path) as forget:
        forget()
        assert forget.args[1].closed and not path.exists()
        with files.locked(path):  # which another process may do now
            pass
    assert path.exists()
