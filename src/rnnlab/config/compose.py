"""How Hydra composes a config, once for a run and once for each job of a sweep; nothing here imports torch."""

import contextlib
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import hydra
from hydra._internal.callbacks import Callbacks
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.global_hydra import GlobalHydra
from hydra.core.utils import JobStatus, run_job
from hydra.errors import HydraException
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from rnnlab.config import grid
from rnnlab.config.flags import CONF, Command, own_configs
from rnnlab.config.flat import Node, every
from rnnlab.config.overrides import check_choice, check_key, check_of_hydra, first, parsed, quoted
from rnnlab.errors import InputError, nearest

EXTRAS = {
    "hydra/launcher/joblib": ("launcher=joblib", "sweep"),
    "hydra/launcher/submitit_slurm": ("launcher=slurm", "slurm"),
    "hydra/launcher/ray": ("launcher=ray", "ray"),
}
"""Configs of other packages -> the choice that needs one, and the extra that installs it."""


def translated(error: Exception) -> InputError:
    """Hydra's or OmegaConf's complaint as one of ours."""
    options, missing = getattr(error, "options", None), getattr(error, "missing_cfg_file", None)
    if options and missing:
        extra = EXTRAS.get(str(missing))
        if extra:
            return InputError("not installed", f"pip install 'rnnlab[{extra[1]}]'", *extra[0].split("="))
        group, _, name = str(missing).rpartition("/")
        return InputError(f"unknown {group or 'config'}", nearest(name, options), group or "config", name)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    cause = str(error.__cause__).splitlines()[0] if error.__cause__ else ""
    return InputError(lines[0].rstrip(".") if lines else type(error).__name__, cause or "see --help")


@contextlib.contextmanager
def translating() -> Iterator[None]:
    """Whatever Hydra or OmegaConf refuse in the meantime is refused as rnnlab does it."""
    try:
        yield
    except (HydraException, OmegaConfBaseException) as error:
        raise translated(error) from error


class Composed(NamedTuple):
    """What overrides make: the config of all that does not vary, with Hydra's own node in it.

    overrides: as given, with patterns spelt out, since `model=glob(l*)` is a choice of names; of a sweep also those
    that the chosen experiment brings. context: what makes the configs of a sweep's jobs.
    """

    overrides: list[str]
    config: DictConfig
    context: HydraContext


def run(job: Callable[[DictConfig], Any], command: Command) -> None:
    """Composes the config of a command line for `job`, or shows what the command line asks for.

    Raises:
        InputError: as `composed`, and whatever `job` raises.
    """
    if command.shows:
        _show(command)
        return
    made = composed(command.overrides, command.config_dir)
    done = run_job(job, made.config, "hydra.run.dir", None, made.context)
    if done.status is JobStatus.FAILED:
        raise done._return_value  # as it is; Hydra would print its own lines about it


def _show(command: Command) -> None:
    """What Hydra's flags show, after what can be refused at once has been."""
    if command.shows not in ("hydra_help", "shell_completion"):
        made = composed(command.overrides, command.config_dir)
        if command.package is not None:
            _check_package(command.package, made.config)
    own = [] if command.config_dir is None else [f"--config-dir={command.config_dir}"]
    sys.argv[1:] = [*command.words, *own, *command.overrides]
    try:
        with translating():
            hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")(lambda config: None)()
    finally:
        GlobalHydra.instance().clear()


def compose(overrides: list[str], config_dir: str | None = None) -> DictConfig:
    """The config of `overrides`, as the job would get it."""
    config = composed(overrides, own_configs(config_dir)).config
    with open_dict(config):
        del config["hydra"]
    return config


def plain(config: DictConfig, resolve: bool = True, throw_on_missing: bool = False) -> Node:
    """A config as nested dicts of plain values, by name; the arguments are those of `OmegaConf.to_container`."""
    return cast(Node, OmegaConf.to_container(config, resolve=resolve, throw_on_missing=throw_on_missing))


def overrides_of_job() -> list[str]:
    """The overrides of the job that Hydra is at, as they were typed: interpolations in them are text here."""
    from hydra.core.hydra_config import HydraConfig

    return cast(list[str], OmegaConf.to_container(HydraConfig.get().overrides.task, resolve=False))


def values_of(overrides: list[str], choices: dict[str, str], config_dir: str | None = None) -> dict[str, Any]:
    """What `overrides` set, dotted key -> value, given what the groups in `choices` were chosen to be.

    Raises:
        InputError: as `composed`, and for what is no part of a run's own config, like an experiment.
    """
    given = {one.key_or_group: one for one in map(parsed, overrides)}
    names = [f"{group}={name}" for group, name in choices.items() if group not in given]
    known = every(plain(compose([*names, *overrides], config_dir)))
    for key, one in given.items():
        if key not in known:
            raise InputError("is not in the config of a run", "say it in the keys that are", key, first(one))
    also = ["data"] if "task" in given else []  # which a task brings along
    return {key: known[key] for key in (*given, *also)}


def composed(overrides: list[str], config_dir: str | None = None, sweeps: bool = False) -> Composed:
    """Composes the config of a run, or with `sweeps` what the jobs of a sweep have in common, once.

    First come the groups that are chosen, of which a sweep has the first choice; what then is there is known, and given
    its values. So nothing new comes in, also with `+`.

    Raises:
        InputError: for an override that cannot be read, or whose name or key nothing knows, naming the nearest right
        one; for several values without `sweeps`.
    """
    given = [parsed(text) for text in overrides]
    for one in given:
        check_of_hydra(one)
    twice = [key for key, count in Counter(str(one.input_line).split("=")[0] for one in given).items() if count > 1]
    if twice:
        raise InputError("given twice", "once each, a sweep like model=rnn,lstm with -m", "argument", twice[0])
    with hydra.initialize_config_dir(version_base="1.3", config_dir=str(CONF), job_name="train"):
        loader = GlobalHydra.instance().config_loader()
        choices = {group: set(loader.get_group_options(group)) for group in loader.list_groups("")}
        choices |= {f"hydra/{name}": set() for name in loader.list_groups("hydra")}
        for path in Path(config_dir).glob("*/*.yaml") if config_dir else ():
            choices.setdefault(path.parent.name, set()).add(path.stem)
        given = [parsed(grid.spelled_out(one, choices.get(one.key_or_group, ()))) for one in given]
        for one in given:
            grid.how_many(one)
        groups = [one for one in given if one.key_or_group in choices and not isinstance(one.value(), dict)]
        for one in groups:
            check_choice(one, choices[one.key_or_group])
        names = [f"{one.get_key_element()}={first(one)}" for one in groups]
        if config_dir:
            names.append(f"hydra.searchpath=[{quoted('file://' + os.path.abspath(config_dir))}]")
        with translating():
            config = hydra.compose("config", names, return_hydra_config=True)
    keys = {one.key_or_group: one for one in given}
    if sweeps and not ("experiment" in keys and keys["experiment"].is_sweep_override()):
        brought = [f"{key}={values}" for key, values in (config.sweep.grid or {}).items() if key not in keys]
        if brought:
            return composed([*overrides, *brought], config_dir, sweeps)
    known = every(plain(config, resolve=False))
    others = [one for one in given if one not in groups]
    for one in others:
        check_key(one, known, choices)
    for one in () if sweeps else given:
        if one.is_sweep_override():
            value = one.get_value_string()
            raise InputError("several values", "one, or add -m for a sweep", one.get_key_element(), value)
    with translating():
        ConfigLoaderImpl._apply_overrides_to_config([one for one in others if not one.is_sweep_override()], config)
    config.hydra.overrides.task = [one.input_line for one in given if not one.is_hydra_override()]
    config.hydra.mode = RunMode.MULTIRUN if sweeps else RunMode.RUN
    return Composed([str(one.input_line) for one in given], config, HydraContext(loader, Callbacks(config)))


def _check_package(package: str, config: DictConfig) -> None:
    """That the part of the config which --package names is there; Hydra would say so in its own words."""
    try:
        there = package == "_global_" or OmegaConf.select(config, package) is not None
    except (OmegaConfBaseException, ValueError):
        there = False
    if not there:
        raise InputError("not in the config, or null", "as --cfg job shows it", "--package", package)
