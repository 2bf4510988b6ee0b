"""Imports run one way, so that every file can be read with nothing in mind but the ones below it."""

import ast
import functools
from pathlib import Path

import pytest

import rnnlab

SOURCE = Path(rnnlab.__file__).parent
STAGES = [
    {"errors"},
    {"batch", "vocab"},
    {"tasks", "layers"},
    {"network", "data", "metrics", "schedules"},
    {"learner", "decode", "evaluate"},
    {"callbacks", "checkpoint", "run"},
    {"build"},
    {"training", "cli", "composing", "options"},
]
"""From the bottom up. A command line is at the top; any other module not named here is where its own imports put it."""

STAGE = {name: place for place, names in enumerate(STAGES) for name in names}
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(SOURCE.rglob("*.py"))
}
HEAVY = {"torch", "pytorch_lightning", "lightning", "lightning_fabric", "torchmetrics", "tensorboard"}


def imported(nodes):
    """The dotted names that import statements among `nodes` may load; `from a import b` may load a and a.b."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative imports hide where a name comes from"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def at_import(tree):
    """The statements that run when a module is imported: everything that is not inside a function."""
    waiting = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def own(names):
    """Those of the dotted names that are modules of rnnlab, without `rnnlab.`."""
    return {name.removeprefix("rnnlab.") for name in names if name.startswith("rnnlab.")} & MODULES.keys()


@functools.cache
def everywhere(module):
    return imported(ast.walk(MODULES[module]))


def stage(module, asking=()):
    if is_command_line(MODULES[module]):
        return len(STAGES)
    below = own(everywhere(module)) - {*asking, module}
    placed = max((stage(other, (*asking, module)) for other in below), default=0)
    return STAGE.get(module.split(".")[0], placed)


def is_command_line(tree):
    return any(isinstance(node, ast.If) and "__main__" in ast.unparse(node.test) for node in tree.body)


def test_imports_run_one_way():
    wrong = [(one, other) for one in MODULES for other in own(everywhere(one)) if stage(other) > stage(one)]
    assert not wrong


def test_no_two_modules_import_each_other():
    def below(module, seen):
        for other in own(imported(at_import(MODULES[module]))) - seen:
            seen.add(other)
            below(other, seen)
        return seen

    assert [module for module in MODULES if module in below(module, set())] == []


def test_tasks_and_layers_never_see_each_other():
    for module in MODULES:
        for folder, other in (("tasks", "layers"), ("layers", "tasks")):
            if module.startswith(f"{folder}."):
                assert not {name for name in everywhere(module) if name.startswith(f"rnnlab.{other}")}, module


@pytest.mark.parametrize("folder", ["tasks", "layers"])
def test_tasks_and_layers_know_no_framework(folder):
    inside = [module for module in MODULES if module.startswith(f"{folder}.")]
    assert len(inside) > 3
    for module in inside:
        tops = {name.split(".")[0] for name in everywhere(module)}
        assert not tops & {"pytorch_lightning", "lightning", "lightning_fabric", "hydra", "omegaconf"}, module


def test_command_lines_import_nothing_heavy_before_a_job_runs():
    commands = [module for module, tree in MODULES.items() if is_command_line(tree)]
    assert "train" in commands
    for command in commands:
        waiting, seen = [command], set()
        while waiting:
            module = waiting.pop()
            seen.add(module)
            names = imported(at_import(MODULES[module]))
            assert not {name.split(".")[0] for name in names} & HEAVY, f"{command} imports {module}"
            waiting += own(names) - seen


def test_only_build_looks_up_classes_by_name():
    for module in MODULES:
        names = everywhere(module)
        looks_up = any(name == "hydra.utils" or name.startswith("hydra.utils.") for name in names)
        assert looks_up == (module == "build"), module


def test_no_module_is_a_drawer():
    names = {part for module in MODULES for part in module.split(".")}
    assert not names & {"utils", "util", "helpers", "misc", "common"}


def test_packages_list_nothing():
    for module, tree in MODULES.items():
        if module.endswith("__init__"):
            assert all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in tree.body), (
                module
            )


def test_every_module_says_why_it_exists():
    assert [module for module, tree in MODULES.items() if not ast.get_docstring(tree)] == []


OPENS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "symlink_to", "hardlink_to"}
MOVES = {"os.open", "os.replace", "os.rename", "os.link", "os.symlink", "shutil.move", "io.FileIO", "tempfile.mkstemp"}
MOVES |= {f"shutil.copy{kind}" for kind in ("", "2", "file", "fileobj", "tree")} | {"tempfile.NamedTemporaryFile"}
BY_NAME = {"torch.load", "torch.save", "onnx.save", "onnx.load", "OmegaConf.load", "OmegaConf.save", "zipfile.ZipFile"}
BY_NAME |= {"np.load", "np.save", "np.memmap", "RecordWriter", "savefig", "save_file"}
HELD = {"file", "memory", "archive"}
"""What code of other packages gets that takes a file or its name: something that `files` opened, or memory."""


def opened(tree):
    """The calls in a module that open, move or copy a file, or that let another package do so by a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            called = name.rpartition(".")[2]
            opens = (called in OPENS and isinstance(node.func, ast.Attribute)) or name == "open"
            moves = name in MOVES or (called in ("replace", "rename") and len(node.args) == 1)
            by_name = {name, called} & BY_NAME and not {ast.unparse(one) for one in node.args} & HELD
            if (opens or moves or by_name) and not name.startswith("files."):
                yield ast.unparse(node)


def test_only_files_opens_files():
    assert len(list(opened(MODULES["files"]))) > 3
    found = {module: list(opened(tree)) for module, tree in MODULES.items() if module != "files"}
    assert {module: calls for module, calls in found.items() if calls} == {}
