"""A letter on A4: the same words as HTML and as tagged PDF (PDF/UA-1).

WeasyPrint draws the PDF with Debian's Pango. Where that library is missing, `pdf` raises `NoPango` and everything else
works.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

_drawing = Lock()
_pages = Environment(loader=PackageLoader("opstap.paper"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


class NoPango(Exception):
    """The library that draws PDF is not on this machine."""


@dataclass(frozen=True)
class Sheet:
    """The words of one letter. `language` is a language code, for reading aloud and breaking words."""

    language: str
    to: Sequence[str]
    sender: Sequence[str]
    date: str
    subject: str
    paragraphs: Sequence[str]
    signed: str


def html(sheet: Sheet) -> str:
    """Draw a letter as a page of HTML that stands alone."""
    return template("letter.html").render(sheet=sheet)


def template(name: str) -> Template:
    """Give one of this room's pages."""
    return _pages.get_template(name)


def pdf(page: str, given: Mapping[str, bytes] | None = None) -> bytes:
    """Draw a page of HTML as PDF/UA-1; NoPango where the library is missing. Nothing is fetched from anywhere.

    The same page gives the same bytes. `given` holds what the page may use beside itself (fonts, drawings), by name:
    its address is `given:<name>`.
    """
    weasyprint = _weasyprint()
    fetcher = _fetcher(weasyprint, given or {})
    with _no_clock():
        return weasyprint.HTML(string=page, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")


@contextmanager
def _no_clock() -> Iterator[None]:
    """Keep the time of drawing out of the fonts in a PDF, so that the same page gives the same bytes.

    The library that cuts fonts to size reads its clock from this variable alone; one drawing at a time, since it is
    one for the whole process.
    """
    name = "SOURCE_DATE_EPOCH"
    with _drawing:
        before = os.environ.get(name)
        os.environ[name] = "0"
        try:
            yield
        finally:
            if before is None:
                del os.environ[name]
            else:
                os.environ[name] = before


def can_draw() -> bool:
    """Tell whether PDF can be drawn on this machine."""
    try:
        _weasyprint()
    except NoPango:
        return False
    return True


def _weasyprint() -> Any:
    try:
        import weasyprint
        import weasyprint.urls
    except (ImportError, OSError) as error:
        raise NoPango from error
    return weasyprint


def _fetcher(weasyprint: Any, given: Mapping[str, bytes]) -> Any:
    """Make what fetches for a page: only what was given; anything else stops the drawing."""

    class Given(weasyprint.urls.URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            scheme, _colon, name = url.partition(":")
            if scheme != "given" or name not in given:
                raise ValueError(f"a letter fetches nothing, and was asked for {url}")
            kind = {"svg": "image/svg+xml", "woff2": "font/woff2"}[name.rpartition(".")[2]]
            return weasyprint.urls.URLFetcherResponse(url, given[name], {"Content-Type": kind})

    return Given(fail_on_errors=True)
