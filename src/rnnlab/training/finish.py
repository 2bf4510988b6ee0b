"""How a run ends: scored and shown, or recorded with the reason and the command to go on."""

import contextlib
import inspect
import json
import traceback
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytorch_lightning as pl
from pytorch_lightning.loggers import Logger

from rnnlab import files
from rnnlab.config.flat import Node
from rnnlab.data.lengths import COUNT, trained
from rnnlab.errors import FULL, DiskFull, RunFailed, disk_full, reason, warn
from rnnlab.inference import by_length
from rnnlab.inference.mistakes import mistakes
from rnnlab.inference.picture import picture
from rnnlab.inference.score import sums
from rnnlab.metrics import summary
from rnnlab.network import Network
from rnnlab.runs import checkpoint, run
from rnnlab.runs.interrupt import Interrupted
from rnnlab.tasks.task import Task
from rnnlab.training import hparams
from rnnlab.training.console import Output
from rnnlab.training.setup import Prepared


@contextlib.contextmanager
def recorded(trainer: pl.Trainer, directory: Path, output: Output, own: list[str]) -> Iterator[None]:
    """Whatever ends the training too early is in run.json and train.log, with how to go on.

    own: the packages of the user's that it has classes of, which have to be trusted then.
    """
    ended = "success"
    try:
        yield
    except BaseException as error:
        ended = "failed"  # as loggers know it
        if disk_full(error):
            error = DiskFull(FULL)
        stopped = isinstance(error, Interrupted)
        ours = isinstance(error, RunFailed | Interrupted)
        what = reason(error) if ours else f"{type(error).__name__}, {reason(error)}"
        words = [f"resume={directory}", *([f"trust=[{','.join(own)}]"] if own else [])]
        again = f"python -m rnnlab.train {run.command(words)}"
        with contextlib.suppress(OSError, DiskFull):  # which may be why the run failed
            status = {"status": "interrupted" if stopped else "failed", "reason": what, "resume": again}
            run.write_record(directory, steps=trainer.global_step, **status)
            output.note(traceback.format_exc())
        if isinstance(error, Interrupted):
            raise Interrupted(error.signum, f"saved at step {trainer.global_step}, go on with: {again}") from None
        if isinstance(error, RunFailed):
            raise error
        raise RunFailed(f"{what} (see {directory / 'train.log'})") from error
    finally:
        for logger in trainer.loggers:
            try:
                logger.finalize(ended)
            except (OSError, DiskFull):
                pass  # as above
            except Exception as error:  # whatever a server's client has
                warn(f"{type(logger).__name__} was not ended, {reason(error)}")


def finish(trainer: pl.Trainer, made: Prepared, directory: Path) -> tuple[Node, int]:
    """The scores of the best checkpoint on validation and test data, and at `task.eval_lengths` where there are any;
    and the step that it is of. The learner's network is then that one.

    They are what `evaluate` finds, to the last digit, also where several processes have trained: one of them scores.
    They are in the loggers' table of runs, too; what is wrong on test data is kept in answers.json.
    """
    parts, task, learner = made.parts, made.parts.task, made.learner
    best = checkpoint.read_best(directory, learner.state_dict())
    learner.load_state_dict(best["state_dict"])
    network = learner.network.to(trainer.strategy.root_device).eval()
    scores: Node = {}
    for split, loader in (("validation", parts.data.validation), ("test", parts.data.test)):
        loader.share_out(rank=0, processes=1)
        values = summary(sums(network, loader, task.answer), task.answer)
        scores |= {f"{name}/{split}": value for name, value in values.items()}
    if parts.eval_lengths:
        seen = trained(parts.config["data"], task)
        scores |= measure(trainer.loggers, network.cpu(), task, parts.eval_lengths, seen, directory)
    answers = mistakes(network.cpu(), parts.data.test, task)
    files.write(directory / "answers.json", json.dumps(answers, indent=1) + "\n")
    params, final = hparams.hyperparameters(parts.config), hparams.final(scores)
    for logger in trainer.loggers:
        if "metrics" in inspect.signature(logger.log_hyperparams).parameters:
            logger.log_hyperparams(params, metrics=final)
        else:  # most of Lightning's
            logger.log_hyperparams(params)
            logger.log_metrics(final)
    return scores, best["global_step"]


def measure(
    loggers: list[Logger], network: Network, task: Task, lengths: list[int], trained: list[int], directory: Path
) -> Node:
    """Writes lengths.csv and, with matplotlib there, lengths.png; the loggers get curves whose x axis is the length.

    trained: the lengths of the training. Returns the one figure over all longer ones, as `exact_match_beyond/random`
    and `.../adversarial`.
    """
    measured = by_length.by_length(network, task, lengths, COUNT, seed=0)
    files.write(directory / "lengths.csv", by_length.table(measured))
    if find_spec("matplotlib"):
        files.write(directory / "lengths.png", picture(measured, trained))
    for logger in loggers:
        for one in measured:
            logger.log_metrics({f"final/by_length/{one.inputs.replace(' ', '_')}": one.exact / one.rows}, one.length)
    return {f"exact_match_beyond/{name}": figure for name, figure in by_length.beyond(measured, max(trained)).items()}
