"""Where the dots and rows of a page lead."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote


class Links:
    """Addresses relative to the folder `out`, in which the page is to lie. pages: a run's folder -> its page there."""

    def __init__(self, out: Path, pages: Mapping[Path, str] | None = None):
        self.out, self.pages = out, dict(pages or {})

    def folder(self, folder: Path) -> str:
        """The folder itself, safe in an attribute."""
        return quote(os.fsencode(relative(folder, self.out).as_posix())) + "/"

    def run(self, folder: Path) -> str:
        """The page of a run, or its folder where it has none."""
        page = self.pages.get(folder)
        return self.folder(folder) if page is None else quote(page)


def relative(folder: Path, start: Path) -> Path:
    """A folder as it is reached from another; in full where no way leads there, from one disk to another on Windows."""
    try:
        return Path(os.path.relpath(folder, os.path.realpath(start)))
    except ValueError:
        return folder.absolute()
