"""Writing a report to a folder: all of it or nothing, and the same bytes each time."""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from opstap.paper.letter import can_draw
from opstap.reports.html import page, summary_page
from opstap.reports.look import standalone
from opstap.reports.report import Report
from opstap.reports.sheet import sheet

#: The file by which a folder is known to hold a report.
MARK = "provenance.json"


class Unwritable(Exception):
    """A folder that a report cannot be written to; says where, and how to mend it."""


def write(report: Report, folder: Path, *, paper: bool = True) -> list[Path]:
    """Write a report and give its files, sorted; Unwritable when the folder cannot be used."""
    return place(files(report, paper=paper), folder, MARK)


def place(content: Mapping[str, bytes], folder: Path, mark: str) -> list[Path]:
    """Write files to a folder and list them, sorted; Unwritable when the folder cannot be used.

    Everything is made beside the folder first and then put in its place, so that there is never half of it. A folder
    that exists is replaced when it is empty or holds the same kind of thing, known by the file called `mark`.
    """
    folder = folder.absolute()
    check(folder, mark)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise Unwritable(f"{folder}: {error.strerror}; choose a folder that you can write to.") from None
    try:
        for name, made in content.items():
            path = draft / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(made)
        draft.chmod(0o755)
        if folder.exists():
            # Renamed away first: a folder with files in it cannot be replaced in one step.
            old = draft.with_name(f"{draft.name}-old")
            os.rename(folder, old)
            os.rename(draft, folder)
            shutil.rmtree(old)
        else:
            os.rename(draft, folder)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise Unwritable(f"{folder}: {error.strerror}; choose a folder that you can write to.") from None
    return sorted(path for path in folder.rglob("*") if path.is_file())


def check(folder: Path, mark: str = MARK) -> None:
    """Refuse a folder that cannot take what is to be written, before anything is computed."""
    if folder.is_dir():
        if any(folder.iterdir()) and not (folder / mark).is_file():
            raise Unwritable(f"{folder} holds other files and no {mark}; choose an empty or a new folder.")
    elif folder.exists():
        raise Unwritable(f"{folder} is a file; choose a folder.")
    place = folder if folder.is_dir() else next(one for one in folder.absolute().parents if one.exists())
    if not place.is_dir() or not os.access(place, os.W_OK):
        raise Unwritable(f"{folder}: {place} cannot be written to; choose a folder that you can write to.")


def files(report: Report, *, paper: bool = True) -> dict[str, bytes]:
    """Give every file of a report by its name in the folder; without Pango all but the PDF (`missing` says so).

    `paper=False` leaves the PDF out, which takes far longer than all the rest.
    """
    made: dict[str, str] = {
        "report.html": page(report),
        "results.json": _json(report.results),
        MARK: _json(report.provenance),
    }
    if not report.summary.refused:
        made["summary.html"] = summary_page(report)
    for table in report.tables:
        made[f"tables/{table.name}.csv"] = table.data.to_csv(index=False, lineterminator="\n")
    for figure in report.figures:
        made[f"figures/{figure.name}.svg"] = standalone(figure.wide)
    content = {name: text.encode() for name, text in made.items()}
    if paper and can_draw():
        content["report.pdf"] = sheet(report)
    return dict(sorted(content.items()))


def missing(report: Report) -> list[str]:
    """Say which files a report does not have here, and why; each one sentence."""
    found = [] if can_draw() else ["report.pdf is not made: the library Pango is missing; install libpango-1.0-0."]
    return [*found, *([f"summary.html: {report.summary.refused}"] if report.summary.refused else [])]


def _json(content: Any) -> str:
    return json.dumps(plain(content), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """Give a result as JSON holds it: full precision, ISO dates, null for what is missing or infinite."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
