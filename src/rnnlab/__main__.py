"""`rnnlab COMMAND ...`, or `python -m rnnlab COMMAND ...`: every command by one name."""

import os
import pkgutil
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version

from rnnlab.cli.guard import guarded
from rnnlab.config.hints import nearest_name
from rnnlab.errors import InputError

COMMANDS = {
    "train": "a training, a sweep or a search with -m, or going on with one",
    "predict": "what a trained model answers, and whether that is right",
    "sample": "a text that a trained model writes",
    "evaluate": "scores of a trained model, on its data, a file, or by length",
    "inspect": "a page on what a trained model does while it reads",
    "prove": "whether a trained model is right on inputs of every length, proven",
    "report": "one table and one page of many runs",
    "export": "a trained model for use elsewhere: ONNX and safetensors",
    "dataset": "the examples of a task as a csv",
}
"""Name -> what it is for. Each is the module of that name."""


def command(arguments: list[str]) -> int:
    """What is no command: help, the version, or a mistake."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print("rnnlab COMMAND ..., each with --help:\n")
        for name, text in COMMANDS.items():
            print(f"  {name:10}{text}")
        print("\nrnnlab train task=digitsum model=lstm    is the first one to try; train may be left out")
        print("rnnlab --version")
        return 0
    if arguments in (["--version"], ["version"]):
        print(f"rnnlab {version('rnnlab')}")
        return 0
    from rnnlab.config.overrides import choice  # imports Hydra

    (word, *_), more = arguments, "; or settings of a training, like task=digitsum"
    raise InputError("unknown command", choice(word) or nearest_name(word, COMMANDS) + more, "argument", word)


def complete() -> list[str] | None:
    """The commands that a shell's line may go on with; None where it has one, from which on its own completion goes on.

    Only `train` has one, Hydra's, to which the line is shown as if there were no other command.
    """
    typed, space, rest = os.environ["COMP_LINE"].lstrip().partition(" ")[2].lstrip().partition(" ")
    if space and typed == "train":
        os.environ["COMP_LINE"] = f"rnnlab-train {rest}"
        return None
    return [] if space else [name for name in COMMANDS if name.startswith(typed)]


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script `rnnlab`. What begins with a setting or a flag is a training, as Lightning starts others."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    first = given[0] if given else ""
    if "COMP_LINE" in os.environ and first in ("-sc", "--shell-completion") and (names := complete()) is not None:
        print(" ".join(names))
        return 0
    trains = "=" in first or (first.startswith("-") and first not in ("-h", "--help", "--version"))
    if not trains and first not in COMMANDS:
        return guarded(command, given)
    run: Callable[[Sequence[str]], int] = pkgutil.resolve_name(f"rnnlab.{'train' if trains else first}:main")
    return run(given if trains else given[1:])


if __name__ == "__main__":
    sys.exit(main())
