"""How large the page of an inspected network is, and how long Chromium takes to open it.

python benchmarks/page.py                        an LSTM of 256 units on 5,000 characters, with all its gates
python benchmarks/page.py path=FILE symbols=2000 other text, or less of it

The network's weights are drawn three times as large as an untrained one's, so that its units move at every step and
hardly anything can be compressed. Needs Chromium and chromedriver.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import torch

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import browser  # noqa: E402
from rnnlab.batch import Batch  # noqa: E402
from rnnlab.inspection import page  # noqa: E402
from rnnlab.inspection.reading import read  # noqa: E402
from rnnlab.network import Network, OneHot  # noqa: E402
from rnnlab.tasks.chartext import CharText  # noqa: E402

TIMES = 5
OPENED = "return performance.getEntriesByName('drawn')[0]?.startTime ?? null"


def main(arguments: list[str]) -> None:
    given = dict(argument.split("=", 1) for argument in arguments)
    task = CharText(path=given["path"]) if "path" in given else CharText()
    ids = torch.from_numpy(task.train[: int(given.get("symbols", 5000)) + 1].astype("int64")).unsqueeze(0)
    torch.manual_seed(0)
    layer = torch.nn.LSTM(len(task.vocab), 256, batch_first=True)
    network = Network(OneHot(len(task.vocab)), layer, 256, len(task.vocab)).eval()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.mul_(3)
    start = time.perf_counter()
    reading = read(network, task, Batch(ids[:, :-1], ids[:, 1:]))
    text = page.html("benchmark", [page.described("benchmark", "", task, reading)], [])
    print(f"made in {time.perf_counter() - start:.1f} s, {len(text.encode()) / 1e6:.2f} MB")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(text, encoding="utf-8")
        with browser.browser(Path(folder) / "profile") as window:
            taken = []
            for _ in range(TIMES):
                window.open(file.as_uri())
                while (opened := window.run(OPENED)) is None:
                    time.sleep(0.05)
                taken.append(opened)
    print(f"opened and drawn in {statistics.median(taken):.0f} ms, at most {max(taken):.0f} (of {TIMES} times)")


if __name__ == "__main__":
    main(sys.argv[1:])
