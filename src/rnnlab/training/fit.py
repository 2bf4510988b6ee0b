"""One training: open the run's directory, fit, finish."""

import contextlib
import os
from pathlib import Path

from omegaconf import OmegaConf
from pytorch_lightning.utilities.model_summary import ModelSummary

from rnnlab.config import build, instantiate
from rnnlab.data.module import TaskData
from rnnlab.runs import run
from rnnlab.training.callbacks.progress import ShowProgress
from rnnlab.training.callbacks.record import Record
from rnnlab.training.changes import Resumed
from rnnlab.training.checkpoint_io import CheckedFiles
from rnnlab.training.console import Output
from rnnlab.training.finish import finish, recorded, show
from rnnlab.training.loops import Trainer
from rnnlab.training.setup import Prepared, prepare

LOCAL = ("output_dir", "sweep")
"""What of a config says where a run is, not what it is; it is not in checkpoints."""


def train(parts: build.Parts, overrides: list[str], directory: Path | None = None) -> Path:
    """Trains what a config describes, and returns the folder where all of it is.

    directory: where, if not in a new folder of `output_dir`; the caller has its lock, and what a failed run left goes.

    Raises:
        InputError: for a value that cannot be used; nothing is left behind.
        RunFailed: where the training itself fails; the reason is in run.json, the traceback in train.log.
        Interrupted: after a signal, when everything is saved.
    """
    made, config = prepare(parts), parts.config
    fresh = directory is None
    if not run.first_process():
        directory = Path(os.devnull)  # only the first process of a run writes
    elif directory is None:
        names = (config[key]["name"] for key in ("task", "model"))
        directory = run.make_directory(Path(config["output_dir"]).joinpath(*names))
    with run.locked(directory) if fresh else contextlib.nullcontext():
        if not fresh:
            run.empty(directory)
        fit(made, directory, overrides)
    return directory


def fit(
    made: Prepared, directory: Path, overrides: list[str], resumed: Resumed | None = None, extended: bool = False
) -> None:
    """The training and the scoring of what `prepare` has made, in a locked directory."""
    parts, config = made.parts, made.parts.config
    parameters = sum(parameter.numel() for parameter in made.learner.parameters())
    facts = {"task": config["task"]["name"], "model": config["model"]["name"], "seed": config["seed"]}
    facts |= {"threads": parts.threads, "parameters": parameters}
    facts |= {"device": parts.settings["accelerator"], "config": config}
    facts |= {} if resumed else {"overrides": overrides}  # those that the run began with
    run.write_record(directory, status="running", reason=None, **run.circumstances(), **facts)
    run.write_config(directory, OmegaConf.create(config), overrides)
    portable = {key: value for key, value in config.items() if key not in LOCAL}
    made.saver.describe(directory, {"config": portable, **made.circumstances}, extended)
    output = Output(directory / "train.log")
    output.say(f"run {directory}" + (f", going on from step {resumed.step}" if resumed else ""))
    output.say(str(ModelSummary(made.learner, max_depth=2)))
    record = Record(directory)
    loggers = config["logger"] if run.first_process() else {}
    trainer = Trainer(
        **parts.settings,
        logger=[instantiate.make(f"logger.{name}", node, save_dir=directory) for name, node in loggers.items() if node],
        callbacks=[*made.callbacks, record, ShowProgress(output, parts.steps)],
        plugins=[CheckedFiles(resumed and resumed.saved)],
        default_root_dir=directory,
    )
    with recorded(trainer, directory, output):
        begun = resumed.path if resumed and resumed.begun else None
        trainer.fit(made.learner, datamodule=TaskData(parts.data), ckpt_path=begun, weights_only=True)
        steps, seconds = trainer.global_step, record.elapsed()
        if not run.first_process():
            return  # the first process scores and says what there is to say
        scores = finish(trainer, made.learner, parts.data, directory, config, parts.task, parts.eval_lengths)
    run.write_record(directory, status="done", steps=steps, seconds=round(seconds, 3), metrics=scores)
    show(output, config, parts.task, parameters, seconds, scores, directory)
