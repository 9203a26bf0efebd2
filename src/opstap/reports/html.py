"""A report as one HTML page: by itself with everything inside, or leaning on the stylesheet of an installation."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from opstap.reports.blocks import Figure, Table
from opstap.reports.look import stylesheet as own_stylesheet
from opstap.reports.report import Report
from opstap.reports.words import words


def page(report: Report, *, stylesheet: str | None = None) -> str:
    """Fill the page of a report.

    `stylesheet` is the address of the installation's stylesheet, for a page that is served under its security policy
    (nothing inline); without it the page carries its own and can be opened from anywhere.
    """
    numbers = {id(block): number for kind in (report.figures, report.tables) for number, block in enumerate(kind, 1)}

    def number(block: Figure | Table) -> int:
        return numbers[id(block)]

    template = _environment(report.language).get_template("report.html")
    return template.render(
        report=report,
        stylesheet=stylesheet,
        look=None if stylesheet else own_stylesheet(),
        number=number,
        kind=lambda block: type(block).__name__,
    )


def breakable(text: str) -> Markup:
    """Let a long word, such as a hash, break at the end of a line."""
    whole = r"\S{24,}"
    return Markup(re.sub(whole, lambda found: "<wbr>".join(re.findall(r".{1,16}", found.group())), str(escape(text))))


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
