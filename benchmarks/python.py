"""`python benchmarks/python.py [runs=10000]`: what the Python API costs.

`import rnnlab` (at most 0.1 s), `rnnlab.load` beyond importing torch (at most 50 ms) and `rnnlab.runs(...).frame()` of
many runs (at most 2 s for 10,000, the start of Python included), each the best of five, in processes of their own.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from omegaconf import OmegaConf

import rnnlab
from report import MODELS, RATES, make
from rnnlab.config.compose import compose

IMPORT, LOAD, TABLE = 0.1, 0.05, 2.0
TIMED = "import time; began = time.perf_counter()\n{}\nprint(time.perf_counter() - began)"


def seconds(code: str, *arguments: object) -> float:
    """What the last line of some code prints, the least of five times; the first of them leaves bytecode."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(6)]
    return min(float(one.stdout.splitlines()[-1]) for one in done[1:])


def main(runs: int) -> bool:
    importing = seconds(TIMED.format("import rnnlab"))
    print(f"import rnnlab: {1000 * importing:.0f} ms (at most {1000 * IMPORT:.0f})", flush=True)
    with tempfile.TemporaryDirectory() as name:
        run = rnnlab.train("trainer=debug", f"output_dir={name}/one")
        torch = seconds(TIMED.format("import torch"))
        loading = seconds("import sys, torch\n" + TIMED.format("import rnnlab; rnnlab.load(sys.argv[1])"), run.folder)
        print(f"rnnlab.load: {1000 * loading:.0f} ms (at most {1000 * LOAD:.0f}) beyond {1000 * torch:.0f} for torch")
        configs = {
            model: OmegaConf.to_container(compose(["task=digitsum", f"model={model}"]), resolve=True)
            for model in MODELS
        }
        for place in range(runs):
            model, rate = MODELS[place % 4], RATES[place // 4 % 5]
            make(Path(name, "many"), model, rate, place // 20, configs[model], 1)
        code = "import rnnlab, sys; print(len(rnnlab.runs(sys.argv[1]).frame()), file=sys.stderr)"
        table = seconds(TIMED.format(f"import sys\n{code}"), Path(name, "many"))
    print(f"rnnlab.runs(...).frame() of {runs:,} runs: {table:.2f} s (at most {TABLE * runs / 10_000:.2g})")
    return importing <= IMPORT and loading <= LOAD and table <= TABLE * runs / 10_000


if __name__ == "__main__":
    given = {name: int(value) for name, _, value in (argument.partition("=") for argument in sys.argv[1:])}
    sys.exit(0 if main(given.get("runs", 10_000)) else 1)
