"""The flags of the command line: Hydra's, in any order and spelt out, but for those that would run another program."""

import argparse
import os
import re
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, NoReturn

from hydra._internal.utils import get_args_parser

from rnnlab.config.hints import nearest_flag
from rnnlab.errors import InputError

PACKAGED, REPOSITORY = Path(__file__).parents[1] / "conf", Path(__file__).parents[3] / "conf"
CONF = (PACKAGED if os.path.isdir(PACKAGED) else REPOSITORY).resolve()
"""The configs: inside the package when installed from a wheel, at the top of the repository otherwise."""

OWN_CONFIGS = "RNNLAB_CONFIG_DIR"
"""In the environment: the folder of configs where the command line has no --config-dir."""

SHOWING = ("help", "hydra_help", "cfg", "info", "shell_completion")
SHELLS = ("bash", "fish", "zsh")

REFUSED = {
    "config_path": "rnnlab has one config: add a folder of your own with --config-dir",
    "config_name": "rnnlab has one config: add a folder of your own with --config-dir",
    "experimental_rerun": "a pickle is a program: go on with a run by resume=RUN_DIR",
}


class Command(NamedTuple):
    """A command line: `overrides` without flags, whether it asks for a sweep, the folder of own configs.

    shows: which of SHOWING, of a command that runs nothing; otherwise empty. words: its flags, as they were typed.
    """

    overrides: list[str]
    sweeps: bool
    config_dir: str | None
    shows: str
    words: list[str]
    package: str | None


def read(arguments: list[str]) -> Command:
    """The flags and overrides of a command line.

    Raises:
        InputError: for a flag that is unknown or refused, and for flags that do not go together.
    """
    parser = get_args_parser()
    parser.error = _refuse  # type: ignore[method-assign] # Hydra makes the parser
    parser.allow_abbrev = False
    if "--version" in arguments:  # Hydra would say its own
        saying = next(action for action in parser._actions if isinstance(action, argparse._VersionAction))
        saying.version = f"rnnlab {version('rnnlab')}"
    options = parser.parse_intermixed_args(arguments)
    for name, allowed in REFUSED.items():
        if getattr(options, name) is not None:
            raise InputError("is not for rnnlab", allowed, f"--{name.replace('_', '-')}", getattr(options, name))
    if options.config_dir is not None and not os.path.isdir(options.config_dir):
        raise InputError("not a folder", "a folder of configs", "--config-dir", options.config_dir)
    given = [name for name in (*SHOWING, "run", "multirun") if getattr(options, name)]
    if len(given) > 1:
        names = " and ".join(f"--{name.replace('_', '-')}" for name in given)
        raise InputError(f"{names} cannot be combined", "one of them at a time")
    _check_companions(options)
    if options.shell_completion:
        _check_completion(options.overrides)
    shows = "".join(name for name in given if name in SHOWING)
    words = [word for word in arguments if word not in options.overrides]
    return Command(options.overrides, options.multirun, own_configs(options.config_dir), shows, words, options.package)


def taken(overrides: list[str], names: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """The values of those keys that no config has, as they were typed, and the other overrides.

    Raises:
        InputError: for such a key that is given twice.
    """
    own, rest = dict[str, str](), list[str]()
    for text in overrides:
        key, _, value = text.partition("=")
        if key not in names:
            rest.append(text)
        elif key in own:
            raise InputError("given twice", "once", key, value)
        else:
            own[key] = value
    return own, rest


def own_configs(config_dir: str | None = None) -> str | None:
    """The folder of own configs: the one on the command line, or else that of the environment.

    Raises:
        InputError: where that of the environment is none.
    """
    usual = os.environ.get(OWN_CONFIGS)
    if config_dir is None and usual and not os.path.isdir(usual):
        raise InputError("not a folder", "a folder of configs, or unset it", OWN_CONFIGS, usual)
    return config_dir if config_dir is not None else usual or None


def _check_companions(options: argparse.Namespace) -> None:
    if options.package is not None and not options.cfg:
        raise InputError("needs --cfg", "--cfg job --package model", "--package", options.package)
    if options.resolve and not (options.cfg or options.help):
        raise InputError("--resolve needs --cfg", "--cfg job --resolve")


def _check_completion(overrides: list[str]) -> None:
    """That there is one order to a shell; what the shell asks is in its environment."""
    order, _, shell = (overrides or [""])[0].partition("=")
    if len(overrides) != 1 or order not in ("install", "uninstall", "query") or shell not in SHELLS:
        allowed = f"install=SHELL or uninstall=SHELL, where SHELL is {', '.join(SHELLS)}"
        raise InputError("cannot be read", allowed, "--shell-completion", " ".join(overrides))
    if order == "query" and "COMP_LINE" not in os.environ:
        raise InputError("only a shell asks this", f"install={shell}", "--shell-completion", overrides[0])


def _refuse(message: str) -> NoReturn:
    flag = re.search(r"unrecognized arguments: (\S+)", message)
    raise InputError(f"cannot be read, {message}", nearest_flag(flag[1]) if flag else "see --help")
