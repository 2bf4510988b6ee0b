"""A run's directory: made so that no two runs ever share one, with a record of what happened in it."""

import json
import os
import platform
import secrets
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from rnnlab.errors import InputError

PACKAGES = ("rnnlab", "torch", "pytorch-lightning", "hydra-core", "numpy")


def make_directory(parent: Path) -> Path:
    """A new folder `<date>_<time>-<6 hex>` in `parent`, made exclusively.

    Raises:
        InputError: where the folder cannot be made.
    """
    for _ in range(100):
        path = parent / f"{time.strftime('%Y-%m-%d_%H-%M-%S')}-{secrets.token_hex(3)}"
        try:
            parent.mkdir(parents=True, exist_ok=True)
            path.mkdir()
            return path
        except FileExistsError:
            if not parent.is_dir():
                break
        except OSError as error:
            raise InputError(f"cannot be made, {error.strerror}", "a writable folder", "output_dir", parent) from None
    raise InputError("is not a folder", "a writable folder", "output_dir", parent)


def write_config(run: Path, config: DictConfig, overrides: list[str]) -> None:
    """Puts the composed config and the overrides where Hydra's users look for them."""
    folder = run / ".hydra"
    folder.mkdir(exist_ok=True)
    OmegaConf.save(config, folder / "config.yaml")
    OmegaConf.save(OmegaConf.create(overrides), folder / "overrides.yaml")


def write_record(run: Path, **values: Any) -> None:
    """Updates run.json, whole or not at all."""
    path, part = run / "run.json", run / f".run.json.{os.getpid()}.part"
    record = json.loads(path.read_text()) if path.exists() else {}
    part.write_text(json.dumps(record | values, indent=2) + "\n")
    os.replace(part, path)


def circumstances() -> dict[str, Any]:
    """Where and with what a run takes place: git commit and dirty flag, versions, machine, command."""
    commit, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain")
    return {
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "git_commit": commit,
        "git_dirty": None if changes is None else bool(changes),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "command": " ".join(["python -m rnnlab.train", *sys.argv[1:]]),
    }


def _git(*words: str) -> str | None:
    try:
        return subprocess.run(
            ["git", *words], cwd=Path(__file__).parent, capture_output=True, text=True, timeout=10, check=True
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
