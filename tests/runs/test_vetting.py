"""Checkpoints are data: nothing in a file is ever executed, and little memory and time are spent on refusing it."""

import hashlib
import io
import os
import pickle
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import forked_runs
from rnnlab import evaluate, predict
from rnnlab.errors import InputError
from rnnlab.runs import checkpoint
from rnnlab.runs.vetting import DIGEST, vet_config
from rnnlab.train import main

Saved = dict[str, Any]
EXECUTED = "executed"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    overrides = ["model=lstm", "model.hidden_size=8", "data.lengths=[2]", "data.batch_size=20", "trainer.max_epochs=1"]
    assert main([*overrides, f"output_dir={folder}"]) == 0
    return next(folder.glob("*/*/*"))


@pytest.fixture
def run(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(trained, tmp_path / "run"))


def signed(archive: bytes) -> bytes:
    """An archive with a comment of the right length and the right checksum: a careful attacker's file."""
    content = archive[:-2] + DIGEST.to_bytes(2, "little")
    return content + hashlib.sha256(content).hexdigest().encode()


def zipped(structure: bytes, compress: int = zipfile.ZIP_STORED, **parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compress) as archive:
        archive.writestr("archive/data.pkl", structure)
        for name, content in parts.items():
            archive.writestr(f"archive/{name}", content)
        archive.writestr("archive/version", "3\n")
    return signed(file.getvalue())


class Call:
    """Pickles as a call."""

    def __init__(self, function: Callable, *arguments: object):
        self.call = function, arguments

    def __reduce__(self) -> tuple:
        return self.call


def calling(function: Callable, *arguments: object) -> bytes:
    return zipped(pickle.dumps({"format": Call(function, *arguments)}, protocol=2))


def saved(change: Callable[[Saved], object]) -> Callable[[Path], bytes]:
    """A file that differs from a real checkpoint in what `change` does to its content."""

    def make(path: Path) -> bytes:
        content = checkpoint.read(path)
        change(content)
        checkpoint.write(path.with_name("forged"), content)
        return path.with_name("forged").read_bytes()

    return make


def in_config(node: str, **values: object) -> Callable[[Path], bytes]:
    return saved(lambda content: content["config"][node].update(values))


def in_weights(change: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[Path], bytes]:
    name = "network.head.weight"
    return saved(lambda content: content["state_dict"].update({name: change(content["state_dict"][name])}))


def a_million_symbols(content: Saved) -> None:
    content["vocabulary"] = "".join(map(chr, range(0x10000, 0x10FFFF)))
    content["config"]["task"] = {"name": "chartext", "_target_": "rnnlab.tasks.chartext.CharText"}


def flipped(path: Path) -> bytes:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    return bytes(content)


def overlapping(path: Path) -> bytes:
    """Parts that claim a gigabyte each in a file of 1 KB."""
    content = bytearray(zipped(pickle.dumps({}, protocol=2), part=b"x" * 1000)[:-DIGEST])
    place = content.rfind(b"PK\1\2")
    while place > 0:
        struct.pack_into("<II", content, place + 20, 1 << 30, 1 << 30)
        place = content.rfind(b"PK\1\2", 0, place)
    return signed(bytes(content))


def laughs(path: Path) -> bytes:
    """Lists of lists of the same lists: 10^30 leaves in 1 KB."""
    value: list = []
    for _ in range(30):
        value = [value] * 10
    return zipped(pickle.dumps({"format": value}, protocol=2))


HOSTILE: dict[str, Callable[[Path], bytes]] = {
    "a call of os.system": lambda path: calling(os.system, f"touch {EXECUTED}"),
    "a call of open": lambda path: calling(open, EXECUTED, "w"),
    "a call of eval": lambda path: calling(eval, f"open('{EXECUTED}','w')"),
    "a bare pickle that calls": lambda path: pickle.dumps(Call(os.system, f"touch {EXECUTED}")),
    "a huge bytearray": lambda path: calling(bytearray, 1 << 40),
    "a torchscript archive": lambda path: zipped(pickle.dumps({}, protocol=2), **{"constants.pkl": b"x"}),
    "a compressed bomb": lambda path: zipped(pickle.dumps({}), zipfile.ZIP_DEFLATED, bomb=bytes(100_000_000)),
    "overlapping parts": overlapping,
    "_target_ os.system": in_config("task", _target_="os.system"),
    "_target_ through a module of ours": in_config("task", _target_="rnnlab.runs.run.subprocess.run"),
    "_target_ of a class we import": in_config("data", _target_="rnnlab.data.splits.Drawn"),
    "_target_ of another package": in_config("callbacks", extra={"_target_": "antigravity.anything"}),
    "_target_ of a url": in_config("model", _target_="https://example.org/model.py"),
    "_instantiator": in_config("model", _instantiator="os.system"),
    "_class_path": in_config("model", _class_path="os.system"),
    "_partial_": in_config("optimizer", _partial_=True),
    "ten million units": in_config("model", hidden_size=10_000_000),
    "sixty thousand units": in_config("model", hidden_size=60_000),
    "a billion layers": in_config("model", num_layers=10**9),
    "a negative size": in_config("model", hidden_size=-8),
    "a size that is text": in_config("model", hidden_size="8"),
    "a batch beyond memory": in_config("data", source="drawn", batch_size=10**12),
    "lengths beyond memory": in_config("data", source="drawn", lengths=[10**7], held_out=10**7),
    "nan weights": in_weights(lambda weight: weight * torch.nan),
    "infinite weights": in_weights(lambda weight: weight + torch.inf),
    "integer weights": in_weights(lambda weight: weight.long()),
    "half weights": in_weights(lambda weight: weight.half()),
    "weights of another shape": in_weights(lambda weight: weight.T),
    "weights that claim more than they hold": in_weights(lambda weight: torch.zeros(1).expand(12, 8)),
    "sparse weights": in_weights(lambda weight: weight.to_sparse()),
    "weights that want gradients": in_weights(lambda weight: weight.clone().requires_grad_()),
    "weights whose sign is another": in_weights(lambda weight: torch._neg_view(weight)),
    "a weight too few": saved(lambda content: content["state_dict"].pop("network.head.bias")),
    "a weight too many": saved(lambda content: content["state_dict"].update(more=torch.zeros(2))),
    "a config that is a list": saved(lambda content: content.update(config=[1])),
    "a config with half of it gone": saved(lambda content: content["config"].pop("model")),
    "no config": saved(lambda content: content.pop("config")),
    "a million symbols": saved(a_million_symbols),
    "a file to read": in_config("task", csv="/etc/passwd"),
    "no format": saved(lambda content: content.pop("format")),
    "another version": saved(lambda content: content.update(version=10**6)),
    "a version that is a tensor": saved(lambda content: content.update(version=torch.zeros(2))),
    "a flipped bit": flipped,
    "a file cut short": lambda path: path.read_bytes()[:-100],
    "an empty file": lambda path: b"",
    "a text": lambda path: b"hello " * 100,
    "a loop": lambda path: zipped(b"\x80\x02]q\x00h\x00a."),
    "laughs by the billion": laughs,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_checkpoint_is_refused_in_one_line(name, run, monkeypatch):
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")  # turns off torch's safe default
    last = run / "checkpoints" / "last.ckpt"
    last.write_bytes(HOSTILE[name](last))
    (run / "checkpoints" / "previous.ckpt").unlink(missing_ok=True)
    ended = forked_runs.run([f"resume={run}", "trainer.max_epochs=2"])
    assert ended.code == 2, ended
    assert ended.err.startswith("rnnlab: error: ") and ended.err.count("\n") == 1
    assert not Path(EXECUTED).exists()
    assert ended.megabytes < 1000 and ended.seconds < 5


@pytest.mark.parametrize("value", ["${oc.env:HOME}", ["${oc.decode:2}"], {"deep": "a${b}"}, "${"])
def test_text_in_a_checkpoints_config_is_never_an_interpolation(value, tmp_path):
    with pytest.raises(InputError, match=r"csv|deep"):
        vet_config({"task": {"name": "digitsum", "csv": value}}, tmp_path)


def test_a_link_that_leads_out_of_the_run_is_refused(run, tmp_path, capsys):
    last = run / "checkpoints" / "last.ckpt"
    last.rename(tmp_path / "elsewhere.ckpt")
    last.symlink_to(tmp_path / "elsewhere.ckpt")
    assert main([f"resume={run}", "trainer.max_epochs=2"]) == 2
    assert "cannot be read, a link" in capsys.readouterr().err


def test_a_pipe_in_the_place_of_a_checkpoint_is_not_waited_for(run, capsys):
    last = run / "checkpoints" / "last.ckpt"
    last.unlink()
    os.mkfifo(last)
    assert main([f"resume={run}", "trainer.max_epochs=2"]) == 2
    assert "cannot be read, a pipe" in capsys.readouterr().err


def test_a_sparse_file_of_many_gigabytes_is_refused_unread(run, capsys):
    with open(run / "checkpoints" / "last.ckpt", "wb") as file:
        file.truncate(50 << 30)
    assert main([f"resume={run}", "trainer.max_epochs=2"]) == 2
    assert "too large" in capsys.readouterr().err


def test_a_damaged_last_checkpoint_falls_back_to_the_previous_one_and_says_so(run, capsys):
    folder = run / "checkpoints"
    shutil.copy(folder / "last.ckpt", folder / "previous.ckpt")
    (folder / "last.ckpt").write_bytes(flipped(folder / "last.ckpt"))
    assert main([f"resume={run}", "trainer.max_epochs=2"]) == 0
    err = capsys.readouterr().err
    assert "last.ckpt" in err and "falling back to previous.ckpt" in err and err.count("\n") == 1


@pytest.mark.parametrize("key", ["save_dir", "root_dir", "log_dir", "sub_dir", "name", "version", "_target_"])
def test_no_checkpoint_says_where_a_logger_writes(key, run, tmp_path, capsys):
    elsewhere = "pytorch_lightning.loggers.TensorBoardLogger" if key == "_target_" else str(tmp_path / "elsewhere")
    last = run / "checkpoints" / "last.ckpt"
    logger = {"_target_": "rnnlab.training.tensorboard.TensorBoard"} | {key: elsewhere}
    last.write_bytes(in_config("logger", tensorboard=logger)(last))
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert main([f"resume={run}", "trainer.max_epochs=2"]) == 2
    err = capsys.readouterr().err
    assert elsewhere in err and err.count("\n") == 1
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_what_the_user_trusts_may_be_built(run, tmp_path, monkeypatch, capsys):
    (tmp_path / "mypackage.py").write_text(
        "from rnnlab.tasks.digitsum import DigitSum\nclass Mine(DigitSum):\n    pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    last = run / "checkpoints" / "last.ckpt"
    last.write_bytes(in_config("task", _target_="mypackage.Mine")(last))
    assert main([f"resume={run}", "trainer.max_epochs=2"]) == 2
    assert "trust=[mypackage]" in capsys.readouterr().err
    assert main([f"resume={run}", "trainer.max_epochs=2", "trust=[mypackage]"]) == 0


@pytest.mark.parametrize(
    ("node", "ask", "more"),
    [
        ("task", predict.main, ["12"]),
        ("model", predict.main, ["12"]),
        ("data", evaluate.main, []),
        ("callbacks", evaluate.main, []),
    ],
)
def test_nothing_of_a_hostile_checkpoint_is_built_for_a_question(node, ask, more, run, capsys):
    best = run / "checkpoints" / "best.ckpt"
    target = {"_target_": "os.system"}
    best.write_bytes(in_config(node, **({"extra": target} if node == "callbacks" else target))(best))
    assert ask([str(run), *more]) == 2
    out, err = capsys.readouterr()
    assert "os.system" in err and err.count("\n") == 1 and "TRUE" not in out
