"""The logs of a run put back to a checkpoint, against tables worked by hand."""

import pytest

from rnnlab.training.rewind import rewind

TABLE = "step,loss/train\n4,2.5\n8,1.25\n12,0.5\n"


@pytest.fixture
def run(tmp_path):
    (tmp_path / "checkpoints").mkdir()
    for name in ("metrics.csv", "timing.csv"):
        (tmp_path / name).write_text(TABLE)
    return tmp_path


@pytest.mark.parametrize(
    ("checks", "kept"),
    [(0, ""), (1, "step,loss/train\n4,2.5\n"), (2, "step,loss/train\n4,2.5\n8,1.25\n"), (3, TABLE)],
)
def test_a_table_has_the_rows_of_the_checks_up_to_the_checkpoint(checks, kept, run, capsys):
    rewind(run, checks, 4 * checks)
    assert [(run / name).read_text() for name in ("metrics.csv", "timing.csv")] == [kept, kept]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("torn", [TABLE[:-12], TABLE.replace("12,0.5", "12,0.5,9"), TABLE[:-1]])
def test_of_a_torn_table_the_whole_rows_are_kept_and_a_line_says_so(torn, run, capsys):
    (run / "metrics.csv").write_text(torn)
    rewind(run, 3, 12)
    kept = (run / "metrics.csv").read_text()
    assert TABLE.startswith(kept) and kept.endswith("\n") and len(kept) < len(TABLE)
    err = capsys.readouterr().err
    assert "metrics.csv is damaged" in err and f"{kept.count(chr(10)) - 1} of its 3 rows" in err
    assert (run / "timing.csv").read_text() == TABLE


def test_what_no_run_wrote_is_put_aside_and_what_a_kill_left_is_cleared_away(run, capsys):
    (run / "metrics.csv").unlink()
    (run / "metrics.csv").mkdir()
    (run / "timing.csv").write_bytes(b"\xff\n")
    rewind(run, 3, 12)
    err = capsys.readouterr().err
    assert err.count("it is put aside as") == err.count("\n") == 2
    assert not (run / "metrics.csv").exists() and not (run / "timing.csv").exists()
    assert len([path for path in run.iterdir() if path.name != "checkpoints"]) == 2


def test_checkpoints_of_later_checks_go(run):
    for number in (1, 3, 5):
        (run / "checkpoints" / f"check_0000{number}.ckpt").write_bytes(b"x")
    rewind(run, 3, 12)
    assert [path.name for path in sorted((run / "checkpoints").iterdir())] == ["check_00001.ckpt", "check_00003.ckpt"]
