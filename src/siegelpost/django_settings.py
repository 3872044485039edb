"""Django's settings, derived from :mod:`siegelpost.settings`; nothing here is meant to be edited by an office."""

import base64
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.utils.translation import gettext_lazy as _

from siegelpost.doctor.policy import knowledge
from siegelpost.settings import Settings, load

# Forms, fields and managers say in their types what they hold, which Django's own classes do not all allow.
django_stubs_ext.monkeypatch()

settings = load()
knowledge.use(settings.data / "doctor")

CSRF_TRUSTED_ORIGINS = [settings.public_address]  # behind a proxy the host may be another
SECRET_KEY = base64.b85encode(settings.secret("django")).decode()
DEBUG = False
ALLOWED_HOSTS = [settings.public_host, "localhost", "127.0.0.1", "[::1]", *settings.allowed_hosts]

INSTALLED_APPS = [
    # First, so that its templates stand before those of the packages below.
    "siegelpost.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "siegelpost.office",
    "siegelpost.ledger",
    "siegelpost.contacts",
    "siegelpost.estates",
    "siegelpost.mail",
    "siegelpost.dispatch",
    "siegelpost.certificates",
]

MIDDLEWARE = [
    # First: what it answers with must not need the database.
    "siegelpost.web.errors.HaltedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "siegelpost.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", ["siegelpost.web.template_loader.Unindented"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "siegelpost.web.context.office",
            ],
        },
    },
]


def database(settings: Settings) -> dict[str, Any]:
    """How Django reaches the database of an installation."""
    if settings.database_url is None:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": settings.database_path,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: a record that was acknowledged survives a power cut.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8000;"
                # What is erased is overwritten, also where the library was not built that way.
                " PRAGMA secure_delete=ON;"
                # KiB of each connection; a worker holds many, and the system keeps what is read often anyway.
                " PRAGMA cache_size=-1000;",
            },
        }
    from psycopg.conninfo import conninfo_to_dict  # an office on SQLite never loads it

    known = conninfo_to_dict(settings.database_url)
    # What was acknowledged survives a power cut, whatever the server's default is; the last word counts.
    options = f"{known.pop('options', '')} -c synchronous_commit=on".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": known.pop("dbname", ""),
        "USER": known.pop("user", ""),
        "PASSWORD": known.pop("password", ""),
        "HOST": known.pop("host", ""),
        "PORT": known.pop("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 1, "options": options, **known},
    }


DATABASES = {"default": database(settings)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by all worker processes, so that rate limits hold across them.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}}

AUTH_USER_MODEL = "office.Agent"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "siegelpost.web.office.account.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {
    name: f"siegelpost.web.office.sign_in_forms.{form}"
    for name, form in {
        "login": "SignInForm",
        "reauthenticate": "ConfirmForm",
        "change_password": "NewPasswordForm",
        "set_password": "FirstPasswordForm",
    }.items()
}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# Passwords are counted by siegelpost.web.password_guard, codes by their forms. What allauth counts by address would
# refuse a whole office that signs in by one, with a page in English; and it counts in the cache, which forgets when it
# is full: whoever has many addresses could make it forget which codes were tried.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
ALLAUTH_TRUSTED_PROXY_COUNT = 0
MFA_ADAPTER = "siegelpost.web.office.account.MFAAdapter"
MFA_FORMS = {
    name: f"siegelpost.web.office.sign_in_forms.{form}"
    for name, form in {
        "authenticate": "CodeForm",
        "reauthenticate": "ConfirmCodeForm",
        "activate_totp": "CodesAppForm",
    }.items()
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Periods of 30 s: a phone's clock may be a minute off.
MFA_TOTP_TOLERANCE = 2
USERSESSIONS_TRACK_ACTIVITY = True

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("Deutsch")), ("en", _("Englisch"))]
FORMAT_MODULE_PATH = ["siegelpost.formats"]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = settings.time_zone

STATIC_URL = "/static/"
FORMS_URLFIELD_ASSUME_HTTPS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "siegelpost.web.uploaded_files.NamelessFileHandler",
]

SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "siegelpost.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": with it browsers send ``Origin: null`` on our own forms. Our links' tokens never leave this origin.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING_CONFIG = None
