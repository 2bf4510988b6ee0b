"""A run's directory: made so that no two runs ever share one, with a record of what happened in it."""

import contextlib
import json
import os
import platform
import re
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from rnnlab import files
from rnnlab.errors import InputError

NOWHERE = Path(os.devnull)
"""The directory of a run in those of its processes that write nothing."""

PACKAGES = ("rnnlab", "torch", "pytorch-lightning", "hydra-core", "numpy")


def make_directory(parent: Path) -> Path:
    """A new folder `<date>_<time>-<6 hex>` in `parent`, made exclusively; `NOWHERE` in other processes than the first.

    Raises:
        InputError: where the folder cannot be made.
    """
    if not first_process():
        return NOWHERE
    for _ in range(100):
        path = parent / f"{time.strftime('%Y-%m-%d_%H-%M-%S')}-{secrets.token_hex(3)}"
        try:
            parent.mkdir(parents=True, exist_ok=True)
            path.mkdir()
            return path
        except FileExistsError:
            if not os.path.isdir(parent):
                break
        except OSError as error:
            raise InputError(f"cannot be made, {error.strerror}", "a writable folder", "output_dir", parent) from None
    raise InputError("is not a folder", "a writable folder", "output_dir", parent)


@contextlib.contextmanager
def new(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`, locked; where what should be done in it is refused, there is none.

    Raises:
        InputError: where the folder cannot be made.
    """
    missing = [path for path in (parent, *parent.parents) if not os.path.lexists(path)]
    directory = make_directory(parent)
    if directory == NOWHERE:
        yield directory
        return
    try:
        with locked(directory):
            yield directory
    except InputError:
        shutil.rmtree(directory, ignore_errors=True)
        remove_empty(missing)
        raise


def remove_empty(folders: list[Path]) -> None:
    """Removes folders, from the innermost on, unless something is in them."""
    for path in folders:
        with contextlib.suppress(OSError):
            path.rmdir()


def empty(run: Path) -> None:
    """Clears away what a run that failed left in its directory."""
    try:
        for path in run.iterdir():
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            elif path.name != ".lock":
                path.unlink()
    except OSError as error:
        raise InputError(f"cannot be cleared, {error.strerror}", "a writable folder", "output_dir", run) from None


def write_config(run: Path, config: dict[str, Any], overrides: list[str]) -> None:
    """Puts the composed config and the overrides where Hydra's users look for them."""
    if not first_process():
        return
    for name, node in (("config", config), ("overrides", overrides)):
        files.write(run / ".hydra" / f"{name}.yaml", OmegaConf.to_yaml(OmegaConf.create(node)), within=run)


def first_process() -> bool:
    """Whether this is the process of a run that writes; with DDP, Lightning, torchrun or Slurm start others."""
    given = (os.environ[name] for name in ("RANK", "LOCAL_RANK", "SLURM_PROCID") if name in os.environ)
    return next(given, "0") == "0"


def write_record(run: Path, **values: Any) -> None:
    """Updates run.json, whole or not at all."""
    if not first_process():
        return
    files.write(run / "run.json", json.dumps(read_record(run) | values, indent=2) + "\n")


def read_record(run: Path) -> dict[str, Any]:
    """What run.json holds; nothing where there is none or it cannot be read."""
    try:
        return files.read_json(run / "run.json")
    except OSError:
        return {}


def no_run(directory: Path) -> InputError:
    """The refusal of a folder that does not say what to go on with."""
    allowed = "the folder of a run, with a run.json or checkpoints; one that was stopped before that is started anew"
    return InputError("no run there", allowed, "resume", directory)


def note_resumed(run: Path, step: int, changes: dict[str, list[Any]]) -> None:
    """Adds to run.json that a run went on from `step`, by which command, and what was different from then on."""
    earlier = read_record(run).get("resumed")
    earlier = earlier if isinstance(earlier, list) else []
    write_record(run, resumed=[*earlier, {"step": step, "changes": changes, "command": typed()}])


@contextlib.contextmanager
def locked(run: Path, key: str = "resume") -> Iterator[Callable[[], None]]:
    """Claims a run, or a whole sweep, for as long as this lasts, and makes its folder where there is none.

    What it gives drops the claim and its traces.

    Raises:
        InputError: where another process has it.
    """
    if not first_process():
        yield lambda: None
        return
    with contextlib.ExitStack() as held:
        try:
            forget = _claim(run, held)
        except BlockingIOError:
            raise InputError("is running", "wait for it to end, or stop it", key, run) from None
        except OSError as error:
            raise InputError(f"cannot be locked, {error.strerror}", "the folder of a run", key, run) from None
        yield forget


def _claim(run: Path, held: contextlib.ExitStack, tries: int = 10) -> Callable[[], None]:
    run.mkdir(parents=True, exist_ok=True)
    try:
        return held.enter_context(files.locked(run / ".lock"))
    except FileNotFoundError:  # a sweep that was refused has just cleared it away
        if not tries:
            raise
        return _claim(run, held, tries - 1)


def command(words: Iterable[str]) -> str:
    """Words as they are typed into the system's shell. In double quotes, Windows' two shells take them alike."""
    if os.name != "nt":
        return shlex.join(words)
    return " ".join(word if re.fullmatch(r"[\w.:=/\\-]+", word) else f'"{word}"' for word in words)


def typed() -> str:
    """The command of this process as it can be typed again."""
    path = Path(sys.argv[0])
    module = "rnnlab train" if path.parts[-2:] == ("rnnlab", "__main__.py") else "rnnlab.train"
    program = {"rnnlab": "rnnlab train", "rnnlab-train": "rnnlab-train"}.get(path.stem, f"python -m {module}")
    return f"{program} {command(sys.argv[1:])}"


def circumstances() -> dict[str, Any]:
    """Where and with what a run takes place: git commit and dirty flag, versions, machine."""
    commit, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain")
    return {
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "git_commit": commit,
        "git_dirty": None if changes is None else bool(changes),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
    }


def _git(*words: str) -> str | None:
    try:
        here = Path(__file__).parents[1]
        done = subprocess.run(["git", *words], cwd=here, capture_output=True, encoding="utf-8", timeout=10, check=True)
        return done.stdout.strip()
    except (OSError, UnicodeDecodeError, subprocess.SubprocessError):
        return None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
