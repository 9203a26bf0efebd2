"""Texts and their translations: finds every text meant for people, and keeps the translation files in step.

An area is a folder in src/ with a `locale` folder. Its texts are those of all Python files and templates
below the folder that holds `locale`, except what a nearer area holds. A language is a folder in `locale`:
adding French is adding `locale/fr/LC_MESSAGES/django.po`.

`./run translations` writes; the tests in test_translations.py only read.
"""

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "opstap"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
DATED_HEADERS = tuple(
    f'"{name}'.encode()
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Project-Id-Version",
        "Last-Translator",
        "Language-Team",
        "Report-Msgid",
        "Generated-By",
    )
)
"""Headers of a translation file that differ by day, person or tool, and tell nothing."""

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""The date in every compiled file, so that the same texts give the same bytes."""

FORMS = ("u", "je")
"""The forms of address: a sentence given to `say` is one text for each, told apart by context."""

SAY = {"say": (2,)}
"""How `say` is called in Python: the form of address, then the sentence."""

SAY_TAG = re.compile(r"""\{%\s*say\s+("[^"]*"|'[^']*')""")
"""How `say` stands in a template."""

JINJA_ROOMS = {"reports", "paper"}
"""Rooms without Django fill their pages with Jinja; all others have Django templates."""

PLACEHOLDER = re.compile(r"%\(\w+\)[-#0 +]*[\d.]*[sdifgr]|%[sdifgr]|\{\w*(?:[.!:][^{}]*)?\}")


@dataclass(frozen=True)
class Area:
    """A folder with texts of its own, and the languages it is translated into."""

    folder: Path

    @property
    def languages(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "locale").iterdir() if path.is_dir())

    def po(self, language: str) -> Path:
        return self.folder / "locale" / language / "LC_MESSAGES" / "django.po"

    def mo(self, language: str) -> Path:
        return self.po(language).with_suffix(".mo")


def areas(source: Path = SOURCE) -> list[Area]:
    """Every folder below `source` that has a `locale` folder."""
    return [Area(path.parent) for path in sorted(source.rglob("locale")) if path.is_dir()]


def files(source: Path = SOURCE) -> Iterator[Path]:
    """Every file that may hold texts."""
    for path in sorted(source.rglob("*")):
        in_templates = "templates" in path.parts and path.suffix in (".html", ".txt")
        if path.is_file() and (path.suffix == ".py" or in_templates):
            yield path


def area_of(path: Path, known: list[Area]) -> Area | None:
    """The nearest area around a file, or None."""
    holding = [area for area in known if area.folder in path.parents]
    return max(holding, key=lambda area: len(area.folder.parts), default=None)


def texts(path: Path) -> Iterator[tuple[int, str | tuple, str | None]]:
    """The line, text (a tuple where it has a plural) and context of every text in a file."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        python = content
    elif not JINJA_ROOMS.isdisjoint(path.parts):
        python = jinja_as_python(content)
    else:
        if not settings.configured:
            settings.configure(USE_I18N=True)
            django.setup()
        from django.utils.translation.template import templatize

        python = templatize(content)
    for line, _, text, _, context in with_context(python):
        yield line, text, context
    for line, text in spoken(path, content):
        yield from ((line, text, form) for form in FORMS)


def spoken(path: Path, content: str) -> Iterator[tuple[int, str]]:
    """The line and text of every sentence that is said in more than one form of address."""
    if path.suffix == ".py":
        for line, text, _, _ in extract("python", io.BytesIO(content.encode()), keywords=SAY):
            yield line, text
    else:
        for found in SAY_TAG.finditer(content):
            yield content.count("\n", 0, found.start()) + 1, found[1][1:-1]


def with_context(python: str) -> Iterator[tuple]:
    """Babel's answer for a piece of Python, with the name of the function left out."""
    found = extract("python", io.BytesIO(python.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    for line, text, comments, context in found:
        yield line, None, text, comments, context


def jinja_as_python(content: str) -> str:
    """The calls of gettext and its kin in a Jinja template, each on its own line."""
    from jinja2 import Environment

    lines = [""] * (content.count("\n") + 1)
    for line, function, text in Environment(extensions=["jinja2.ext.i18n"]).extract_translations(content):
        parts = text if isinstance(text, tuple) else (text,)
        call = ", ".join(repr(part) if part is not None else "n" for part in parts)
        lines[line - 1] += f"{function}({call}); "
    return "\n".join(lines)


def extracted(area: Area, known: list[Area], source: Path = SOURCE) -> Catalog:
    """Every text of an area, with the places where it stands."""
    catalog = Catalog(fuzzy=False)
    for path in files(source):
        if area_of(path, known) == area:
            for line, text, context in texts(path):
                place = (path.relative_to(area.folder).as_posix(), line)
                catalog.add(text, locations=[place], context=context)
    return catalog


def homeless(source: Path = SOURCE) -> list[str]:
    """Files with texts that no area holds."""
    known = areas(source)
    return [
        path.relative_to(source).as_posix()
        for path in files(source)
        if area_of(path, known) is None and any(True for _ in texts(path))
    ]


def faults(area: Area, language: str, known: list[Area], source: Path = SOURCE) -> list[str]:
    """What is wrong with one translation file: missing, empty, fuzzy, stale, or with other placeholders."""
    found = []
    wanted = {key(message): message for message in extracted(area, known, source) if message.id}
    have = {key(message): message for message in read(area.po(language), language) if message.id}
    found += [f"missing: {name}" for name in wanted if name not in have]
    for name, message in have.items():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if name not in wanted:
            found.append(f"stale: {name}")
        if "fuzzy" in message.flags:
            found.append(f"fuzzy: {name}")
        if not all(strings):
            found.append(f"empty: {name}")
        elif not same_placeholders(message):
            found.append(f"other placeholders: {name}")
    return found


def key(message: Message) -> tuple:
    """What tells two texts apart: context, text, plural."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    return (message.context or "", *ids)


def same_placeholders(message: Message) -> bool:
    """Whether a translation has the placeholders of its text; a plural form may leave the number out."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    allowed = [sorted(PLACEHOLDER.findall(text)) for text in ids]
    return all(sorted(PLACEHOLDER.findall(text)) in allowed for text in strings)


def read(path: Path, language: str) -> Catalog:
    """A translation file; an empty one where there is none."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(area: Area, language: str) -> bytes:
    """What the compiled file of a translation must hold."""
    catalog = read(area.po(language), language)
    catalog.creation_date = catalog.revision_date = LONG_AGO
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def update(area: Area, language: str, known: list[Area]) -> int:
    """Bring one translation file in step with the texts and compile it; returns how many are untranslated."""
    old = {key(message): message for message in read(area.po(language), language)}
    fresh = Catalog(locale=language, fuzzy=False, project="Opstap", charset="utf-8")
    for message in sorted(extracted(area, known), key=lambda found: (found.locations, key(found))):
        if not message.id:
            continue
        kept = old.get(key(message))
        places = [(name, None) for name in dict.fromkeys(name for name, _ in message.locations)]
        string = kept.string if kept else ""
        comments = kept.user_comments if kept else ()
        fresh.add(message.id, string, places, context=message.context, user_comments=comments)
    path = area.po(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, fresh, width=100, omit_header=False, include_lineno=False)
    path.write_bytes(without_dates(buffer.getvalue()))
    area.mo(language).write_bytes(compiled(area, language))
    return sum(not all(m.string if isinstance(m.string, tuple) else (m.string,)) for m in fresh if m.id)


def without_dates(po: bytes) -> bytes:
    """The same texts give the same file on any day and by anyone."""
    lines = [line for line in po.split(b"\n") if not line.startswith(DATED_HEADERS)]
    return b"\n".join(line for line in lines if not line.startswith(b"# ") and line not in (b"#",))


def main() -> int:
    """Update every area in every language that it has; exit 1 while something waits for its translation."""
    known = areas()
    waiting = 0
    for area in known:
        for language in area.languages:
            count = update(area, language, known)
            waiting += count
            name = area.po(language).relative_to(ROOT)
            print(f"{name}: {f'{count} to translate' if count else 'complete'}")
    for name in homeless():
        print(f"src/opstap/{name} has texts, but no folder around it has a locale folder.")
        waiting += 1
    return 1 if waiting else 0


if __name__ == "__main__":
    sys.exit(main())
