"""A sweep's folder: its name, the lock on it, the record of its overrides, its jobs named at the end."""

import contextlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from rnnlab import files
from rnnlab.config.compose import plain
from rnnlab.config.overrides import parsed, quoted
from rnnlab.config.schema import packages
from rnnlab.errors import OF_FILE, InputError, reason, shown
from rnnlab.runs.interrupt import STOP
from rnnlab.runs.run import command, empty, first_process, locked, read_record, remove_empty
from rnnlab.sweeps import received

NAME = re.compile(OF_FILE + r"\w[\w.,=+ -]{0,99}")
"""A sweep's name, which its folder has on every system."""

COMMON = ("output_dir", "sweep", "launcher", "search", "hydra")
"""Where and how a sweep is run, which no job can have for itself."""

LOCK = ".lock"
PASSING = {LOCK, ".stop", ".submitit"}
"""What is in the folder of a sweep of which nothing has begun."""


def named(overrides: list[str], config: DictConfig) -> list[str]:
    """The overrides of a sweep with its name, and which keys name its jobs.

    config: what all jobs have in common; it gets them too.

    Raises:
        InputError: for a name that no folder can have.
    """
    given = {one.key_or_group: one for one in map(parsed, overrides)}
    varies = [key for key, one in given.items() if one.is_sweep_override()]
    for key in varies:
        if key.startswith(COMMON):
            raise InputError("cannot vary", "one value for all jobs", key, given[key].get_value_string())
    try:
        name = config.sweep.name
    except OmegaConfBaseException as error:
        raise InputError(reason(error), "a name", "sweep.name", given["sweep.name"].get_value_string()) from None
    if name is None:
        name = f"{time.strftime('%Y-%m-%d_%H-%M-%S')}-{secrets.token_hex(3)}"
    elif isinstance(name, bool) or not NAME.fullmatch(str(name)) or len(str(name).encode()) > 200:
        allowed = (
            "1 to 100 letters, digits, blanks or any of . , = + - _, first a letter or digit, no dot or blank last"
        )
        raise InputError("no name of a folder", allowed, "sweep.name", name)
    config.sweep.name, config.sweep.varies = name, varies
    kept = [text for text in overrides if not text.startswith(("sweep.name=", "sweep.varies="))]
    return [*kept, f"sweep.name={quoted(str(name))}", f"sweep.varies=[{','.join(varies)}]"]


@contextlib.contextmanager
def claimed(where: Path, key: str = "sweep.name") -> Iterator[None]:
    """The lock of a sweep's folder, which is made where there is none, for as long as anything of the sweep lives.

    Its jobs on this machine inherit the lock, so a sweep whose own process was killed has it until they have saved.
    What is refused leaves the folder as it was, or none.

    Raises:
        InputError: where another process has it, or that of a job.
    """
    if not first_process():
        raise InputError("one of several processes", "start a sweep once, it starts its jobs", key, where.name)
    missing = [path for path in (where, *where.parents) if not os.path.exists(path)]
    record, had_lock = _record(where), os.path.lexists(where / LOCK)

    with locked(where, key) as forget:

        def tidy() -> None:
            if missing and {path.name for path in where.iterdir()} <= PASSING:
                with contextlib.suppress(InputError):
                    empty(where)
                forget()
                remove_empty(missing)

        with STOP.tidying(tidy):
            try:
                _check_jobs(where, key)
                yield
            except InputError:
                if _record(where) != record:  # it must not become what sweep.resume goes on with
                    _put_back(where / received.RECORD, record)
                if not had_lock and not missing:
                    forget()
                raise


def _record(where: Path) -> bytes | None:
    try:
        return files.read(where / received.RECORD, files.RECORD, within=where)
    except OSError:
        return None


def _put_back(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        files.write(path, content, within=path.parent)


def _check_jobs(where: Path, key: str) -> None:
    """That no job is at work: one of another machine, or of joblib's processes, may be where its sweep has died."""
    for lock in where.glob("*/.lock"):
        try:
            if not os.path.islink(lock.parent):
                with files.locked(lock):
                    pass
        except BlockingIOError:
            raise InputError(f"its job {lock.parent.name} is running", "wait for it to end", key, where) from None
        except OSError:
            pass  # whoever needs it will say what is wrong with it


def keep(where: Path, overrides: list[str], config_dir: str | None) -> None:
    """Puts the overrides of a sweep beside its jobs, for `sweep.resume`, and names what has to be typed again."""
    data, typed = _parts(overrides)
    again = [text.partition("=")[0] for text in typed] + ["--config-dir"] * (config_dir is not None)
    text = json.dumps({"overrides": data, "again": again}, indent=2) + "\n"
    try:
        files.write(where / received.RECORD, text, within=where)
    except files.Unusable as error:
        raise InputError(f"cannot be written, {error}", "a file", received.RECORD, where / received.RECORD) from None


def again(where: Path, overrides: list[str], config_dir: str | None, config: DictConfig) -> str:
    """The command that goes on with a sweep."""
    words = [f"sweep.resume={where}", *_parts(overrides)[1]]
    words += ["--config-dir", config_dir] if config_dir is not None else []
    own = packages(plain(config, resolve=False) | {"hydra": None})
    words += [f"trust=[{','.join(own)}]"] if own else []
    return f"python -m rnnlab.train {command(words)}"


def _parts(overrides: list[str]) -> tuple[list[str], list[str]]:
    """Those of a sweep's overrides that its record may hold, and those that have to be typed again."""
    own = [text for text in overrides if not text.startswith(("output_dir=", "sweep.name=", "sweep.varies="))]
    data = [text for text in own if not received.objection(text)]
    return data, [text for text in own if text not in data]


def end(where: Path, missing: int) -> int:
    """Names every job of a sweep with its status; how many are not done. missing: those that have no folder yet."""
    marks = (where.glob(f"[!.]*/{name}") for name in ("run.json", ".lock"))
    directories = sorted({path.parent for found in marks for path in found if not os.path.islink(path.parent)})
    done = 0
    for directory in directories:
        record = read_record(directory)
        status, reason = str(record.get("status", "not started")), record.get("reason")
        done += status == "done"
        said = f"{status:12} {directory.name}" + (f"  {reason}" if reason and status != "done" else "")
        print(shown(" ".join(said.split("\n")), 1000), flush=True)
    if missing:
        print(f"{'not started':12} {missing} more", flush=True)
    count = len(directories) + missing
    print(f"sweep {where}: {done} of {count} jobs done", flush=True)
    return count - done
