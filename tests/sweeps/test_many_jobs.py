"""A sweep of hundreds of short jobs needs no more memory and no more open files at its end than at its start."""

import os
from pathlib import Path

import pytest

import forked_runs
from rnnlab.training import fit

JOBS = ["-m", "model.hidden_size=8", "data.lengths=[2]", "data.batch_size=80", "trainer.max_epochs=null"]
JOBS += ["trainer.max_steps=1", "seed=range(0,300)"]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory and open files are read from /proc")
def test_300_jobs_keep_memory_and_open_files_flat(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    original = fit.fit

    def watched(*arguments, **options):
        result = original(*arguments, **options)
        pages, files = int(Path("/proc/self/statm").read_text().split()[1]), len(os.listdir("/proc/self/fd"))
        with open("watched", "a") as log:
            log.write(f"{pages * os.sysconf('SC_PAGE_SIZE') >> 10} {files}\n")
        return result

    ended = forked_runs.run(JOBS, lambda: setattr(fit, "fit", watched))
    assert ended.code == 0
    kilobytes, files = zip(*(map(int, line.split()) for line in Path("watched").read_text().splitlines()), strict=True)
    print(f"memory {kilobytes[20]:,} to {kilobytes[-1]:,} KB, files {files[20]} to {files[-1]}")
    assert len(kilobytes) == 300
    assert files[-1] <= files[20]
    assert kilobytes[-1] < 1.1 * kilobytes[20]
