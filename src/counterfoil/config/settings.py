"""Django's settings, made from the environment alone."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

from counterfoil.adapters.scanners.clamd import BadScannerAddress, address_of
from counterfoil.config.databases import BadAddress, described
from counterfoil.config.environment import Environment
from counterfoil.infra.secrets import syslog
from counterfoil.infra.secrets.breached import BadHashes, look_at
from counterfoil.infra.secrets.keys import BadKey, keys_of

ENV = Environment()  # type: ignore[call-arg]
PACKAGE = Path(__file__).resolve().parent.parent
DATA = ENV.data

SECRET_KEY = ENV.secret_key.get_secret_value()
SECRET_KEY_FALLBACKS = [key for key in ENV.old_secret_keys.split(",") if key]
try:
    SEALING_KEYS = keys_of(ENV.data_keys.get_secret_value(), [SECRET_KEY, *SECRET_KEY_FALLBACKS])
except BadKey as trouble:
    raise SystemExit(f"COUNTERFOIL_DATA_KEYS: {trouble}.") from None
try:
    if ENV.clamd:
        address_of(ENV.clamd)
except BadScannerAddress as trouble:
    raise SystemExit(f"COUNTERFOIL_CLAMD: {trouble}.") from None
try:
    if ENV.breached_passwords:
        look_at(ENV.breached_passwords)
except BadHashes as trouble:
    raise SystemExit(f"COUNTERFOIL_BREACHED_PASSWORDS: {trouble}.") from None
LOST_KEYS = frozenset(one.strip() for one in ENV.lost_keys.split(",")) - {""}
DEBUG = False
INSECURE_LOOPBACK = ENV.demo  # plain http is served on loopback only
OUTGOING_NETWORKS = [ip_network(one) for one in ENV.outgoing_networks.split(",") if one]
SECURITY_CONTACT = [one for one in ENV.security_contact.split(",") if one]
ALLOWED_HOSTS = ["*"]  # the middleware knows the hosts of each business (404 for all others)
ROOT_URLCONF = "counterfoil.config.urls"
STAFF_URLCONF = "counterfoil.config.staff_urls"
WSGI_APPLICATION = "counterfoil.config.wsgi.application"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "procrastinate.contrib.django",
    "counterfoil.infra",
    "counterfoil.domain.audit",
    "counterfoil.domain.business",
    "counterfoil.domain.identity",
    "counterfoil.domain.ledger",
    "counterfoil.domain.customers",
    "counterfoil.domain.notifications",
    "counterfoil.domain.billing",
    "counterfoil.domain.payments",
    "counterfoil.domain.receivables",
    "counterfoil.domain.reconciliation",
    "counterfoil.domain.approvals",
    "counterfoil.domain.arrangements",
    "counterfoil.domain.documents",
    "counterfoil.domain.privacy",
    "counterfoil.surfaces.jobs",
]

MIDDLEWARE = [
    "counterfoil.surfaces.ui.middleware.front_door",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "counterfoil.surfaces.ui.chosen.chosen_customer",
    "counterfoil.surfaces.ui.middleware.business",
    "counterfoil.surfaces.ui.step_up.apart.apart",
    "counterfoil.surfaces.ui.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "counterfoil.surfaces.ui.middleware.user",
    "counterfoil.surfaces.ui.middleware.language",
    "counterfoil.surfaces.portal.genuine.counting.counted",
    "counterfoil.surfaces.ui.middleware.storable",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "counterfoil.surfaces.ui.chosen.nobodys",
    "counterfoil.surfaces.ui.step_up.still.still",
    "counterfoil.surfaces.ui.middleware.problems",
]


def database(name: str, address: str) -> dict[str, Any]:
    """Django's description of the address that the variable `name` holds."""
    try:
        return described(address, allows_plain=ENV.plain_database, prepares=ENV.database_prepare)
    except BadAddress as trouble:
        raise SystemExit(f"{name} {trouble}.") from None


_APP = database("DATABASE_URL", ENV.database_url.get_secret_value())
if ENV.as_owner and ENV.database_owner_url is None:
    raise SystemExit("DATABASE_OWNER_URL is not set: migrate and proofs need the owner's address.")
_OWNER = ENV.database_owner_url.get_secret_value() if ENV.database_owner_url else ""
DATABASES = {"default": database("DATABASE_OWNER_URL", _OWNER) if ENV.as_owner else _APP}
APP_ROLE = str(_APP["USER"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "counterfoil.surfaces.ui.environment.Pages",
        "NAME": "jinja2",
        "DIRS": [
            PACKAGE / "surfaces/entrance/jinja2",
            PACKAGE / "surfaces/portal/jinja2",
            PACKAGE / "surfaces/backoffice/jinja2",
            PACKAGE / "surfaces/ui/jinja2",
            PACKAGE / "domain/notifications/jinja2",
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "counterfoil.surfaces.ui.environment.environment",
            "context_processors": ["counterfoil.surfaces.ui.context.page"],
            "auto_reload": False,
        },
    }
]

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["counterfoil.surfaces.entrance.backend.Backend"]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator"},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
    {"NAME": "counterfoil.surfaces.entrance.forms.NotOurName"},
    {"NAME": "counterfoil.surfaces.entrance.forms.NotBreached"},
]
BREACHED_PASSWORDS = ENV.breached_passwords  # none: nothing is looked up
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
LOGIN_URL = "account_login"  # of the door that is asked
ACCOUNT_ADAPTER = "counterfoil.surfaces.entrance.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "counterfoil.surfaces.entrance.forms.SignInForm",
    "request_login_code": "counterfoil.surfaces.entrance.forms.CodeForm",
    "reset_password": "counterfoil.surfaces.entrance.forms.PasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_EMAIL_NOTIFICATIONS = True
MFA_ADAPTER = "counterfoil.surfaces.entrance.factors.FactorAdapter"
MFA_FORMS = {
    "add_webauthn": "counterfoil.surfaces.entrance.factors.PasskeyNew",
    "authenticate": "counterfoil.surfaces.entrance.factors.FactorCode",
    "authenticate_webauthn": "counterfoil.surfaces.entrance.factors.PasskeyFactor",
    "login_webauthn": "counterfoil.surfaces.entrance.factors.PasskeyLogin",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # whoever is signed in is a contact or a member: invited there
MFA_TOTP_TOLERANCE = 1  # clocks of phones differ; a code is good once all the same
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}  # one sign-in asks twice, many share an office
SOCIALACCOUNT_ADAPTER = "counterfoil.surfaces.entrance.sign_on.adapter.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "counterfoil.surfaces.entrance.sign_on.openid.OpenIdProvider"
    },
    "saml": {"provider_class": "counterfoil.surfaces.entrance.sign_on.saml.SamlProvider"},
}

SESSION_ENGINE = "counterfoil.domain.identity.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not INSECURE_LOOPBACK
SESSION_COOKIE_NAME = "session" if INSECURE_LOOPBACK else "__Host-session"
STAFF_COOKIE_NAME = "staff" if INSECURE_LOOPBACK else "__Secure-staff"
LINK_COOKIE_NAME = "link" if INSECURE_LOOPBACK else "__Secure-link"
BEGUN_COOKIE_NAME = "begun" if INSECURE_LOOPBACK else "__Secure-begun"
DEVICE_COOKIE_NAME = "device" if INSECURE_LOOPBACK else "__Host-device"
CSRF_COOKIE_NAME = "csrf" if INSECURE_LOOPBACK else "__Host-csrf"
CSRF_COOKIE_SECURE = not INSECURE_LOOPBACK
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "counterfoil.surfaces.ui.problems.csrf_failed"
MESSAGE_STORAGE = "counterfoil.config.notes.Notes"
NOTES_COOKIE_NAME = "messages" if INSECURE_LOOPBACK else "__Host-messages"
TRUSTED_PROXIES = ENV.trusted_proxies
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
USE_X_FORWARDED_HOST = TRUSTED_PROXIES > 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
FILE_UPLOAD_MAX_MEMORY_SIZE = 30_000_000

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "infra_cache",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},  # fewer, and strangers push counters of tries out
    }
}

USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")]
LANGUAGE_COOKIE_NAME = "language" if INSECURE_LOOPBACK else "__Host-language"
LOCALE_PATHS = [PACKAGE / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [
    folder
    for folder in (
        PACKAGE / "surfaces/ui/static",
        PACKAGE / "surfaces/entrance/static",
        PACKAGE / "surfaces/portal/static",
        PACKAGE / "surfaces/backoffice/static",
    )
    if folder.is_dir()
]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "counterfoil.infra.scripts.static.HashedStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = False

EVENT_WIRING = "counterfoil.config.wiring.WIRING"
GATEWAYS = {
    "sandbox": "counterfoil.adapters.gateways.sandbox.adapter.SandboxGateway",
    "adyen": "counterfoil.adapters.gateways.adyen.adapter.AdyenGateway",
    "btcpay": "counterfoil.adapters.gateways.btcpay.adapter.BtcPayGateway",
    "gocardless": "counterfoil.adapters.gateways.gocardless.adapter.GoCardlessGateway",
    "mollie": "counterfoil.adapters.gateways.mollie.adapter.MollieGateway",
    "stripe": "counterfoil.adapters.gateways.stripe.adapter.StripeGateway",
}
TABLE_READERS = {
    "delimited": "counterfoil.adapters.files.delimited.reader.read",
    "spreadsheet": "counterfoil.adapters.files.spreadsheet.reader.read",
}
STATEMENT_READERS = (  # the first that sniffs its own; the last takes what is left
    "counterfoil.adapters.banks.camt.reader.CamtReader",
    "counterfoil.adapters.banks.mt940.reader.Mt940Reader",
    "counterfoil.adapters.banks.ofx.reader.OfxReader",
    "counterfoil.adapters.banks.bai2.reader.Bai2Reader",
    "counterfoil.adapters.banks.delimited.reader.CsvReader",
)
SIGN_ON = {  # what single sign-on asks of its adapters
    "describe": "counterfoil.adapters.sign_on.openid.reader.describe",
    "signing_keys": "counterfoil.adapters.sign_on.openid.reader.signing_keys",
    "key_of": "counterfoil.adapters.sign_on.openid.reader.key_of",
    "verified": "counterfoil.adapters.sign_on.openid.reader.verified",
    "fetched": "counterfoil.adapters.sign_on.saml.metadata.fetched",
    "described": "counterfoil.adapters.sign_on.saml.metadata.described",
    "made_key": "counterfoil.adapters.sign_on.saml.keys.made_key",
    "asked": "counterfoil.adapters.sign_on.saml.speaker.asked",
    "answered": "counterfoil.adapters.sign_on.saml.speaker.answered",
    "question_of": "counterfoil.adapters.sign_on.saml.speaker.question_of",
    "metadata": "counterfoil.adapters.sign_on.saml.speaker.metadata",
}
SANDBOX_URL = ENV.sandbox_url
MAIL = ENV.mail or f"file:{DATA / 'mailbox'}"
MAIL_FROM = ENV.mail_from
MAIL_CHANNEL = "counterfoil.adapters.channels.email.adapter.open_channel"
EMAIL_BACKEND = "counterfoil.infra.mail.ChannelBackend"
DEFAULT_FROM_EMAIL = MAIL_FROM
SMS = ENV.sms.get_secret_value()  # empty: nobody is sent, or told of, short texts
SMS_CHANNEL = "counterfoil.adapters.channels.text.adapter.open_channel"
SMS_DAILY = ENV.sms_daily
FILES = DATA / "files"
CLAMD = ENV.clamd  # empty: files that come in are not looked through
SCANNER = "counterfoil.adapters.scanners.clamd.open_scanner"
PUBLIC_PORT = ENV.public_port

PROCRASTINATE_WORKER_DEFAULTS = {"concurrency": 4}
PROCRASTINATE_IMPORT_PATHS = [
    "counterfoil.surfaces.jobs.handlers",
    "counterfoil.surfaces.jobs.aftermath",
    "counterfoil.surfaces.jobs.staff",
    "counterfoil.surfaces.jobs.texts",
    "counterfoil.surfaces.jobs.auditing",
    "counterfoil.surfaces.jobs.saved_methods",
    "counterfoil.surfaces.jobs.planned",
    "counterfoil.surfaces.jobs.privacy",
    "counterfoil.surfaces.jobs.guarding",
]
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "counterfoil.infra.secrets.logs.SecretsHidden",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"()": "counterfoil.infra.secrets.logs.JsonLines"},
    },
    "filters": {"callers_mistake": {"()": "counterfoil.infra.secrets.logs.CallersMistake"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": ENV.log,
            "filters": ["callers_mistake"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"counterfoil": {"level": "INFO"}},
}
if ENV.syslog:
    try:
        syslog.place_of(ENV.syslog)
    except ValueError as trouble:
        raise SystemExit(f"COUNTERFOIL_SYSLOG can't be read: {trouble}.") from None
    LOGGING["handlers"]["syslog"] = LOGGING["handlers"]["console"] | {
        "class": "counterfoil.infra.secrets.syslog.Syslog",
        "address": ENV.syslog,
    }
    LOGGING["root"]["handlers"].append("syslog")
SILENCED_SYSTEM_CHECKS = ["fields.W342", "auth.W004"]
