"""Configs: where they are, how Hydra composes them, and that a misspelt name or key is refused without torch."""

import contextlib
import os
import re
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import hydra
from hydra._internal.callbacks import Callbacks
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, Quote, QuotedString, Sweep
from hydra.errors import HydraException
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from rnnlab.config import grid
from rnnlab.config.flags import Command, own_configs
from rnnlab.config.flat import Node
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


def run_hydra(job: Callable[[DictConfig], Any], command: Command) -> None:
    """Hydra's command line around `job`, or showing something, after what can be refused at once has been.

    Raises:
        InputError: as check_overrides, and for a sweep.
    """
    if not {"--hydra-help", "--shell-completion"} & set(command.shows):
        check_overrides(command.overrides, command.config_dir)
        _check_single(command.overrides)
    if command.package is not None:
        _check_package(command)
    failures: list[Exception] = []

    def contained(config: DictConfig) -> Any:
        try:
            return job(config)
        except Exception as error:  # Hydra would print its own lines about it
            failures.append(error)

    own = [] if command.config_dir is None else [f"--config-dir={command.config_dir}"]
    sys.argv[1:] = [*command.shows, *own, *command.overrides]
    try:
        hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")(contained)()
    except (HydraException, OmegaConfBaseException) as error:
        raise translated(error) from error
    finally:
        GlobalHydra.instance().clear()
    if failures:
        raise failures[0]


def compose(overrides: list[str], config_dir: str | None = None) -> DictConfig:
    """The config of `overrides`, as the job would get it."""
    config_dir = own_configs(config_dir)
    check_overrides(overrides, config_dir)
    _check_single(overrides)
    try:
        with hydra.initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
            return hydra.compose("config", _with_dir(overrides, config_dir))
    except (HydraException, OmegaConfBaseException) as error:
        raise translated(error) from error


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
        InputError: as check_overrides, and for a sweep.
    """
    keys = [parsed(text).key_or_group for text in overrides]
    names = [f"{group}={name}" for group, name in choices.items() if group not in keys]
    config = plain(compose([*names, *overrides], config_dir))
    values: dict[str, Any] = {}
    for key in keys:
        if key == "task":  # brings its data along
            values |= {name: config[name] for name in ("task", "data")}
        else:
            node: Any = config
            for part in key.split("."):
                node = node[part]
            values[key] = node
    return values


@contextlib.contextmanager
def sweeping(overrides: list[str], config_dir: str | None) -> Iterator[tuple[HydraContext, DictConfig]]:
    """Hydra as a sweep's jobs need it: what makes their configs, and the config of all that does not vary.

    Raises:
        InputError: for whatever Hydra or OmegaConf refuse in the meantime.
    """
    try:
        with hydra.initialize_config_dir(version_base="1.3", config_dir=str(CONF), job_name="train"):
            app = GlobalHydra.instance().hydra
            assert app is not None  # as it has just been initialised
            config = app.compose_config("config", _with_dir(overrides, config_dir), RunMode.MULTIRUN)
            config.hydra.mode = RunMode.MULTIRUN
            yield HydraContext(config_loader=app.config_loader, callbacks=Callbacks(config)), config
    except (HydraException, OmegaConfBaseException) as error:
        raise translated(error) from error


def check_overrides(overrides: list[str], config_dir: str | None = None, sweeps: bool = False) -> list[str]:
    """Refuses an override that cannot be read, or whose name or key nothing knows, also with `+`.

    The overrides, with patterns spelt out, since `model=glob(l*)` is a choice of names; if it `sweeps`, also those that
    the chosen experiment brings.

    Raises:
        InputError: naming the nearest right one.
    """
    given = [parsed(text) for text in overrides]
    for one in given:
        _check_of_hydra(one)
    twice = [key for key, count in Counter(str(one.input_line).split("=")[0] for one in given).items() if count > 1]
    if twice:
        raise InputError("given twice", "once each, a sweep like model=rnn,lstm with -m", "argument", twice[0])
    with hydra.initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
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
        try:
            names = [f"{one.get_key_element()}={_first(one)}" for one in groups]
            base = hydra.compose("config", _with_dir(names, config_dir), return_hydra_config=True)
        except (HydraException, OmegaConfBaseException) as error:
            raise translated(error) from None
    if sweeps and not any(one.key_or_group == "experiment" and one.is_sweep_override() for one in given):
        keys = {one.key_or_group for one in given}
        brought = [f"{key}={values}" for key, values in (base.sweep.grid or {}).items() if key not in keys]
        if brought:
            return check_overrides([*overrides, *brought], config_dir)
    known = _keys(base)
    for one in given:
        key = one.key_or_group
        if one in groups or (key.startswith("hydra.") and not one.is_delete()):
            continue
        if key not in known:
            visible = {name for name in (*known, *choices) if not name.startswith("hydra") and name != "tuned"}
            raise InputError("unknown key", nearest_key(key, _first(one), visible), key, _first(one))
        if one.is_delete():
            raise InputError("cannot be left out", f"give it a value, like {key}=null", "argument", one.input_line)
        if isinstance(one.value(), dict | list):
            _check_inside(one.value(), key, known, one.get_value_string())
        for text in _values(one) if _is_node(base, key) and not isinstance(one.value(), dict) else ():
            if text != "null" or key.count(".") != 1:  # one of callbacks or loggers, which null turns off
                allowed = _choice(text) or f"values of its keys, like {key}.KEY=..."
                raise InputError("no value belongs there", allowed, key, text)
    return [str(one.input_line) for one in given]


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


def _check_inside(value: Any, key: str, known: set[str], text: str, listed: bool = False) -> None:
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


def _keys(node: DictConfig, prefix: str = "") -> set[str]:
    """Every dotted key of a config."""
    keys = set()
    for name, value in node.items_ex(resolve=False):
        key = prefix + str(name)
        keys.add(key)
        known = isinstance(value, DictConfig) and not (value._is_missing() or value._is_interpolation())
        if known and not value._is_none():
            keys |= _keys(value, f"{key}.")
    return keys


def _is_node(config: DictConfig, key: str) -> bool:
    """Whether a known key has keys of its own (or none yet, as sweep.grid)."""
    return isinstance(OmegaConf.select(config, key, throw_on_resolution_failure=False), DictConfig)


def _check_single(overrides: list[str]) -> None:
    """Refuses several values where there is one run."""
    for one in map(parsed, overrides):
        if one.is_sweep_override():
            value = one.get_value_string()
            raise InputError("several values", "one, or add -m for a sweep", one.get_key_element(), value)


def _check_package(command: Command) -> None:
    """That the part of the config which --package names is there; Hydra would say so in its own words."""
    with hydra.initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
        config = hydra.compose("config", _with_dir(command.overrides, command.config_dir), return_hydra_config=True)
    package = command.package
    try:
        there = package == "_global_" or OmegaConf.select(config, str(package)) is not None
    except (OmegaConfBaseException, ValueError):
        there = False
    if not there:
        raise InputError("not in the config, or null", "as --cfg job shows it", "--package", package)
