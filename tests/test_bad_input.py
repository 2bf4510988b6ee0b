"""Whatever a person mistypes is answered by one line that names the value and what is allowed, with exit code 2."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from rnnlab.train import main

BEFORE_TORCH = [
    ("seed=${seed}", "the config cannot be resolved"),
    ("task=digitsun", "did you mean 'digitsum'"),
    ("model=lsmt", "did you mean 'lstm'"),
    ("model=null", "allowed: gru"),
    ("trainer=tpu", "did you mean 'gpu'"),
    ("optimizer=adma", "did you mean 'adam'"),
    ("schedule=cosin", "did you mean 'cosine'"),
    ("logger=foo", "tensorboard"),
    ("callbacks=null", "default"),
    ("experiment=null", "three_units"),
    ("-m trainer=ddp seed=1,2", "or leave out -m"),
    ("tuned=null", "digitsum_lstm"),
    ("experiment=three_unit", "three_units"),
    ("model.hiden_size=3", "did you mean 'model.hidden_size'"),
    ("+model.hiden_size=3", "did you mean 'model.hidden_size'"),
    ("++optimizer.beta=3", "did you mean 'optimizer.betas'"),
    ("batch_size=3", "did you mean 'data.batch_size'"),
    ("+foo=3", "allowed:"),
    ("task.corpus=sentences", "task=chartext"),  # a key of another task
    ("task=[", "cannot be read"),
    ("output_dir=ö", """in quotes, as 'output_dir="ö"'"""),
    ("-m search=random search.space={model.hidden_size:5}", "brackets in brackets"),
    ("-m search=random search.space={optimizer:{lrr:5}}", "did you mean 'search.space.optimizer.lr'"),
    ("-m search=random search.space={optimizer:{lr:interval(0,1)}}", "in quotes, like {lr: 'interval(0, 1)'}"),
    ("task=digitsum=3", "cannot be read"),
    ("lstm", "is no key=value"),
    ("~model", "cannot be left out"),
    ("~model.hidden_size", "cannot be left out"),
    ("model@optimizer=lstm", "cannot be put elsewhere"),
    ("+model@foo=lstm", "cannot be put elsewhere"),
    ("~model@model", "cannot be left out"),
    ("model=rnn,lstm", "model=rnn,lstm"),
    ("model=lstm model=gru", "given twice"),
    ("-m task=digitsum,foo", "unknown task"),
    ("--config-dir /nonexistent", "not a folder"),
    ("--bogus", "--bogus"),
    ("hydra.run.dri=3", "hydra.run.dri"),
    ("hydra.job_logging=3", "only those of the launcher"),
    ("++hydra.callbacks=3", "only those of the launcher"),
    ("+hydra/job_logging=default", "only those of the launcher"),
    ("hydra.launcher=3", "only those of the launcher"),
    ("practice.noise=3", "practice.activation_noise"),
]

AFTER_TORCH = [
    ("model.hidden_size=0", "must be a whole number from 1"),
    ("model.hidden_size=-3", "must be a whole number from 1"),
    ("model.hidden_size=abc", "must be a whole number from 1"),
    ("model.hidden_size=1.5", "must be a whole number from 1"),
    ("model.num_layers=0", "from 1 to 100"),
    ("model.dropout=1.5", "from 0 to"),
    ("model.dropout=-0.1", "from 0 to"),
    ("model.dropout=0.2", "model.num_layers of at least 2"),
    ("model=gru_stepwise model.dropout=0.2", "model.num_layers of at least 2"),
    ("--config-dir own model=both_ways", "may not see what comes later"),
    ("--config-dir own model=narrow", "model.hidden_size wide"),
    ("--config-dir own model=elsewhere", "model.device=cuda): allowed: "),
    ("model.bias=3", "allowed: false, true"),
    ("model=rnn model.nonlinearity=sin", "tanh"),
    ("model=rnn_stepwise model.nonlinearity=sin", "sigmoid"),
    ("model.embedding_size=0", "from 1"),
    ("task=binaryaddition model.embedding_size=3", "no symbols"),
    ("model.forget_bias=x", "finite number"),
    ("model.forget_bias=1 model.bias=false", "model.bias=true"),
    ("model._target_=foo.bar", "foo"),
    ("schedule._target_=math.pi", "no class and no function"),
    ("optimizer._target_=datetime.timedelta", "optimizer"),
    ("task._target_=torch.add", "task"),
    *(
        (f"{node}._target_=builtins.dict", f"{node}")
        for node in ("task", "data", "model", "optimizer", "schedule", "callbacks.early", "logger.tensorboard")
    ),
    ("--config-dir own model=bare", "Bare gives"),
    ("--config-dir own logger=number", "number cannot be used there (logger.own._target_=ownlogger.number)"),
    ("optimizer.lr=nan", "finite number above 0"),
    ("optimizer.lr=inf", "finite number above 0"),
    ("optimizer.lr=-1", "finite number above 0"),
    ("optimizer.lr=x", "finite number above 0"),
    ("optimizer.betas=[1,2]", "optimizer.betas"),
    ("optimizer.weight_decay=-1", "from 0 to"),
    ("optimizer.fused=3", "allowed: false, true"),
    ("schedule.rise=2", "schedule.rise"),
    ("data.batch_size=0", "from 1 to"),
    ("data.batch_size=-1", "from 1 to"),
    ("data.batch_size=x", "from 1 to"),
    ("data.batch_size=1000000", "at most the 8,880"),
    ("data.lengths=[]", "list of lengths"),
    ("data.lengths=3", "list of lengths"),
    ("data.lengths=[0]", "from 1 to"),
    ("data.lengths=[9]", "from 1 to 6"),
    ("data.split=[1,2,3]", "data.split"),
    ("data.split=[0.5,0.1,0.1]", "add up to 1"),
    ("data.source=foo", "drawn"),
    ("data.lengths=4-2", "like 1-40"),
    ("data.lengths=1-5000", "at most 1,000"),
    ("data.lengths=0-3", "from 1 to"),
    ("optimizer.decay_biases=3", "allowed: false, true"),
    ("practice.curriculum=grow", "did you mean 'growing'"),
    ("practice.curriculum=growing", "data.source=drawn"),
    ("practice.solved=0", "above 0"),
    ("practice.prefixes=3", "allowed: false, true"),
    ("practice.prefixes=true", "data.source=drawn"),
    ("practice.prefixes=true task=binaryaddition", "false for this task"),
    ("practice.prefixes=true data.source=drawn data.lengths=[1300]", "too many"),
    ("practice.activation_noise=-1", "from 0 to"),
    ("practice.activation_noise=nan", "from 0 to"),
    ("practice.state_noise=x", "from 0 to"),
    ("practice.borrowed_starts=2", "from 0 to 1"),
    ("task=chartext task.corpus=sentences practice.borrowed_starts=0.5", "0 for a text"),
    ("task=chartext task.corpus=sentences practice.curriculum=fixed", "only for drawn examples"),
    ("seed=-1", "from 0"),
    ("seed=1.5", "from 0"),
    ("trainer=gpu", "trainer=cpu"),
    ("trainer.max_epochs=0", "from 1 to"),
    ("trainer.max_epochs=null", "trainer.max_steps"),
    ("trainer.threads=0", "from 1"),
    ("trainer.precision=bf16-mixed", "32-true"),
    ("trainer.precision=8", "32-true"),
    ("trainer.strategy=foo", "ddp"),
    ("trainer.check_every=foo", "epoch"),
    ("trainer.gradient_clip=0", "above 0"),
    ("trainer.accumulate=0", "from 1 to"),
    ("callbacks.solved.checks=0", "at least 1"),
    ("callbacks.saver.mode=foo", "max"),
    ("callbacks.saver.monitor=foo", "exact_match/validation"),
    ("objective=foo", "exact_match/validation"),
    ("task=chartext task.corpus=foo", "tinyshakespeare"),
    ("task=chartext task.validation=2", "task.validation"),
    ("task=chartext task.path=missing.txt", "missing.txt"),
    ("task=chartext task.path=.", "a folder"),
    ("task=chartext task.path=empty", "empty"),
    ("task=chartext task.path=nul", "byte 2 is NUL"),
    ("task=chartext task.path=latin", "byte 3 is not UTF-8"),
    ("task=chartext task.path=short", "too short"),
    ("task.csv=missing.csv", "missing.csv"),
    ("task.csv=.", "a folder"),
    ("task.csv=empty", "empty"),
    ("task.csv=wrong", "line 2"),
    ("task.csv=letter", "line 1"),
    ("task.csv=column", "line 1"),
    ("task.csv=latin", "not UTF-8"),
    ("output_dir=short", "output_dir"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in {
        "empty": b"",
        "nul": b"ab\0",
        "latin": b"abc\xff",
        "short": b"hello",
        "wrong": b"12,3\n12,4\n",
        "letter": b"1a,1\n",
        "column": b"12\n",
        "own/model/both_ways.yaml": b"defaults: [lstm]\nbidirectional: true\n",
        "own/model/narrow.yaml": b"defaults: [lstm]\nproj_size: 3\n",
        "own/model/elsewhere.yaml": b"defaults: [lstm]\ndevice: cuda\n",
        "own/logger/number.yaml": b"own: {_target_: ownlogger.number}\n",
        "own/model/bare.yaml": b"{name: bare, _target_: ownlayer.Bare, hidden_size: 4}\n",
        "ownlayer.py": b"import torch\nclass Bare(torch.nn.RNN):\n    def forward(self, x, state):\n        return x\n",
        "ownlogger.py": b"def number(save_dir):\n    (save_dir / 'file').touch()\n    return 5\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("arguments", "hint"), BEFORE_TORCH + AFTER_TORCH, ids=lambda value: value)
def test_a_mistake_is_one_line_and_leaves_nothing(arguments, hint, folder, capsys):
    before = sorted(folder.iterdir())
    assert main(arguments.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("rnnlab: error: ") and err.count("\n") == 1
    assert hint in err
    assert sorted(folder.iterdir()) == before


def seconds(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *command], capture_output=True, timeout=120)
    return time.perf_counter() - began


def test_names_keys_syntax_and_help_are_answered_without_torch(tmp_path):
    code = """
import sys
from rnnlab.train import main
for line in sys.stdin.read().splitlines():
    try:
        main(line.split())
    except SystemExit:
        pass
    assert 'torch' not in sys.modules, line
"""
    lines = "\n".join([*(arguments for arguments, _ in BEFORE_TORCH), "--cfg job", "--help"])
    done = subprocess.run([sys.executable, "-c", code], input=lines, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_misspelt_name_costs_less_than_four_tenths_of_importing_torch_and_four_tenths_of_a_second():
    for arguments in (["task=digitsun"], ["--help"], ["--cfg", "job"], ["model.hiden_size=3"]):
        ours = min(seconds("-m", "rnnlab.train", *arguments) for _ in range(3))
        assert ours < 0.4 * min(seconds("-c", "import torch") for _ in range(3)) + 0.4


def test_an_unwritable_output_folder_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    assert main(["output_dir=file/sub", "trainer=debug"]) == 2
    assert "output_dir" in capsys.readouterr().err
