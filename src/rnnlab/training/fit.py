"""One training: open the run's directory, fit, finish."""

from pathlib import Path

from pytorch_lightning.utilities.model_summary import ModelSummary

from rnnlab.config import build
from rnnlab.config.instantiate import make
from rnnlab.config.places import using
from rnnlab.config.schema import packages
from rnnlab.data.module import TaskData
from rnnlab.runs import run
from rnnlab.runs.interrupt import STOP, Mode, stoppable
from rnnlab.training.callbacks.progress import ShowProgress
from rnnlab.training.callbacks.record import Record
from rnnlab.training.changes import Resumed
from rnnlab.training.checkpoint_io import CheckedFiles
from rnnlab.training.console import Output
from rnnlab.training.ending import show
from rnnlab.training.finish import finish, recorded
from rnnlab.training.loops import Trainer
from rnnlab.training.setup import Prepared, prepare


def train(parts: build.Parts, overrides: list[str]) -> Path:
    """Trains what a config describes, in a new folder of `output_dir`, and returns that.

    Raises:
        InputError: for a value that cannot be used; nothing is left behind.
        RunFailed: where the training itself fails; the reason is in run.json, the traceback in train.log.
        Interrupted: after a signal, when everything is saved.
    """
    made, names = prepare(parts), (parts.config[key]["name"] for key in ("task", "model"))
    with run.new(Path(parts.config["output_dir"]).joinpath(*names)) as directory:
        fit(made, directory, overrides)
    return directory


def fit(made: Prepared, directory: Path, overrides: list[str], resumed: Resumed | None = None) -> None:
    """The training and the scoring of what `prepare` has made, in a locked directory.

    resumed: the run to go on with, whose directory it is. Otherwise nothing but the lock is there.

    Raises:
        InputError: for a logger that cannot be used there, before anything is written.
    """
    parts, learner, own = made.parts, made.learner, packages(made.parts.config)
    with using(own):
        nodes = parts.config["logger"] if run.first_process() else {}
        loggers = [make(f"logger.{name}", node, save_dir=directory) for name, node in nodes.items() if node]
    output, record = Output(directory / "train.log"), Record(directory)
    begin(made, directory, overrides, resumed)
    output.say(f"run {directory}" + (f", going on from step {resumed.step}" if resumed else ""))
    output.say(str(ModelSummary(learner, max_depth=2)))

    trainer = Trainer(
        **parts.settings,
        logger=loggers,
        callbacks=[*made.callbacks, record, ShowProgress(output, parts.steps)],
        plugins=[CheckedFiles(resumed and resumed.saved)],
        default_root_dir=directory,
    )
    with STOP.during(Mode.NOTE), recorded(trainer, directory, output, own):
        begun = resumed.path if resumed and resumed.begun else None
        trainer.fit(learner, datamodule=TaskData(parts.data, parts.task), ckpt_path=begun, weights_only=True)
        steps, seconds = trainer.global_step, record.elapsed()
        if not run.first_process():
            return  # the first process scores and says what there is to say
        with stoppable():  # nothing is left to save, so a signal can act at once
            scores, best_step = finish(trainer, made, directory)

    ended = {"steps": steps, "seconds": round(seconds, 3), "best_step": best_step, "metrics": scores}
    run.write_record(directory, status="done", **ended)
    show(output, made, learner.network.cpu(), directory)


def begin(made: Prepared, directory: Path, overrides: list[str], resumed: Resumed | None) -> None:
    """Puts into the directory what a run is, and tells the saver what checkpoints have of it."""
    parts, config = made.parts, made.parts.config
    facts = {
        "task": config["task"]["name"],
        "model": config["model"]["name"],
        "seed": config["seed"],
        "threads": parts.threads,
        "parameters": made.parameters,
        "device": parts.settings["accelerator"],
        "config": config,
    }
    if not resumed:
        called = f"rnnlab.train({', '.join(map(repr, overrides))})"
        facts |= {"overrides": overrides, "command": run.typed() if STOP.ours else called}
    run.write_record(directory, status="running", reason=None, **run.circumstances(), **facts)
    run.write_config(directory, config, overrides)
    made.saver.describe(directory, made.portable, resumed is not None and resumed.longer(parts.steps))
