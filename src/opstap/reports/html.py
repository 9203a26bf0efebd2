"""A report as one HTML page: by itself with everything inside, or leaning on the stylesheet of an installation."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from opstap.reports.blocks import Figure, Table
from opstap.reports.look import paper_rules, scale_colours
from opstap.reports.look import stylesheet as own_stylesheet
from opstap.reports.report import Report
from opstap.reports.words import words


def page(report: Report, *, stylesheet: str | None = None) -> str:
    """Fill the page of a report.

    `stylesheet` is the address of the installation's stylesheet, for a page that is served under its security policy
    (nothing inline, and no links to the files beside it); without it the page carries its own and can be opened from
    anywhere.
    """
    look = None if stylesheet else own_stylesheet()
    return _fill("report.html", report, stylesheet=stylesheet, look=look, files=stylesheet is None)


def summary_page(report: Report) -> str:
    """Fill the page in plain words; ValueError where the report has none (`report.summary.refused` says why)."""
    if report.summary.refused:
        raise ValueError(report.summary.refused)
    return _fill("summary.html", report, look=own_stylesheet())


def paper_page(report: Report, drawn: Callable[[Figure], str]) -> str:
    """Fill the page as it is printed: folded tables at the end; `drawn` gives the address of a figure."""
    _ = words(report.language).gettext
    provenance = report.provenance
    running = [
        f"{report.title} {provenance['protocol']['version']}",
        _("dataset %(hash)s") % {"hash": provenance["dataset"][:12]},
        _("data up to %(day)s") % {"day": report.cut},
        *([_("invented people")] if report.invented else []),
    ]
    look = "\n".join([paper_rules(), *map(_columns, report.tables)])
    return _fill("report.html", report, look=look, paper=True, drawn=drawn, running=" · ".join(running))


def _fill(name: str, report: Report, **said: Any) -> str:
    tables, figures = report.tables, report.figures
    paper = said.get("paper", False)
    behind = [table for table in tables if table.folded]
    if paper:
        # Numbered as they stand on paper.
        tables = [*(table for table in tables if not table.folded), *behind]
    numbers = {id(block): number for kind in (figures, tables) for number, block in enumerate(kind, 1)}
    by_name = {name: table for table in tables for name in (*table.holds, table.name)}
    translate = words(report.language).gettext

    def refer(to: str) -> Markup:
        """Link a number to the table that it stands in; nothing where that table could not be made."""
        table = by_name.get(to)
        if table is None:
            return Markup("")
        label = translate("Table %(number)s") % {"number": numbers[id(table)]}
        return Markup('<a class="small nowrap" href="#table-{}">{}</a>').format(table.name, label)

    look = said.get("look")
    digest = hashlib.sha256(look.encode()).digest() if look else b""
    defaults = {"stylesheet": None, "files": False, "paper": False, "drawn": None, "running": ""}
    return (
        _environment(report.language)
        .get_template(name)
        .render(
            report=report,
            behind=behind,
            scale=scale_colours(),
            number=lambda block: numbers[id(block)],
            refer=refer,
            csv=lambda table: f"tables/{table.name}.csv",
            kind=lambda block: type(block).__name__,
            look_hash=f"sha256-{base64.b64encode(digest).decode()}",
            **{**defaults, **said},
        )
    )


def widths(table: Table) -> list[str]:
    """Give each column's share of a page in percent, by its longest word and its longest cell.

    A printed table with given widths is laid out in a fraction of the time of one that measures each cell.
    """
    needs = []
    for place, title in enumerate(table.head):
        cells = [_said(row[place]) for row in table.body]
        word = max((len(part) for text in [title, *cells] for part in text.split()), default=1)
        longest = max((len(text) for text in cells), default=1)
        whole = longest if place >= table.left else min(longest, 12 + longest**0.8)
        needs.append(max(min(word, 24) + 4, min(whole, 110) + 4, 9))
    return [f"{100 * need / sum(needs):.2f}" for need in needs]


def _columns(table: Table) -> str:
    """Give the rules of a printed table's columns."""
    return "".join(
        f"#table-{table.name} col:nth-child({place}) {{ width: {share}% }}"
        for place, share in enumerate(widths(table), start=1)
    )


def _said(cell: Any) -> str:
    return cell if isinstance(cell, str) else ", ".join(link.text for link in cell)


def breakable(text: str) -> Markup:
    """Let a long word, such as a hash, break at the end of a line."""
    parts = [
        # Every second part is such a word. Cut, then escaped: a sign written as several letters stays whole.
        Markup("<wbr>").join(re.findall(r".{1,16}", part)) if place % 2 else escape(part)
        for place, part in enumerate(re.split(r"(\S{24,})", str(text)))
    ]
    return Markup("").join(parts)


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("opstap.reports"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.filters["breakable"] = breakable
    translations: Any = words(language).translations
    # The extension gives the environment this function while it is being made.
    install: Any = vars(environment)["install_gettext_translations"]
    install(translations, newstyle=True)
    return environment
