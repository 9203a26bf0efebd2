"""Django's settings. Everything that differs between installations comes from the environment.

`OPSTAP_HOME` is the data folder (default `var`), `OPSTAP_DATABASE_URL` the database (default SQLite in it),
`OPSTAP_HOSTS` the host names, `OPSTAP_DEMO=1` the demonstration with invented people.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from opstap.config import secrets
from opstap.config.database import database

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("OPSTAP_HOME", "var")).resolve()
DEMO = os.environ.get("OPSTAP_DEMO") == "1"
DEBUG = False

try:
    _secrets = secrets.load(HOME)
    DATABASES = {"default": database(os.environ.get("OPSTAP_DATABASE_URL", ""), HOME)}
except (secrets.SecretsError, ValueError) as error:
    raise ImproperlyConfigured(str(error)) from None

SECRET_KEY = _secrets["OPSTAP_SECRET_KEY"]
IDENTITY_KEY = _secrets["OPSTAP_IDENTITY_KEY"]
AUDIT_KEY = _secrets["OPSTAP_AUDIT_KEY"]

ALLOWED_HOSTS = os.environ.get("OPSTAP_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
SITE_ADDRESS = os.environ.get("OPSTAP_ADDRESS", "http://localhost:8000").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "opstap.store",
    "opstap.web.shared",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "opstap.web.participant",
    "opstap.web.coach",
    "opstap.web.workplace",
    "opstap.web.research",
    "opstap.web.steward",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "opstap.web.shared.headers.ContentSecurityPolicy",
    "opstap.web.shared.errors.PlainRefusals",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # In the demonstration each visitor may let time pass.
    *(["opstap.web.shared.demo.DemoClock"] if DEMO else []),
    "opstap.web.shared.entering.EnteringMiddleware",
]
ROOT_URLCONF = "opstap.config.urls"
WSGI_APPLICATION = "opstap.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "opstap.web.shared.reading.choices",
                "opstap.web.shared.entering.frame",
            ],
        },
    }
]

AUTH_USER_MODEL = "store.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if DEMO:
    # Its codes and passwords stand on its first page: a hash that takes half a second each guards nothing there.
    PASSWORD_HASHERS = ["opstap.config.hashing.LightHasher"]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_ADAPTER = "opstap.web.shared.accounts.AccountAdapter"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Nobody signs up: an address comes from a steward or a participant, and the first link goes there.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {"add_webauthn": "opstap.web.shared.passkeys.AddPasskey"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [str(PACKAGE / "acts" / "locale")]
TIME_ZONE = "Europe/Brussels"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = str(HOME / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATICFILES_DIRS = [str(PACKAGE / "web" / "static")]

FORM_RENDERER = "opstap.web.shared.forms.Renderer"
CSRF_FAILURE_VIEW = "opstap.web.shared.errors.form_grew_old"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_ADDRESS.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS: list[str] = []

# In the demonstration nothing leaves the machine: its own page shows every mail.
EMAIL_BACKEND = f"django.core.mail.backends.{'locmem' if DEMO else 'smtp'}.EmailBackend"
#: A file with the institution's key of the readiness questionnaire (which items make which stage), where it has one.
RRTW_KEY = os.environ.get("OPSTAP_RRTW_KEY", "")
EMAIL_HOST = os.environ.get("OPSTAP_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("OPSTAP_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("OPSTAP_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("OPSTAP_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("OPSTAP_SMTP_TLS") == "1"
DEFAULT_FROM_EMAIL = os.environ.get("OPSTAP_MAIL_FROM", "opstap@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
