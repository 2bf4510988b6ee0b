"""Where a page leads, whatever folders are called."""

import os
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from rnnlab.reports.links import Links


@pytest.mark.parametrize("name", ["run", "a b", "50%", "what?#x", '"><i>', "javascript:x", "ü", "a\nb"])
def test_a_link_leads_from_the_page_to_the_folder(name):
    out, folder = Path("/outputs/report"), Path("/outputs/runs") / name
    address = Links(out).folder(folder)
    assert re.fullmatch(r"[\w./%~-]+", address, re.ASCII) and address.startswith("../runs/") and address.endswith("/")
    assert Path(unquote(f"{out}/{address}")).parts[4:] == folder.parts[2:]


def test_a_run_with_a_page_has_its_link_lead_there():
    links = Links(Path("/out"), {Path("/runs/a"): "report_runs/1 a.html"})
    assert links.run(Path("/runs/a")) == "report_runs/1%20a.html" and links.folder(Path("/runs/a")) == "../runs/a/"
    assert links.run(Path("/runs/b")) == "../runs/b/"


def test_no_way_leads_from_one_disk_to_another(monkeypatch):
    def refuse(*_):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(os.path, "relpath", refuse)
    assert Links(Path("/out")).folder(Path("/runs/a")) == "/runs/a/"
