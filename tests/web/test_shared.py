"""What every page shares: the frame, the reading choices, forms that say what to mend, plain errors."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import Context, Engine, TemplateSyntaxError
from django.test import Client
from django.utils import translation

import opstap.web
from tests.web.shared_urls import TOO_MANY

STATIC = Path(opstap.web.__file__).parent / "static"
TEMPLATES = Path(opstap.web.__file__).parent / "shared" / "templates"


@pytest.fixture(autouse=True)
def small_site(settings):
    """A site with only the shared parts, in Dutch unless asked otherwise."""
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.ROOT_URLCONF = "tests.web.shared_urls"
    settings.LANGUAGE_CODE = "nl"
    settings.LANGUAGES = [("nl", "Dutch"), ("en", "English")]
    settings.USE_I18N = True
    settings.TIME_ZONE = "Europe/Amsterdam"
    settings.STATIC_URL = "static/"
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
    settings.FORM_RENDERER = "opstap.web.shared.forms.Renderer"
    settings.CSRF_FAILURE_VIEW = "opstap.web.shared.errors.form_grew_old"
    settings.MIDDLEWARE = [
        "django.middleware.locale.LocaleMiddleware",
        "opstap.web.shared.errors.PlainRefusals",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ]
    processors = [
        "django.template.context_processors.request",
        "django.contrib.messages.context_processors.messages",
        "opstap.web.shared.reading.choices",
    ]
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": processors},
        }
    ]
    settings.INSTALLED_APPS = [
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "opstap.web.shared",
        "django.forms",
    ]


@pytest.fixture
def browser():
    return Client(headers={"accept-language": "nl"})


class Tags(HTMLParser):
    """The opening tags of a page with their attributes."""

    def __init__(self, page):
        super().__init__()
        self.seen = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def all(self, tag):
        return [attrs for name, attrs in self.seen if name == tag]


def page(browser, **data):
    answer = browser.post("/page", data) if data else browser.get("/page")
    assert answer.status_code == 200
    return answer.content.decode()


def render(source, **values):
    engine = Engine(libraries={"opstap": "opstap.web.shared.templatetags.opstap"})
    return engine.from_string("{% load opstap %}" + source).render(Context(values))


# The frame.


def test_frame_has_its_landmarks_and_speaks_dutch(browser):
    html = page(browser)
    tags = Tags(html)
    assert tags.all("html")[0] == {"lang": "nl"}
    assert {"class": "skip", "href": "#inhoud"} in tags.all("a")
    assert [main["id"] for main in tags.all("main")] == ["inhoud"]
    assert len(tags.all("header")) == len(tags.all("footer")) == 1
    assert "Naar de inhoud" in html
    assert "Hoofdmenu" in html
    assert "Marijke de Wolde" in html


def test_every_id_stands_once(browser):
    ids = [attrs["id"] for _, attrs in Tags(page(browser)).seen if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_current_page_is_marked_in_each_menu_but_not_in_the_footer(browser):
    current = [link["href"] for link in Tags(page(browser)).all("a") if "aria-current" in link]
    assert current == ["/1", "/1", "/1"]


def test_bottom_bar_has_four_pages_and_everything(browser):
    bar = page(browser).split('class="bottombar"')[1]
    assert [link["href"] for link in Tags(bar).all("a")] == ["/1", "/2", "/3", "/4", "#alles"]


@pytest.mark.parametrize("path", ["/page", "/absent", "/broken", "/refused", "/often"])
def test_no_page_needs_what_its_security_policy_refuses(path):
    html = Client(raise_request_exception=False, headers={"accept-language": "nl"}).get(path).content.decode()
    tags = Tags(html)
    assert not tags.all("script")
    assert not tags.all("style")
    assert not [attrs for _, attrs in tags.seen if any(name == "style" or name.startswith("on") for name in attrs)]
    links = [attrs.get("href") or attrs.get("src") or "" for _, attrs in tags.seen]
    assert not [link for link in links if link.startswith(("http", "//", "data:"))]


def test_templates_have_no_style_attributes_and_no_scripts():
    for path in TEMPLATES.parents[1].rglob("templates/**/*.html"):
        text = path.read_text()
        # Data for a script that is a file of its own is no script: the browser runs nothing of it. Scripts are files.
        scripts = r"<script(?![^>]*application/json)(?! src=\"\{% static)"
        assert not re.search(rf"\sstyle=|{scripts}|<style|\son\w+=", text), path


# Reading.


def test_reading_choice_is_kept_and_followed(browser):
    answer = browser.post("/reading/", {"text": "larger", "theme": "dark", "language": "en", "next": "/page?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/page?a=1")
    assert browser.cookies["opstap-theme"]["httponly"]
    html = page(browser)
    assert Tags(html).all("html")[0] == {"lang": "en", "data-theme": "dark", "data-text": "larger"}
    checked = {attrs["value"] for attrs in Tags(html).all("input") if "checked" in attrs}
    assert checked == {"larger", "dark", "en"}


def test_choosing_the_device_again_takes_the_theme_away(browser):
    browser.post("/reading/", {"theme": "dark"})
    browser.post("/reading/", {"theme": "device"})
    assert "data-theme" not in Tags(page(browser)).all("html")[0]


def test_unknown_choices_change_nothing(browser):
    browser.post("/reading/", {"text": "huge", "theme": '"><script>', "language": "xx"})
    assert not browser.cookies
    browser.cookies["opstap-theme"] = '"><script>'
    assert Tags(page(browser)).all("html")[0] == {"lang": "nl"}


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x", ""])
def test_reading_never_leads_elsewhere(browser, elsewhere):
    assert browser.post("/reading/", {"next": elsewhere})["Location"] == "/"


def test_reading_is_a_post(browser):
    assert browser.get("/reading/").status_code == 405


def test_reading_refuses_a_form_from_elsewhere():
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "nl"})
    answer = strict.post("/reading/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "Dit formulier stond te lang open" in answer.content.decode()


# Forms.


def test_form_says_the_same_on_top_and_at_the_field(browser):
    html = page(browser, hours="36", kind="own", agreed="on")
    assert html.count(TOO_MANY) == 2
    assert "Er klopt iets nog niet" in html
    tags = Tags(html)
    assert {"href": "#id_hours"} in tags.all("a")
    (field,) = [attrs for attrs in tags.all("input") if attrs.get("name") == "hours"]
    assert field["aria-invalid"] == "true"
    assert field["value"] == "36"
    ids = {attrs.get("id") for _, attrs in tags.seen}
    assert set(field["aria-describedby"].split()) == {"id_hours_helptext", "id_hours_error"} <= ids


def test_every_link_of_the_summary_leads_to_something(browser):
    html = page(browser, hours="")
    ids = {attrs.get("id") for _, attrs in Tags(html).seen}
    summary = html.split('class="errors')[1].split("</ul>")[0]
    links = {link["href"].removeprefix("#") for link in Tags(summary).all("a")}
    assert links == {"id_hours", "id_kind", "id_agreed"} <= ids


def test_choices_are_labelled_one_by_one(browser):
    tags = Tags(page(browser))
    ids = {attrs.get("id") for attrs in tags.all("input")}
    labels = {attrs["for"] for attrs in tags.all("label") if "for" in attrs}
    assert {"id_kind_0", "id_kind_1", "id_agreed", "id_hours"} == labels <= ids


def test_message_is_shown_as_a_note(browser):
    assert 'class="note good mb-5" role="status"' in page(browser, hours="8", kind="own", agreed="on")


# Errors.


def test_absent_and_forbidden_look_alike(browser):
    absent, forbidden = browser.get("/absent"), browser.get("/forbidden")
    assert absent.status_code == forbidden.status_code == 404
    token = re.compile(rb'value="(\w{64}|/absent|/forbidden)"')
    assert token.sub(b"", absent.content) == token.sub(b"", forbidden.content)
    assert "U kunt deze pagina niet zien, of hij bestaat niet" in absent.content.decode()


def test_our_fault_says_nothing_of_what_happened():
    answer = Client(raise_request_exception=False, headers={"accept-language": "nl"}).get("/broken")
    assert answer.status_code == 500
    assert "Er ging iets mis bij ons" in answer.content.decode()
    assert "secret" not in answer.content.decode()


def test_refusals_get_a_page_and_keep_their_headers(browser):
    refused, often = browser.get("/refused"), browser.get("/often")
    assert (refused.status_code, refused["Allow"]) == (405, "POST")
    assert "Dat kan hier niet" in refused.content.decode()
    assert (often.status_code, often["Retry-After"]) == (429, "60")
    assert "Dat was iets te vaak" in often.content.decode()


def test_bad_request_is_plain(browser):
    answer = browser.get("/page", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "Dat konden we niet lezen" in answer.content.decode()


# Icons, states, dates, hours.


def test_icon_is_for_the_eye_only():
    assert 'aria-hidden="true"' in render('{% icon "clock" %}')
    with pytest.raises(TemplateSyntaxError, match="no icon 'klok'"):
        render('{% icon "klok" %}')


def test_pill_is_a_sign_and_words():
    html = render('{% pill "stop" words %}', words="5 days <late>")
    assert 'class="pill stop"' in html
    assert "<svg" in html
    assert html.endswith("5 days &lt;late&gt;</span>")
    with pytest.raises(TemplateSyntaxError, match="no state"):
        render('{% pill "red" "late" %}')


@pytest.mark.parametrize(
    ("language", "source", "value", "words"),
    [
        ("nl", "{{ v|day }}", date(2026, 4, 6), "6 april"),
        ("nl", "{{ v|day_year }}", date(2026, 4, 6), "6 april 2026"),
        ("nl", "{{ v|weekday }}", date(2026, 3, 17), "dinsdag 17 maart"),
        ("en", "{{ v|weekday }}", date(2026, 3, 17), "Tuesday 17 March"),
        ("nl", "{{ v|clock }}", time(13, 0), "13.00 uur"),
        ("en", "{{ v|clock }}", time(13, 0), "13:00"),
        ("nl", "{{ v|clock }}", datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "00.30 uur"),
        ("nl", "{{ v|day }}", datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "2 juli"),
        ("nl", "{{ v|hours }}", Decimal("4.5"), "4,5 uur"),
        ("nl", "{{ v|hours }}", 32.0, "32 uur"),
        ("en", "{{ v|hours }}", 1, "1 hour"),
        ("en", "{{ v|hours }}", Decimal("4.50"), "4.5 hours"),
        ("en", "{{ v|hours }}", 40, "40 hours"),
        ("nl", "{{ v|day }}{{ v|clock }}{{ v|hours }}", None, ""),
    ],
)
def test_dates_and_hours_are_said_in_the_readers_language(language, source, value, words):
    with translation.override(language):
        assert render(source, v=value) == words


@pytest.mark.parametrize(("done", "share"), [(5, "62.5"), (0, "0.0"), (9, "100.0")])
def test_progress_repeats_its_words_as_a_bar(done, share):
    engine = Engine(dirs=[TEMPLATES], libraries={"opstap": "opstap.web.shared.templatetags.opstap"})
    html = engine.from_string('{% load opstap %}{% along "5 van 8" done 8 %}').render(Context({"done": done}))
    assert "<p>5 van 8</p>" in html
    assert f'<rect width="{share}" height="1"/>' in html


# The stylesheet.


def test_colours_stand_in_root_only():
    css = re.sub(r"/\*.*?\*/", "", (STATIC / "opstap/opstap.css").read_text(), flags=re.DOTALL)
    outside = re.sub(r":root[^{}]*\{[^{}]*\}", "", css)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*[;}])|\brgba?\(|\bhsl", re.sub(r"[^{}]*\{", "{", outside))


def test_stylesheet_and_what_it_names_can_be_hashed(settings, tmp_path):
    """A production server serves hashed names; every font the stylesheet names must be there."""
    from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
    from django.core.files.storage import FileSystemStorage

    source = FileSystemStorage(location=STATIC)
    store = ManifestStaticFilesStorage(location=tmp_path, base_url="/static/")
    names = [path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()]
    for name in names:
        with source.open(name) as file:
            store.save(name, file)
    answers = list(store.post_process({name: (source, name) for name in names}))
    assert not [name for name, _, problem in answers if isinstance(problem, Exception)]
