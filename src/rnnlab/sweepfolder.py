"""A sweep's folder: found by its name, its arguments kept beside its jobs, its jobs named at the end."""

import contextlib
import json
import secrets
import shutil
import time
from pathlib import Path

from hydra._internal.utils import get_args_parser
from omegaconf import OmegaConf

from rnnlab.composing import compose, parsed
from rnnlab.errors import InputError
from rnnlab.jobs import folder
from rnnlab.run import read_record

LOCAL = ("output_dir=", "sweep.")
"""Arguments that say where a sweep is."""


def begin(arguments: list[str]) -> tuple[list[str], Path]:
    """The arguments of a sweep with a name in them, and where it is; or those of the sweep in `sweep.resume=DIR`.

    Raises:
        InputError: where there is no sweep to resume.
    """
    resumed = [text.partition("=")[2] for text in arguments if text.startswith("sweep.resume=")]
    if resumed:
        if len(arguments) > 1 + ("-m" in arguments) + ("--multirun" in arguments):
            raise InputError("cannot be combined", "it brings its own arguments", "sweep.resume", resumed[0])
        arguments = kept(Path(resumed[0]))
        if not arguments:
            raise InputError("no sweep there", "the folder of a sweep", "sweep.resume", resumed[0])
        where = Path(resumed[0]).resolve()
        return _with(arguments, f"output_dir={where.parents[1]}", f"sweep.name={where.name}"), where
    own = [parsed(text) for text in arguments if "=" in text and not text.startswith("-")]
    given = {one.key_or_group: one for one in own}
    chosen = given.get("experiment")
    if chosen and not chosen.is_sweep_override():
        own_configs = get_args_parser().parse_known_args(arguments)[0].config_dir
        grid = OmegaConf.to_container(compose([chosen.input_line], own_configs))["sweep"]["grid"]
        added = {key: f"{key}={values}" for key, values in grid.items() if key not in given}
        arguments, given = _with(arguments, *added.values()), given | {key: parsed(text) for key, text in added.items()}
    varies = [key for key, one in given.items() if one.is_sweep_override()]
    arguments = _with(arguments, f"sweep.varies=[{','.join(varies)}]")
    if not any(text.startswith("sweep.name=") for text in arguments):
        arguments = _with(arguments, f"sweep.name={time.strftime('%Y-%m-%d_%H-%M-%S')}-{secrets.token_hex(3)}")
    return arguments, folder(OmegaConf.to_container(compose([text for text in arguments if text.startswith(LOCAL)])))


def _with(arguments: list[str], *more: str) -> list[str]:
    """The arguments and more, beside those that are there already: flags may come before or after all, not between."""
    are = (place for place, text in enumerate(arguments) if "=" in text and not text.startswith("-"))
    place = next(are, len(arguments))
    return [*arguments[:place], *more, *arguments[place:]]


def keep(where: Path, arguments: list[str]) -> None:
    """Puts the arguments of a sweep beside its jobs, for `sweep.resume`."""
    own = ("output_dir=", "sweep.name=")  # where it is now
    lasting = [text for text in arguments if not text.startswith(own)]
    where.mkdir(parents=True, exist_ok=True)
    (where / "sweep.json").write_text(json.dumps({"arguments": lasting}, indent=2) + "\n")


def kept(where: Path) -> list[str]:
    """The arguments that `keep` has put there; none where it has not."""
    try:
        return [str(text) for text in json.loads((where / "sweep.json").read_text())["arguments"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def end(where: Path) -> tuple[int, int]:
    """Names every job of a sweep with its status; how many there are, and how many are not done.

    A sweep of nothing leaves no folder.
    """
    paths = where.iterdir() if where.is_dir() else ()
    directories = sorted(path for path in paths if path.is_dir() and not path.name.startswith("."))
    if not directories:
        shutil.rmtree(where / ".submitit", ignore_errors=True)
        for name in ("multirun.yaml", "sweep.json", ".stop"):
            (where / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            where.rmdir()
            where.parent.rmdir()
            where.parent.parent.rmdir()
        return 0, 0
    bad = 0
    for directory in directories:
        record = read_record(directory)
        status, reason = record.get("status", "not started"), record.get("reason")
        bad += status != "done"
        print(f"{status:12} {directory.name}" + (f"  {reason}" if reason and status != "done" else ""), flush=True)
    print(f"sweep {where}: {len(directories) - bad} of {len(directories)} jobs done", flush=True)
    return len(directories), bad
