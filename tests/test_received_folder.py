"""A run's or a sweep's folder may come from anybody: none of its files, whatever it is, reaches out of the folder.

Each file and folder of it is tried as a link, a pipe, rubbish and more, by every command that reads or writes there:
each ends well or in one line, waits for nothing, and changes nothing outside.
"""

import contextlib
import itertools
import json
import math
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnlab import evaluate, export, files, inspect, predict, report, sample
from rnnlab.inference import onnx
from rnnlab.train import main as train
from rnnlab.training.learner import SequenceLearner
from same_ending import differences

SMALL = ["model=gru", "model.hidden_size=4", "callbacks.saver.every_steps=4", "callbacks.saver.keep=3"]
SMALL += ["callbacks.look.shows=[answers,weights,projector]"]
RUN = ["task=digitsum", *SMALL, "data.lengths=[2]", "data.batch_size=20", "trainer.max_epochs=2"]
RUN += ["task.eval_lengths=[2,3]"]
TEXT = ["task=chartext", "task.corpus=sentences", *SMALL, "trainer.max_steps=8", "trainer.check_every=2"]
SEARCH = ["-m", *RUN, "search=random", "sweep.name=s", "model.num_layers=1", "optimizer.weight_decay=0"]
SEARCH += ["optimizer.lr=interval(0.001,0.01)"]
FOREVER = 60
"""Seconds, after which a command is said to wait for ever."""

Command = Callable[[Path], int]


def exported(run: Path) -> int:
    """The command without what makes the models, which takes long and knows nothing of folders; in a child only."""
    export.needs = lambda *_: None
    onnx.to_onnx = onnx.to_safetensors = lambda loaded: b"model"
    onnx.check = lambda *_: 0.0
    return export.main([str(run)])


COMMANDS: dict[str, Command] = {
    "resume": lambda run: train([f"resume={run}"]),
    "evaluate": lambda run: evaluate.main([str(run)]),
    "lengths": lambda run: evaluate.main([str(run), "lengths=[2,3]", "count=10"]),
    "predict": lambda run: predict.main([str(run), "12"]),
    "inspect": lambda run: inspect.main([str(run), "12"]),
    "export": exported,
    "report": lambda run: report.main([str(run)]),
    "report above": lambda run: report.main([str(run.parent)]),
}
TEXT_COMMANDS: dict[str, Command] = {
    "resume": COMMANDS["resume"],
    "sample": lambda run: sample.main([str(run), "length=5"]),
    "evaluate": COMMANDS["evaluate"],
    "inspect": lambda run: inspect.main([str(run), "be"]),
}
SWEEP_COMMANDS: dict[str, Command] = {
    "sweep.resume": lambda sweep: train([f"sweep.resume={sweep}"]),
    "report": COMMANDS["report"],
}

FILES = ["run.json", "metrics.csv", "timing.csv", "train.log", "lengths.csv", "lengths.png", "evaluation.json", ".lock"]
FILES += ["answers.json", "checkpoints/check_00001.ckpt", "inspect", "inspect/page.html", "inspect/inspect.json"]
FILES += ["inspect/layer1_hidden.png", "projector", "projector/labels.tsv", "projector_config.pbtxt"]
FILES += [".hydra", ".hydra/config.yaml", ".hydra/overrides.yaml", "checkpoints", "checkpoints/last.ckpt"]
FILES += ["checkpoints/previous.ckpt", "checkpoints/best.ckpt", "export", "export/model.onnx"]
FILES += ["export/model.safetensors", "events", "hparams.yaml", "report.html", "report.md", "report.csv", ".a.part"]
NEEDED = [".lock", "checkpoints"]
"""Without which no run goes on; of the checkpoints, there are two."""
SWEEP_FILES = ["sweep.json", "study.json", "multirun.yaml", ".stop", ".lock", "JOB", "JOB/run.json", "JOB/metrics.csv"]
SWEEP_FILES += ["JOB/train.log", "JOB/checkpoints", "report.html", "report.csv"]


def change(path: Path, old: bytes | None) -> dict[str, Callable[[Path], object]]:
    """Kind -> what makes the file at `path`, which held `old` and has gone, one of it; given a folder outside."""

    def link(outside: Path, name: str) -> None:
        path.symlink_to(outside / name)

    def sparse(_: Path) -> None:
        with open(path, "wb") as file:
            file.write(old or b"")
            file.truncate(1 << 40)

    text = old or b"text\n"
    return {
        "a link out": lambda outside: link(outside, "same"),
        "a link to nothing": lambda outside: link(outside, "nothing"),
        "a link to a folder": lambda outside: link(outside, "."),
        "a link to itself": lambda outside: path.symlink_to(path),
        "a second name": lambda outside: os.link(outside / "file", path),
        "a pipe": lambda outside: os.mkfifo(path),
        "a folder": lambda outside: (path / "inside").mkdir(parents=True),
        "empty": lambda outside: path.write_bytes(b""),
        "binary": lambda outside: path.write_bytes(random.Random(1).randbytes(3000)),
        "huge": sparse,
        "deep": lambda outside: path.write_bytes(b'{"a":' * 100_000),
        "not ASCII": lambda outside: path.write_bytes(text[: len(text) // 2] + "é\ud7ff".encode() + text),
        "not UTF-8": lambda outside: path.write_bytes(text[: len(text) // 2] + b"\xe9\xff" + text),
        "half": lambda outside: path.write_bytes(text[: len(text) // 2]),
    }


KINDS = list(change(Path(), None))


def trained(arguments: list[str], folder: Path, stop_in_step: int = 0) -> int:
    """The exit code of a training whose process is asked to stop in a step."""
    original, calls = SequenceLearner.training_step, [0]

    def failing(self, batch, index):
        calls[0] += 1
        if calls[0] == stop_in_step:
            os.kill(os.getpid(), signal.SIGTERM)
        return original(self, batch, index)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(SequenceLearner, "training_step", failing)
        return train(arguments)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with everything in it that a run can have, stopped before its end."""
    folder = tmp_path_factory.mktemp("run")
    assert trained(RUN, folder, 7) == 143
    run = next(folder.glob("outputs/*/*/*"))
    for name, command in COMMANDS.items():
        if name != "resume":
            assert child(command, run, folder / "log")[0] == 0, (name, (folder / "log").read_text())
    return run


@pytest.fixture(scope="module")
def whole(stopped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, gone on with to its end."""
    folder = tmp_path_factory.mktemp("whole")
    run = Path(shutil.copytree(stopped, folder / "run"))
    assert child(COMMANDS["resume"], run, folder / "log") == (0, "")
    return run


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("text")
    assert trained(TEXT, folder, 7) == 143
    return next(folder.glob("outputs/*/*/*"))


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A search with a trial that is done and one that was stopped."""
    folder = tmp_path_factory.mktemp("sweep")
    assert trained([*SEARCH, "search.trials=1"], folder) == 0
    assert trained([*SEARCH, "search.trials=2"], folder, 7) == 1
    return folder / "outputs" / "sweeps" / "s"


def facts(folder: Path) -> dict[str, object]:
    """Everything that there is in a folder: kind, content and when it was changed."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_mtime_ns, content)
    return found


def child(command: Command, folder: Path, log: Path) -> tuple[int | str, str]:
    """How a command ends in a process of its own, and what it says on stderr."""
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            with open(log, "w", buffering=1) as err, open(os.devnull, "w") as out:
                os.dup2(err.fileno(), 2)
                os.dup2(out.fileno(), 1)
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.alarm(FOREVER)
                with contextlib.redirect_stderr(err), contextlib.redirect_stdout(out):
                    try:
                        code = command(folder)
                    except BaseException:
                        import traceback

                        traceback.print_exc()
                        code = 98
            os._exit(code)
        os._exit(99)
    _, status = os.waitpid(pid, 0)
    code = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    return code, log.read_text(errors="replace")


def wrong(code: int | str, err: str) -> str:
    """What is wrong with how a command ended; empty where nothing is."""
    lines = err.splitlines()
    errors = [line for line in lines if line.startswith("rnnlab: error: ")]
    if code not in (0, 1, 2) or "a fault of rnnlab" in err or "Traceback" in err:
        return f"{code}: {err[-1500:]}"
    if len(errors) != (code != 0) or any(not line.startswith("rnnlab: ") for line in lines):
        return f"{code}, not one line: {err[-1500:]}"
    return ""


def tried(original: Path, name: str, kind: str, command: Command, place: Path) -> str:
    """What goes wrong when `name` in a copy of a folder is made a `kind` and a command is given it; or nothing."""
    inside, outside = place / "sweeps" / original.name, place / "outside"
    shutil.copytree(original, inside)
    outside.mkdir()
    (outside / "file").write_text("precious")
    path = inside / name
    if name == "events":
        path = next(inside.glob("events.out.tfevents.*"))
    if name.startswith("JOB"):
        path = next(inside.glob("0001_*")) / name[4:]
    old = path.read_bytes() if path.is_file() else None
    if os.path.lexists(path):
        shutil.move(path, outside / "same")
    else:
        (outside / "same").write_text("precious")
    path.parent.mkdir(exist_ok=True)
    change(path, old)[kind](outside)
    before = facts(outside)
    code, err = child(command, inside, place / "log")
    a_job_failed = command is SWEEP_COMMANDS["sweep.resume"] and (code, err) == (1, "")  # which stdout names
    failed = "" if a_job_failed else wrong(code, err)
    if code and command is COMMANDS["resume"] and name not in NEEDED:
        failed = f"{failed} a run that can go on does not: {err}"
    if facts(outside) != before:
        failed = f"{failed} changed what is outside: {facts(outside).keys() - before.keys() or 'its content'}"
    shutil.rmtree(place)
    return failed


VALUES = [None, 5, "x", [1], {"a": 1}, True, "\ud800\x1b[2J", [["a"]], -math.inf]
READ = ["resume", "report", "report above"]
"""The commands that read run.json."""


def with_records(cases: list[tuple], stopped: Path, tmp_path: Path) -> list[str]:
    bad = []
    for place, (key, value, command) in enumerate(cases):
        run = Path(shutil.copytree(stopped, tmp_path / str(place) / "run"))
        record = json.loads((run / "run.json").read_text()) | {key: value}
        (run / "run.json").write_text(json.dumps(record))
        failed = wrong(*child(COMMANDS[command], run, tmp_path / "log"))
        bad += [f"{command} with {key}={value!r}: {failed}"] if failed else []
    return bad


def test_some_values_of_another_kind_in_a_record(stopped, tmp_path):
    keys = sorted({*json.loads((stopped / "run.json").read_text()), "metrics", "resumed"})
    cases = list(itertools.product(keys, VALUES, READ))
    assert not with_records([("resumed", None, "resume"), *random.Random(3).sample(cases, 6)], stopped, tmp_path)


@pytest.mark.slow
def test_a_value_of_another_kind_in_a_record_stops_no_command_otherwise_than_in_one_line(stopped, tmp_path):
    keys = sorted({*json.loads((stopped / "run.json").read_text()), "metrics", "resumed"})
    assert not with_records(list(itertools.product(keys, VALUES, READ)), stopped, tmp_path)


def strangers(command: Command, run: Path) -> int:
    """Runs a command in this process, a child; says on stderr who opens what lies in the folder without `files`."""

    def audit(event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str | Path) and run in Path(arguments[0]).absolute().parents:
            frame, names = sys._getframe(1), []
            while frame:
                names.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
                frame = frame.f_back
            if not any(name.startswith(f"{files.__file__}:") for name in names[:3]):
                os.write(2, f"{arguments[0]} {names[:5]}\n".encode())  # also where stderr is none, as in a sweep's job

    sys.addaudithook(audit)
    return command(run)


@pytest.mark.parametrize(
    ("folder", "name"), [*(("stopped", name) for name in COMMANDS), *(("sweep", name) for name in SWEEP_COMMANDS)]
)
def test_nobody_else_opens_what_lies_in_a_run_or_a_sweep(folder, name, request, tmp_path):
    copy = Path(shutil.copytree(request.getfixturevalue(folder), tmp_path / "sweeps" / "s"))
    command = {**COMMANDS, **SWEEP_COMMANDS}[name]
    assert child(lambda copy: strangers(command, copy), copy, tmp_path / "log") == (0, "")


FOLDERS = {"stopped": (FILES, COMMANDS), "text": (FILES, TEXT_COMMANDS), "sweep": (SWEEP_FILES, SWEEP_COMMANDS)}
ALL = [
    (folder, name, kind, command)
    for folder, (names, commands) in FOLDERS.items()
    for name in names
    for kind in KINDS
    for command in commands
]


def all_tried(cases: list[tuple[str, str, str, str]], request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    bad = []
    for place, (folder, name, kind, command) in enumerate(cases):
        act = FOLDERS[folder][1][command]
        failed = tried(request.getfixturevalue(folder), name, kind, act, tmp_path / str(place))
        bad += [f"{command} of {folder}, {name} as {kind}: {failed}"] if failed else []
    return bad


def test_some_files_of_a_received_folder_drawn_from_all_below(request, tmp_path):
    assert not all_tried(random.Random(7).sample([case for case in ALL if case[0] == "stopped"], 12), request, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "name"), [(folder, name) for folder in FOLDERS for name in FOLDERS[folder][0]])
def test_no_file_of_a_received_folder_reaches_out_of_it_or_stops_a_command_otherwise_than_in_one_line(
    folder, name, request, tmp_path
):
    assert not all_tried([case for case in ALL if case[:2] == (folder, name)], request, tmp_path)


DAMAGES = {
    "half a row": (lambda text: text[:-5], "0 of its 1 rows are kept"),
    "half a header": (lambda text: text[:5], "0 of its 1 rows are kept"),
    "a row too few": (lambda text: text[: text.index(b"\n") + 1], "0 of its 1 rows are kept"),
    "not ASCII": (lambda text: text.replace(b"4", "é".encode()), "put aside as"),
    "binary": (lambda text: bytes(range(256)), "put aside as"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_tables_stop_no_resume_and_only_their_own_rows_are_missing(damage, stopped, whole, tmp_path):
    run = Path(shutil.copytree(stopped, tmp_path / "run"))
    change, told = DAMAGES[damage]
    damaged = {name: change((run / name).read_bytes()) for name in ("metrics.csv", "timing.csv")}
    for name, content in damaged.items():
        (run / name).write_bytes(content)
    code, err = child(COMMANDS["resume"], run, tmp_path / "log")
    assert code == 0 and err.count("\n") == 2
    assert differences(run, whole) == ["metrics.csv"]
    for line, name in zip(err.splitlines(), damaged, strict=True):
        assert line.startswith(f"rnnlab: warning: {run / name} ") and told in line
        header, first, *rows = (whole / name).read_text().splitlines()
        kept = (run / name).read_text().splitlines()
        assert kept[0] == header and first not in kept
        assert [row.split(",")[0] for row in kept[1:]] == [row.split(",")[0] for row in rows]
        if "aside" in told:
            assert (run / f"{name}.damaged").read_bytes() == damaged[name]
