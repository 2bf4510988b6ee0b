"""What is shown at the end of a run: its scores, a few of its answers, and what to type next."""

import os
import shutil
import sys
from pathlib import Path

from rich.table import Table

from rnnlab.config.flat import Node
from rnnlab.errors import shown, shows
from rnnlab.inference.examples import examples, typed
from rnnlab.inference.mistakes import written
from rnnlab.network import Network
from rnnlab.runs.checkpoint import BEST
from rnnlab.runs.run import command, read_record
from rnnlab.tasks.task import is_text
from rnnlab.training.console import Output
from rnnlab.training.setup import Prepared

WIDTH = 80
"""Columns that an example may take."""

WRITTEN = 200
"""Characters of a sample."""


def show(output: Output, made: Prepared, network: Network, directory: Path) -> None:
    """Everything about a run that is done, whose best network is given."""
    config, record = made.parts.config, read_record(directory)
    names = f"{config['model']['name']} on {config['task']['name']}"
    output.say(f"{names}: {made.parameters:,} parameters, {record['steps']:,} steps in {record['seconds']:.1f} s")
    output.say(table(record["metrics"], is_text(made.parts.task)))
    task = made.parts.task
    if is_text(task):
        chosen = "; the best checkpoint was chosen on it" if task.test is task.validation else ""
        output.say(f"test: one full pass over the text held out for it, state carried{chosen}")
    best = directory / "checkpoints" / BEST
    output.say(f"best checkpoint, by {made.saver.monitor}: {best}, of step {record['best_step']:,}")
    question = answers(output, made, network)
    output.say("next:")
    for line in commands(config, is_text(made.parts.task), question, directory):
        output.say(f"  {line}")


def table(scores: Node, text: bool) -> Table:
    """Validation and test scores; at 80 columns nothing of it is cut."""
    columns = ("loss", "bits_per_character", "accuracy") if text else ("loss", "accuracy", "exact_match")
    made = Table("split", *(name.replace("_", " ") for name in columns))
    for split in ("validation", "test"):
        made.add_row(split, *(f"{scores[f'{name}/{split}']:.4f}" for name in columns))
    return made


def answers(output: Output, made: Prepared, network: Network) -> str:
    """Shows right and wrong answers, or a text that was written; the question of one of them as it is typed."""
    task = made.parts.task
    if is_text(task):
        output.say("it writes:", shows(written(network, task, WRITTEN)).strip())
        return ""
    try:
        found = examples(network, task, made.parts.data.validation)
        for word, answer in [("right", one) for one in found.right] + [("wrong", one) for one in found.wrong]:
            solution = "" if answer.right else f"  right is {answer.solution}"
            output.say(f"{word}  {shown(answer.shown + solution, WIDTH - 7)}")
        return next((typed(task, one.solution) for one in (*found.right, *found.wrong)), "")
    except Exception as error:  # of a user's task, whose run is done all the same
        output.say(f"no examples: {type(error).__name__} in {type(task).__name__}, {shown(error)}")
        return ""


def commands(config: Node, text: bool, question: str, directory: Path) -> list[str]:
    """What to type next: asking, scoring, training longer, looking at curves."""
    run, whole = str(directory), Path(str(config["output_dir"]))
    longer = next(key for key in ("max_time", "max_epochs", "max_steps") if config["trainer"][key] is not None)
    ask = ["sample", run, "length=200"] if text else ["predict", run, *([question] if question else [])]
    rnnlab = [program("rnnlab")] if installed("rnnlab") else [program("python"), "-m", "rnnlab"]
    return [
        command([*rnnlab, *ask]),
        command([*rnnlab, "evaluate", run]),
        command([*rnnlab, "train", f"resume={run}", f"trainer.{longer}={2 * config['trainer'][longer]}"]),
        command([program("tensorboard"), "--logdir", str(whole if whole in directory.parents else directory)]),
    ]


def program(name: str) -> str:
    """How a program that is installed beside this Python is typed: by name where a shell would find it, or its path."""
    own, found = installed(name), shutil.which(name)
    if not own or (found and Path(found).absolute() == own):
        return name
    return str(own.relative_to(Path.cwd()) if own.is_relative_to(Path.cwd()) else own)


def installed(name: str) -> Path | None:
    """The program of a name that is beside this Python."""
    path = shutil.which(name, path=os.path.dirname(sys.executable))
    return Path(path) if path else None
