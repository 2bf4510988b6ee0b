"""What is shipped works without the repository: sdist, wheel, a clean environment, every config composed there."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from rnnlab.config.compose import CONF

ROOT = CONF.parent
pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="the project's sources are not here")

COMPOSE = """
import sys
from pathlib import Path
import rnnlab
from rnnlab.config.compose import CONF, compose
assert Path(rnnlab.__file__).is_relative_to(sys.prefix), rnnlab.__file__
assert CONF.is_relative_to(sys.prefix), CONF
groups = ("task", "model", "trainer", "optimizer", "schedule", "logger", "callbacks", "experiment", "search")
found = [f"{group}={path.stem}" for group in groups for path in (CONF / group).glob("*.yaml")]
for override in found:
    compose([override])
print(len(found))
"""


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)  # the sdist, and the wheel from the sdist
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def python(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment with the wheel; what it depends on comes from this one's packages."""
    folder = tmp_path_factory.mktemp("clean")
    (wheel,) = dist.glob("*.whl")
    python = folder / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel]
    subprocess.run(pip, check=True)
    return python


def run(*command: object, folder: Path) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONPATH": sysconfig.get_path("purelib")}  # no .pth files are read from there
    return subprocess.run([*map(str, command)], cwd=folder, env=environment, capture_output=True, text=True)


def test_every_config_composes_from_the_wheel(python, tmp_path):
    done = run(python, "-c", COMPOSE, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 30


@pytest.mark.slow
def test_the_commands_work_from_another_folder(python, tmp_path):
    shown = run(python, "-m", "rnnlab.train", "--cfg", "job", folder=tmp_path)
    assert shown.returncode == 0 and "name: digitsum" in shown.stdout
    assert "rnnlab.train" in run(python.with_name("rnnlab-train"), "--help", folder=tmp_path).stdout
    made = run(python.with_name("rnnlab-dataset"), "task=digitsum", "data.lengths=[2]", "out=x.csv", folder=tmp_path)
    assert made.returncode == 0 and len((tmp_path / "x.csv").read_text().splitlines()) == 100
    trained = run(python.with_name("rnnlab-train"), "trainer=debug", folder=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert run(python.with_name("rnnlab-train"), "task=digitsun", folder=tmp_path).returncode == 2


def test_the_archives_hold_what_they_should_and_nothing_else(dist):
    (sdist,), (wheel,) = dist.glob("*.tar.gz"), dist.glob("*.whl")
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "README.md", "conf/config.yaml", "src/rnnlab/train.py", "tests/conftest.py"} <= packed
    names = zipfile.ZipFile(wheel).namelist()
    configs = {str(Path("rnnlab/conf") / path.relative_to(CONF)) for path in CONF.rglob("*.yaml")}
    assert configs | {"rnnlab/inspection/page.css", "rnnlab/inspection/page.js"} <= set(names)
    assert all(name.startswith(("rnnlab/", "rnnlab-", "hydra_plugins/")) for name in names)
    assert not any("__pycache__" in name or "outputs" in name for name in {*names, *packed})
