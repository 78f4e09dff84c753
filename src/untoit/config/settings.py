"""
Settings of the web application, all from the environment (``docs/reference/settings.md``).

``UNTOIT_MODE`` is ``demo`` (fictitious people, one click to enter), ``production``, or ``test``.
"""

from __future__ import annotations

from pathlib import Path

from environs import Env

env = Env()

MODE = env.str("UNTOIT_MODE", "production")
DEMO = MODE == "demo"
TEST = MODE == "test"
PRODUCTION = MODE == "production"
DEBUG = False

# Where the embedded database, the timetables and the keys live.
DATA_DIR = Path(env.str("UNTOIT_DATA", "demo")).absolute()

SECRET_KEY = env.str("SECRET_KEY", "")
ENCRYPTION_KEYS: list[str] = env.list("ENCRYPTION_KEYS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
if TEST:
    SECRET_KEY = SECRET_KEY or "only-for-tests-0123456789-0123456789-0123456789-abcdef"
    ENCRYPTION_KEYS = ENCRYPTION_KEYS or ["dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="]
    ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "django_htmx",
    "heroicons",
    "leaflet",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "untoit.records.partners",
    "untoit.records.desk",
    "untoit.records.stock",
    "untoit.records.jobs",
    "untoit.records.applicants",
    "untoit.records.intake",
    "untoit.records.pairings",
    "untoit.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "untoit.web.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "untoit.config.urls"
WSGI_APPLICATION = "untoit.config.wsgi.application"

TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {
        "context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
            "untoit.web.context.page",
        ],
        "builtins": ["heroicons.templatetags.heroicons", "untoit.web.components.templatetags.ui"],
    },
}]

DATABASES = {"default": env.dj_db_url("DATABASE_URL", "postgres://postgres@localhost/untoit", conn_max_age=60)}
DATABASES["default"]["TEST"] = {"NAME": env.str("UNTOIT_TEST_DB", "test_untoit")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]

LANGUAGE_CODE = "fr-fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"

# The page must not tell a browser or a proxy anything that the next person at the same machine could read.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS: list[str] = []
