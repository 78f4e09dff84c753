"""
Settings of the web application, all from the environment (``docs/reference/settings.md``).

``UNTOIT_MODE`` is ``demo`` (fictitious people, one click to enter), ``production``, or ``test``.
"""

from __future__ import annotations

from pathlib import Path

from environs import Env

from untoit.config import logs
from untoit.config.folder import kept, new_sealing_key, new_secret

env = Env()

MODE = env.str("UNTOIT_MODE", "production")
DEMO = MODE == "demo"
TEST = MODE == "test"
PRODUCTION = MODE == "production"
DEBUG = False

# Where the embedded database, the timetables and the keys live.
DATA_DIR = Path(env.str("UNTOIT_DATA", "donnees")).absolute()
# Set by `untoit serve` when it started the database itself: this folder is then the whole installation.
EMBEDDED = env.bool("UNTOIT_EMBEDDED", False)

SECRET_KEY = env.str("SECRET_KEY", "")
ENCRYPTION_KEYS: list[str] = env.list("ENCRYPTION_KEYS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
if TEST:
    SECRET_KEY = SECRET_KEY or "only-for-tests-0123456789-0123456789-0123456789-abcdef"
    ENCRYPTION_KEYS = ENCRYPTION_KEYS or ["dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="]
    ALLOWED_HOSTS = ["*"]
elif DEMO or EMBEDDED:
    SECRET_KEY = SECRET_KEY or kept(DATA_DIR / "cles" / "signature", new_secret)
    ENCRYPTION_KEYS = ENCRYPTION_KEYS or [kept(DATA_DIR / "cles" / "chiffrement", new_sealing_key)]

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
    "ninja",
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
    "untoit.records.events",
    "untoit.records.followup",
    "untoit.web",
]

MIDDLEWARE = [
    "untoit.config.logs.RequestLogMiddleware",
    "untoit.config.headers.PermissionsPolicyMiddleware",
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
    "untoit.web.middleware.SessionLimitMiddleware",
    "untoit.web.middleware.ActorMiddleware",
    "untoit.config.history.HistoryMiddleware",
    "untoit.web.middleware.SecondFactorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "untoit.config.urls"
WSGI_APPLICATION = "untoit.config.wsgi.application"

TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    # Ours come first: those of allauth bear the same names.
    "DIRS": [Path(__file__).parents[1] / "web" / "templates"],
    "APP_DIRS": True,
    "OPTIONS": {
        "context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
            "untoit.web.context.page",
        ],
        "builtins": [
            "heroicons.templatetags.heroicons", "untoit.web.components.templatetags.ui",
            "untoit.web.components.templatetags.event_ui",
        ],
    },
}]

DATABASES = {"default": env.dj_db_url("DATABASE_URL", "postgres://postgres@localhost/untoit", conn_max_age=60)}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
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
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Who signs in how (docs/explanation/privacy.md): professionals by password and a second factor, candidates by a code.
SECOND_FACTOR_REQUIRED = PRODUCTION
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "untoit.web.organisation.adapters.AccountAdapter"
MFA_ADAPTER = "untoit.web.organisation.adapters.SecondFactorAdapter"
ACCOUNT_FORMS = {"request_login_code": "untoit.web.organisation.adapters.CandidateCodeForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation was received at that address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
# axes counts the failed passwords and says when to try again; allauth limits the codes.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,20/300s/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# The name beside the codes in a telephone's application: the neutral one, for employers read it too.
MFA_TOTP_ISSUER = "Rencontres emploi"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
SMS_BACKEND = env.str("SMS_BACKEND", "untoit.records.partners.sms.ConsoleBackend")
# What the operator of the SMS asks to write, so that everybody may refuse them; and at most so many messages a day.
SMS_STOP = env.str("SMS_STOP", "STOP au 36111")
SMS_DAILY_CAP = env.int("SMS_DAILY_CAP", 3)
# With it, the operator may hand over what people answer (docs/how-to/brancher-un-operateur-sms.md).
SMS_INBOUND_SECRET = env.str("SMS_INBOUND_SECRET", "")
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "untoit.web.organisation.adapters.who_tries"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False

LANGUAGE_CODE = "fr-fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"

WHITENOISE_MAX_AGE = 3600
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# The tests gather nothing: files are looked for where they are written.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = TEST
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if TEST
        else "untoit.config.storage.StaticStorage",
    },
}

# A page must not tell a browser or a proxy anything that the next person at the same machine could read.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"], "img-src": ["'self'", "data:"], "object-src": ["'none'"], "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"], "form-action": ["'self'"],
    },
}
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

# Outside the demonstration and the tests, everything goes through HTTPS, which a server in front terminates.
HTTPS = env.bool("UNTOIT_HTTPS", PRODUCTION)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("UNTOIT_BEHIND_PROXY", False) else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SILENCED_SYSTEM_CHECKS: list[str] = []

# Messages: to the terminal in the demonstration, to a mail server elsewhere.
vars().update(env.dj_email_url("EMAIL_URL", "smtp://localhost:25" if PRODUCTION else "consolemail://"))
# Employers are written to: neither the sender nor its address may speak of housing.
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "ne-pas-repondre@demonstration.invalid")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# The tablets of an event open on its day at midnight, or so many hours before, for a rehearsal.
TABLET_OPENS_BEFORE_H = env.int("TABLET_OPENS_BEFORE_H", 0)
# What the links of an e-mail start with.
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
# What the personal link of an SMS starts with: a short address, which does not speak of housing.
SMS_LINK_URL = env.str("SMS_LINK_URL", SITE_URL).rstrip("/")

LOGGING_CONFIG = None
logs.configure(env.str("UNTOIT_LOG_LEVEL", "WARNING" if TEST or DEMO else "INFO"))

# The clock's round (expiries, digest, jobs left by a dead worker) stands above the records that it goes through.
PROCRASTINATE_IMPORT_PATHS = ["untoit.config.clock", "untoit.config.demonstration_tasks"]
PROCRASTINATE_WORKER_DEFAULTS = {"update_heartbeat_interval": 5.0, "stalled_worker_timeout": 30.0}

# What the legal notice names: editeur, hebergeur, responsables, dpo, contact.
LEGAL = env.json("UNTOIT_LEGAL", {})

# Public addresses from which the worker may bring timetables: NAME=https://…,NAME=https://…
TIMETABLE_URLS: dict[str, str] = env.dict("TIMETABLE_URLS", {})
