"""Configs: where they are, how Hydra composes them, and that a misspelt name or key is refused without torch."""

import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import hydra
from hydra._internal.utils import get_args_parser
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from rnnlab.errors import InputError, nearest

PACKAGED, REPOSITORY = Path(__file__).parent / "conf", Path(__file__).parents[2] / "conf"
CONF = (PACKAGED if PACKAGED.is_dir() else REPOSITORY).resolve()
"""The configs: inside the package when installed from a wheel, at the top of the repository otherwise."""

EXTRAS = {
    "hydra/launcher/joblib": ("launcher=joblib", "sweep"),
    "hydra/launcher/submitit_slurm": ("launcher=slurm", "slurm"),
    "hydra/launcher/ray": ("launcher=ray", "ray"),
}
"""Configs of other packages -> the choice that needs one, and the extra that installs it."""


def translated(error: Exception) -> InputError:
    """Hydra's or OmegaConf's complaint as one of ours."""
    options = getattr(error, "options", None)
    if options and getattr(error, "missing_cfg_file", None):
        extra = EXTRAS.get(str(error.missing_cfg_file))
        if extra:
            return InputError("not installed", f"pip install 'rnnlab[{extra[1]}]'", *extra[0].split("="))
        group, _, name = str(error.missing_cfg_file).rpartition("/")
        return InputError(f"unknown {group or 'config'}", nearest(name, options), group or "config", name)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    cause = str(error.__cause__).splitlines()[0] if error.__cause__ else ""
    return InputError(lines[0].rstrip(".") if lines else type(error).__name__, cause or "see --help")


def run_hydra(job: Callable[[DictConfig], Any], arguments: list[str], ready: Callable[[], None] = lambda: None) -> None:
    """Hydra's command line around `job`, after what can be refused at once has been, and `ready` called."""
    parser = get_args_parser()
    parser.error = _refuse_flag
    options = parser.parse_args(arguments)
    if not (options.hydra_help or options.shell_completion or options.info):
        check_overrides(options.overrides, options.config_dir)
    ready()
    failures: list[Exception] = []

    def contained(config: DictConfig) -> Any:
        try:
            return job(config)
        except Exception as error:  # one failure must not end a sweep, and Hydra would print its own lines about it
            failures.append(error)
            return float("nan")

    sys.argv[1:] = arguments
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
    check_overrides(overrides, config_dir)
    try:
        with hydra.initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
            return hydra.compose("config", _with_dir(overrides, config_dir))
    except (HydraException, OmegaConfBaseException) as error:
        raise translated(error) from error


def values_of(overrides: list[str], choices: dict[str, str]) -> dict[str, Any]:
    """What `overrides` set, dotted key -> value, given what the groups in `choices` were chosen to be.

    Raises:
        InputError: as check_overrides, and for a sweep.
    """
    keys = [parsed(text).key_or_group for text in overrides]
    names = [f"{group}={name}" for group, name in choices.items() if group not in keys]
    config = OmegaConf.to_container(compose([*names, *overrides]), resolve=True)
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


def check_overrides(overrides: list[str], config_dir: str | None = None) -> None:
    """Refuses an override that cannot be read, or whose name or key nothing knows, also with `+`.

    Raises:
        InputError: naming the nearest right one.
    """
    if config_dir and not Path(config_dir).is_dir():
        raise InputError("not a folder", "a folder of configs", "--config-dir", config_dir)
    given = [parsed(text) for text in overrides]
    twice = [key for key, count in Counter(one.input_line.split("=")[0] for one in given).items() if count > 1]
    if twice:
        raise InputError("given twice", "once each, a sweep like model=rnn,lstm with -m", "argument", twice[0])
    with hydra.initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
        loader = GlobalHydra.instance().config_loader()
        choices = {group: set(loader.get_group_options(group)) for group in loader.list_groups("")}
        choices |= {f"hydra/{name}": set() for name in loader.list_groups("hydra")}
        for path in Path(config_dir).glob("*/*.yaml") if config_dir else ():
            choices.setdefault(path.parent.name, set()).add(path.stem)
        groups = [
            one for one in given if one.key_or_group.split("@")[0] in choices and not isinstance(one.value(), dict)
        ]
        for one in groups:
            _check_choice(one, choices[one.key_or_group.split("@")[0]])
        try:
            names = [f"{one.get_key_element()}={_values(one)[0]}" for one in groups]
            base = hydra.compose("config", _with_dir(names, config_dir), return_hydra_config=True)
        except (HydraException, OmegaConfBaseException) as error:
            raise translated(error) from None
    known = _keys(base)
    for one in given:
        key = one.key_or_group
        if one in groups or (key.startswith("hydra.") and not one.is_delete()):
            continue
        if key not in known:
            visible = {name for name in (*known, *choices) if not name.startswith("hydra") and name != "tuned"}
            raise InputError("unknown key", _nearest_key(key, visible), key, _values(one)[0])
        if one.is_delete():
            raise InputError("cannot be left out", f"give it a value, like {key}=null", "argument", one.input_line)
        for text in _values(one) if _is_node(base, key) and not isinstance(one.value(), dict) else ():
            if text != "null" or key.count(".") != 1:  # one of callbacks or loggers, which null turns off
                raise InputError("no value belongs there", f"values of its keys, like {key}.KEY=...", key, text)


def parsed(text: str) -> Override:
    """An override as Hydra reads it. Raises InputError where it cannot be read."""
    try:
        return OverridesParser.create().parse_override(text)
    except HydraException as error:
        reason = str(error).splitlines()[0].rstrip(". ")
        raise InputError(
            f"cannot be read, {reason}", "like task=digitsum, or seed=1,2,3 with -m", "argument", text
        ) from None


def _check_choice(one: Override, names: set[str]) -> None:
    """That every choice of a group exists; only an experiment can be left out."""
    group = one.key_or_group.split("@")[0]
    for name in [] if one.is_delete() else _values(one):
        if names and name not in names:
            raise InputError(f"unknown {group}", nearest(name, names), group, name)
    if "@" in one.key_or_group and not group.startswith("search/"):
        raise InputError("cannot be put elsewhere", f"{group}=NAME", one.key_or_group, _values(one)[0])
    if one.is_delete() and group != "experiment":
        raise InputError("cannot be left out", nearest("", names), "argument", one.input_line)


def _with_dir(overrides: list[str], config_dir: str | None) -> list[str]:
    return [*overrides, f"hydra.searchpath=[file://{os.path.abspath(config_dir)}]"] if config_dir else overrides


def _values(override: Override) -> list[str]:
    """The values of an override as typed: several for a sweep."""
    if override.is_sweep_override() and override.is_discrete_sweep():
        return [str(value) for value in override.sweep_string_iterator()]
    if override.is_sweep_override():
        return [override.input_line.partition("=")[2]]  # of an interval
    return ["null" if override.value() is None else override.get_value_element_as_str()]


def _keys(node: DictConfig, prefix: str = "") -> set[str]:
    """Every dotted key of a config."""
    keys = set()
    for name in node:
        keys.add(f"{prefix}{name}")
        if not OmegaConf.is_missing(node, name) and not OmegaConf.is_interpolation(node, name):
            value = node._get_node(name)
            if isinstance(value, DictConfig) and not value._is_none():
                keys |= _keys(value, f"{prefix}{name}.")
    return keys


def _is_node(config: DictConfig, key: str) -> bool:
    """Whether a known key has keys of its own (or none yet, as sweep.grid)."""
    return isinstance(OmegaConf.select(config, key, throw_on_resolution_failure=False), DictConfig)


def _nearest_key(key: str, known: set[str]) -> str:
    """The nearest key of all, or the keys of the node that was meant."""
    node, _, leaf = key.rpartition(".")
    same_leaf = [name for name in known if name.rpartition(".")[2] == leaf]
    if same_leaf:
        return f"did you mean '{min(same_leaf)}'? (see --cfg job)"
    siblings = [name for name in known if name.rpartition(".")[0] == node]
    return nearest(key, siblings or [name for name in known if "." not in name])


def _refuse_flag(message: str) -> NoReturn:
    raise InputError(f"cannot be read, {message}", "see --help")
