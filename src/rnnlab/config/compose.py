"""Configs: where they are, how Hydra composes them, and that a misspelt name or key is refused without torch."""

import contextlib
import os
import re
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import hydra
from hydra._internal.callbacks import Callbacks
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, Quote, QuotedString, Sweep
from hydra.core.utils import JobStatus, run_job
from hydra.errors import HydraException
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from rnnlab.config import grid
from rnnlab.config.flags import Command, own_configs
from rnnlab.config.flat import Node, every
from rnnlab.config.hints import nearest_choice, nearest_key
from rnnlab.errors import InputError, nearest
from rnnlab.runs.run import first_process

PACKAGED, REPOSITORY = Path(__file__).parents[1] / "conf", Path(__file__).parents[3] / "conf"
CONF = (PACKAGED if os.path.isdir(PACKAGED) else REPOSITORY).resolve()
"""The configs: inside the package when installed from a wheel, at the top of the repository otherwise."""

OF_HYDRA = "of Hydra's own settings only those of the launcher, like hydra.launcher.jobs=2"
REFUSED = {
    "mode": "add -m for a sweep, or leave it out",
    "searchpath": "add a folder of your own with --config-dir",
    "sweeper": "a sweep is values like seed=1,2,3, and a search is like search=random",
}
"""Settings of Hydra's that would do what rnnlab does in another way. Most of the others it would read unchecked."""

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
            raise InputError("is not in the config of a run", "say it in the keys that are", key, _first(one))
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
        _check_of_hydra(one)
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
            _check_choice(one, choices[one.key_or_group])
        names = [f"{one.get_key_element()}={_first(one)}" for one in groups]
        with translating():
            config = hydra.compose("config", _with_dir(names, config_dir), return_hydra_config=True)
    keys = {one.key_or_group: one for one in given}
    if sweeps and not ("experiment" in keys and keys["experiment"].is_sweep_override()):
        brought = [f"{key}={values}" for key, values in (config.sweep.grid or {}).items() if key not in keys]
        if brought:
            return composed([*overrides, *brought], config_dir, sweeps)
    known = every(plain(config, resolve=False))
    others = [one for one in given if one not in groups]
    for one in others:
        _check_key(one, known, choices)
    for one in () if sweeps else given:
        if one.is_sweep_override():
            value = one.get_value_string()
            raise InputError("several values", "one, or add -m for a sweep", one.get_key_element(), value)
    with translating():
        ConfigLoaderImpl._apply_overrides_to_config([one for one in others if not one.is_sweep_override()], config)
    config.hydra.overrides.task = [one.input_line for one in given if not one.is_hydra_override()]
    config.hydra.mode = RunMode.MULTIRUN if sweeps else RunMode.RUN
    return Composed([str(one.input_line) for one in given], config, HydraContext(loader, Callbacks(config)))


def _check_key(one: Override, known: Node, choices: Iterable[str]) -> None:
    """That an override is of a key that the config has, or may be one of a launcher's, and leaves it one."""
    key = one.key_or_group
    if key.startswith("hydra.") and not one.is_delete():
        return
    if key not in known:
        visible = {name for name in (*known, *choices) if not name.startswith("hydra") and name != "tuned"}
        raise InputError("unknown key", nearest_key(key, _first(one), visible), key, _first(one))
    if one.is_delete():
        raise InputError("cannot be left out", f"give it a value, like {key}=null", "argument", one.input_line)
    if isinstance(one.value(), dict | list):
        _check_inside(one.value(), key, known, one.get_value_string())
    for text in _values(one) if isinstance(known[key], dict) and not isinstance(one.value(), dict) else ():
        if text != "null" or key.count(".") != 1:  # one of callbacks or loggers, which null turns off
            allowed = _choice(text) or f"values of its keys, like {key}.KEY=..."
            raise InputError("no value belongs there", allowed, key, text)


def parsed(text: str) -> Override:
    """An override as Hydra reads it. Raises InputError where it cannot be read."""
    try:
        text.encode()
        return OverridesParser.create().parse_override(text)
    except (HydraException, UnicodeEncodeError) as error:  # the latter of bytes that are no UTF-8
        reason = str(error).splitlines()[0].rstrip(". ")
        allowed, (key, equals, value) = "like task=digitsum, or seed=1,2,3 with -m", text.partition("=")
        allowed = _choice(text) or allowed
        if equals and isinstance(error, HydraException):
            typed = f"{key}={QuotedString(value, Quote.double).with_quotes()}"
            allowed += f"; text in quotes, as {shlex.quote(typed)}"
        raise InputError(f"cannot be read, {reason}", allowed, "argument", text) from None


def _choice(word: str) -> str:
    """The choice that a word alone, like `lstm`, is meant to be; nothing where it is none."""
    groups = [path.parent.name for path in CONF.glob(f"*/{word.lower()}.yaml")] if word.isidentifier() else []
    return f"did you mean '{groups[0]}={word.lower()}'?" if groups else ""


def _check_of_hydra(one: Override) -> None:
    key = one.key_or_group
    if not first_process() and key in ("hydra.run.dir", "hydra.job.name", "hydra.output_subdir"):
        return  # with which Lightning starts the other processes of a run
    if re.match("hydra[./@]", key) and not re.match(r"hydra\.launcher\.|hydra/launcher$", key):
        raise InputError("is not for rnnlab", REFUSED.get(re.split("[./@]", key)[1], OF_HYDRA), key, _first(one))


def quoted(text: str) -> str:
    """Any text as the value of an override."""
    return QuotedString(text, Quote.single).with_quotes()


def _check_choice(one: Override, names: set[str]) -> None:
    """That every choice of a group exists; only an experiment can be left out."""
    group = one.key_or_group
    for name in [] if one.is_delete() else _values(one):
        if names and name not in names:
            raise InputError(f"unknown {group}", nearest_choice(group, name, names), group, name)
    if one.is_delete() and group != "experiment":
        raise InputError("cannot be left out", nearest("", names), "argument", one.input_line)
    if one.package is not None and not group.startswith("search/"):
        raise InputError("cannot be put elsewhere", f"{group}=NAME", one.get_key_element(), _first(one))


def _with_dir(overrides: list[str], config_dir: str | None) -> list[str]:
    return (
        [*overrides, f"hydra.searchpath=[{quoted('file://' + os.path.abspath(config_dir))}]"]
        if config_dir
        else overrides
    )


def _values(override: Override) -> Iterator[str]:
    """The values of an override as typed: several for a sweep."""
    if override.is_sweep_override() and override.is_discrete_sweep():
        return map(str, override.sweep_string_iterator())
    if override.is_sweep_override():
        return iter([override.get_value_string()])  # of an interval
    return iter(["null" if override.value() is None else override.get_value_element_as_str()])


def _check_inside(value: Any, key: str, known: Node, text: str, listed: bool = False) -> None:
    """That what stands in the brackets of a value is plain, and every key of a node, not `listed`, one that it has."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if "." in str(name):
                raise InputError("a key with a dot", "brackets in brackets, like {optimizer: {lr: 0.1}}", key, text)
            if f"{key}.{name}" not in known and not listed:
                path = f"{key}.{name}"
                raise InputError("unknown key", nearest_key(path, str(inner), known), path, inner)
            _check_inside(inner, f"{key}.{name}", known, text, listed)
    elif isinstance(value, list):
        for inner in value:
            _check_inside(inner, key, known, text, listed=True)
    elif isinstance(value, Sweep | Glob):
        raise InputError("cannot stand in brackets", "in quotes, like {lr: 'interval(0, 1)'}", key, text)


def _first(override: Override) -> str:
    return next(_values(override))


def _check_package(package: str, config: DictConfig) -> None:
    """That the part of the config which --package names is there; Hydra would say so in its own words."""
    try:
        there = package == "_global_" or OmegaConf.select(config, package) is not None
    except (OmegaConfBaseException, ValueError):
        there = False
    if not there:
        raise InputError("not in the config, or null", "as --cfg job shows it", "--package", package)
