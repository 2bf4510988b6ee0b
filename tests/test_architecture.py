"""Imports run one way, so that every file can be read with nothing in mind but the ones below it.

A room is a folder of src/rnnlab, or a file beside them. The floors below say all there is to know of their order.
"""

import ast
from pathlib import Path

import pytest

import rnnlab

SOURCE = Path(rnnlab.__file__).parent
TESTS = Path(__file__).parent
COMMANDS = {"__main__", "train", "evaluate", "predict", "sample", "export", "report", "dataset", "inspect", "prove"}
FLOORS = [
    {"errors"},
    {"files"},
    {"batch"},
    {"tasks", "layers"},
    {"network", "metrics"},
    {"data", "runs"},
    {"config"},
    {"inference"},
    {"inspection"},
    {"proof"},
    {"training"},
    {"reports"},
    {"sweeps"},
    {"cli"},
    COMMANDS | {"api"},
    {""},
]
"""From the ground up. A room imports from lower floors only; two on one floor, as tasks and layers, are strangers.

The empty name is the package's own file, which hands the API on.
"""

FLOOR = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
HEAVY = {"torch", "pytorch_lightning", "lightning", "lightning_fabric", "torchmetrics", "tensorboard"}
FRAMEWORKS = {"pytorch_lightning", "lightning", "lightning_fabric", "hydra", "omegaconf"}


def name_of(path):
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
"""Dotted name without `rnnlab.` -> its tree; the package itself is the empty name."""

PACKAGES = {name_of(path) for path in SOURCE.rglob("__init__.py")}


def imported(nodes):
    """The dotted names that `nodes` may load, lazily or not; `from a import b` may load a and a.b."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative imports hide where a name comes from"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
            names |= {word.value for word in node.args if isinstance(word, ast.Constant)}
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
    return {name.removeprefix("rnnlab.") for name in names if name.startswith("rnnlab.")} & MODULES.keys() - PACKAGES


def arrows(tree):
    """The modules that a module imports, lazily or not."""
    return own(imported(ast.walk(tree)))


ARROWS = {module: arrows(tree) for module, tree in MODULES.items()}


def room_of(module):
    return module.split(".")[0]


def wrong(arrows):
    """(importer, imported) wherever an import does not run to a lower floor, or stay within a room."""
    return {
        (one, other)
        for one, others in arrows.items()
        for other in others
        if room_of(one) != room_of(other) and FLOOR[room_of(other)] >= FLOOR[room_of(one)]
    }


def without_a_floor(modules):
    return sorted({room_of(module) for module in modules} - FLOOR.keys())


def circles(arrows):
    """Modules that import each other, in however many steps."""

    def below(module, seen):
        for other in arrows[module] - seen:
            seen.add(other)
            below(other, seen)
        return seen

    return {module for module in arrows if module in below(module, set())}


def test_every_module_is_on_exactly_one_floor_and_no_floor_is_of_something_gone():
    assert without_a_floor(MODULES) == []
    assert sum(map(len, FLOORS)) == len(FLOOR)
    assert FLOOR.keys() == {room_of(module) for module in MODULES}


def test_imports_run_one_way():
    assert sorted(wrong(ARROWS)) == []


def test_no_two_modules_import_each_other():
    assert sorted(circles(ARROWS)) == []


@pytest.mark.parametrize(
    "module, statement, other",
    [
        ("errors", "from rnnlab.batch import IGNORE", "batch"),
        ("batch", "from rnnlab.tasks.task import Task", "tasks.task"),
        ("tasks.digitsum", "from rnnlab.layers.lstm import LSTM", "layers.lstm"),
        ("layers.gru", "def f():\n    import rnnlab.tasks.task as it", "tasks.task"),
        ("network", "if TYPE_CHECKING:\n    from rnnlab.data import seeds", "data.seeds"),
        ("data.loaders", "from rnnlab.runs import run", "runs.run"),
        ("runs.checkpoint", "def f():\n    from rnnlab.config.build import network", "config.build"),
        ("config.build", "def f():\n    from rnnlab.training.learner import SequenceLearner", "training.learner"),
        ("inference.load", "class A:\n    from rnnlab.training import fit", "training.fit"),
        ("training.tensorboard", "from rnnlab.sweeps import local", "sweeps.local"),
        ("reports.records", "it = importlib.import_module('rnnlab.sweeps.jobs')", "sweeps.jobs"),
        ("cli.guard", "def f():\n    from rnnlab import evaluate", "evaluate"),
        ("predict", "from rnnlab.sample import main", "sample"),
    ],
)
def test_a_wrong_import_is_seen_wherever_it_is_planted(module, statement, other):
    more = arrows(ast.parse(f"{ast.unparse(MODULES[module])}\n{statement}"))
    assert wrong(ARROWS | {module: more}) - wrong(ARROWS) == {(module, other)}


def test_a_module_of_no_room_and_a_circle_within_one_are_seen():
    assert without_a_floor([*MODULES, "hparams"]) == ["hparams"]
    planted = {"layers.gru": ARROWS["layers.gru"] | {"layers.state"}, "layers.state": {"layers.gru"}}
    assert circles(ARROWS | planted) >= planted.keys()


def test_the_root_has_the_commands_and_at_most_six_files_besides():
    files = {module for module in MODULES if module and module not in PACKAGES and "." not in module}
    assert {module for module in files if is_command_line(MODULES[module])} == COMMANDS
    assert len(files - COMMANDS) <= 6


@pytest.mark.parametrize("folder", ["tasks", "layers"])
def test_tasks_and_layers_know_no_framework(folder):
    inside = [module for module in MODULES if module.startswith(f"{folder}.")]
    assert len(inside) > 3
    for module in inside:
        tops = {name.split(".")[0] for name in imported(ast.walk(MODULES[module]))}
        assert not tops & FRAMEWORKS, module


def is_command_line(tree):
    return any(isinstance(node, ast.If) and "__main__" in ast.unparse(node.test) for node in tree.body)


def test_command_lines_import_nothing_heavy_before_a_job_runs():
    for command in COMMANDS:
        waiting, seen = [command], set()
        while waiting:
            module = waiting.pop()
            seen.add(module)
            names = imported(at_import(MODULES[module]))
            assert not {name.split(".")[0] for name in names} & HEAVY, f"{command} imports {module}"
            waiting += own(names) - seen


def test_a_question_about_a_path_never_raises():
    """Path.exists and the like do, where a folder may not be looked into; os.path's answer that nothing is there."""
    for module, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("exists", "is_dir", "is_file", "is_symlink"):
                assert ast.unparse(node.value) == "os.path", f"{module}, line {node.lineno}: os.path does not raise"


def test_one_module_looks_up_classes_by_name():
    for module, tree in MODULES.items():
        names = imported(ast.walk(tree))
        assert ("importlib.import_module" in names) == (module == "config.instantiate"), module
        assert not any(name.startswith("hydra.utils") for name in names), module


def test_no_module_is_a_drawer():
    names = {part for module in MODULES for part in module.split(".")}
    assert not names & {"utils", "util", "helpers", "misc", "common"}


def test_packages_list_nothing():
    for package in PACKAGES - {""}:
        tree = MODULES[package]
        assert all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in tree.body), package


def test_every_module_says_why_it_exists():
    assert [module for module, tree in MODULES.items() if not ast.get_docstring(tree)] == []


def test_every_module_has_a_test_file_of_its_name():
    wanted = {module: Path(*module.split(".")) for module in MODULES if module not in PACKAGES}
    files = {module: TESTS / path.with_name(f"test_{path.name}.py") for module, path in wanted.items()}
    assert [module for module, path in files.items() if not path.is_file()] == []
