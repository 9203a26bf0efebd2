"""Every text for people is there in every language, and the compiled files say what the sources say."""

import ast
from pathlib import Path

import pytest
from tests.repository import messages

KNOWN = messages.areas()
PAIRS = [
    pytest.param(area, language, id=f"{area.folder.name}-{language}") for area in KNOWN for language in area.languages
]


@pytest.mark.parametrize(("area", "language"), PAIRS)
def test_translation_is_complete(area, language):
    assert not messages.faults(area, language, KNOWN), "run ./run translations and fill in what is empty"


@pytest.mark.parametrize(("area", "language"), PAIRS)
def test_compiled_file_is_in_step(area, language):
    assert area.mo(language).read_bytes() == messages.compiled(area, language), "run ./run translations"


def test_every_text_has_an_area():
    assert not messages.homeless()


def test_every_area_has_the_same_languages():
    assert len({tuple(area.languages) for area in KNOWN}) <= 1


def test_no_code_names_a_language():
    """French is added by adding folders: only the settings and the programmes' own texts name languages."""
    allowed = {"config/settings.py"}
    named = []
    for path in messages.SOURCE.rglob("*.py"):
        name = path.relative_to(messages.SOURCE).as_posix()
        if name in allowed or not name.startswith(("web/", "reports/", "acts/", "jobs/")):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare) and any(
                isinstance(part, ast.Constant) and part.value in ("nl", "en", "fr") and is_language(node)
                for part in node.comparators
            ):
                named.append(f"{name}:{node.lineno}")
    assert not named


def is_language(comparison: ast.Compare) -> bool:
    """Whether a comparison is about a language, not about a country."""
    return "lang" in ast.unparse(comparison.left).lower()


# The extraction itself, on a small area made for the purpose.


def make(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


@pytest.fixture
def small(tmp_path):
    make(tmp_path, "desk/views.py", 'from x import gettext as _\n\ntitle = _("Good morning, %(name)s")\n')
    make(tmp_path, "desk/more.py", 'def say(n):\n    return ngettext("%(n)s hour", "%(n)s hours", n)\n')
    make(tmp_path, "desk/templates/page.html", '{% load i18n %}{% translate "May" context "month" %}')
    make(tmp_path, "desk/locale/fr/LC_MESSAGES/django.po", "")
    return messages.Area(tmp_path / "desk")


def po(small, body):
    small.po("fr").write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n\n' + body)


COMPLETE = """
msgid "Good morning, %(name)s"
msgstr "Bonjour %(name)s"

msgid "%(n)s hour"
msgid_plural "%(n)s hours"
msgstr[0] "%(n)s heure"
msgstr[1] "%(n)s heures"

msgctxt "month"
msgid "May"
msgstr "mai"
"""


def test_a_new_language_is_found_by_its_folder(small, tmp_path):
    po(small, COMPLETE)
    assert messages.areas(tmp_path) == [small]
    assert small.languages == ["fr"]
    assert messages.faults(small, "fr", [small], tmp_path) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda text: text.replace('msgctxt "month"\n', ""), "missing: ('month', 'May')"),
        (lambda text: text.replace('msgctxt "month"\n', ""), "stale: ('', 'May')"),
        (lambda text: text.replace('"mai"', '""'), "empty: ('month', 'May')"),
        (
            lambda text: text.replace('msgctxt "month"', '#, fuzzy\nmsgctxt "month"'),
            "fuzzy: ('month', 'May')",
        ),
        (lambda text: text.replace("Bonjour %(name)s", "Bonjour %(nom)s"), "other placeholders: "),
        (lambda text: text.replace('"%(n)s heures"', '""'), "empty: ('', '%(n)s hour', '%(n)s hours')"),
    ],
)
def test_faults_are_found(small, tmp_path, change, fault):
    po(small, change(COMPLETE))
    assert any(found.startswith(fault) for found in messages.faults(small, "fr", [small], tmp_path))


def test_texts_outside_every_area_are_named(tmp_path):
    make(tmp_path, "desk/views.py", 'title = _("Good morning")\n')
    assert messages.homeless(tmp_path) == ["desk/views.py"]


def test_jinja_templates_are_read(tmp_path):
    page = make(tmp_path, "reports/templates/page.html", "<p>{{ _('Hello') }}</p>\n{{ ngettext('a', 'b', n) }}")
    assert [text for _, text, _ in messages.texts(page)] == ["Hello", ("a", "b")]


def test_a_sentence_in_two_forms_of_address_is_two_texts(tmp_path):
    page = make(tmp_path, "desk/templates/page.html", '<p>\n{% say "You have %(n)s days" n=3 %}</p>')
    code = make(tmp_path, "desk/views.py", 'said = say(address, "You are %(name)s", name=name)\n')
    assert list(messages.texts(page)) == [(2, "You have %(n)s days", "u"), (2, "You have %(n)s days", "je")]
    assert list(messages.texts(code)) == [(1, "You are %(name)s", "u"), (1, "You are %(name)s", "je")]


@pytest.mark.parametrize("language", KNOWN[0].languages)
def test_one_text_has_one_translation(language):
    """Django puts the files of all its areas together: of two translations of one text, one is lost in silence."""
    found = {}
    for area in KNOWN:
        # Reports read their own file, without Django.
        if area.folder.name == "reports":
            continue
        for message in messages.read(area.po(language), language):
            if message.id and message.string:
                found.setdefault((message.context, message.id), {})[message.string] = area.folder.name
    assert not {key: told for key, told in found.items() if len(told) > 1}
