"""Django settings, all of them from the environment and safe for production where it is silent."""

import base64
import hmac
import warnings
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from project.cognito import issuer_of, sign_in_endpoints
from project.environment import (
    ENDPOINT,
    REGION,
    TABLE,
    cache,
    choice,
    comma_list,
    database,
    env_file,
    flag,
    hosts,
    origins,
    ports,
    price,
    private_files,
    rate,
    shaped,
    text,
    whole_number,
)
from project.logs import logging_config
from project.security import content_security_policy

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(env_file(BASE_DIR))  # what is exported already wins

# --- Django itself -------------------------------------------------------------------------------

DEBUG = flag("DEBUG", default=False)
SECRET_KEY = text("SECRET_KEY", "django-insecure-for-development-only" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "Set SECRET_KEY to a long random text (50 characters or more), the same for every process,"
        " or DEBUG=true for development."
    )
ALLOWED_HOSTS = hosts("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = origins("CSRF_TRUSTED_ORIGINS")
LINK_PORTS = ports("LINK_PORTS")

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False  # a redirect loses the body of a POST: paths answer with and without

INSTALLED_APPS = [
    "tables",
    "tables.admin.apps.TablesAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "mozilla_django_oidc",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "project.request_log.RequestLogMiddleware",
    "project.patience.patience_middleware",
    "project.heads.heads_middleware",
    "project.metrics.metrics_middleware",  # takes itself out where METRICS is false
    "project.security.PolicyMiddleware",
    "project.https.https_middleware",
    "django.middleware.security.SecurityMiddleware",
    "project.health.health_middleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tables.api.cross_origin.CrossOriginMiddleware",
    "tables.access.limits.middleware.LimitsMiddleware",
    "tables.access.browser.session_saving.SavingSessionMiddleware",
    "tables.api.framing.framing_middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tables.access.browser.sessions.EndingAuthenticationMiddleware",
    "tables.access.browser.refresh.RefreshMiddleware",
    "tables.admin.middleware.PageMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tables.admin.environment.environment",
                "tables.admin.header.header",
            ],
        },
    }
]

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE_DIR / "locale"]

# Doors cap the bodies they read; these are for forms, whose largest is an item of 400 KB as text.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# --- Users, sessions, throttles ------------------------------------------------------------------

DATABASES = {"default": database("DATABASE_URL", "sqlite:///var/dynadmin.sqlite3", BASE_DIR)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "project.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        # Several workers write one file: readers must not block, writers queue from the start.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["ENGINE"] = "project.postgresql"
    # A host that is gone says nothing: two minutes until TCP gives up. The URL may say otherwise.
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 5} | DATABASES["default"].get(
        "OPTIONS", {}
    )
DATABASES["default"]["CONN_MAX_AGE"] = 60  # seconds; to open SQLite anew costs a tenth of a page

CACHES = {"default": cache("CACHE_URL", "locmemcache://")}
if str(CACHES["default"]["BACKEND"]).endswith("LocMemCache"):
    # Its own 300 entries would forget whom it has counted.
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 100_000}
elif str(CACHES["default"]["BACKEND"]).endswith("RedisCache"):
    # One that hangs must not hold requests: then they go on without being counted.
    CACHES["default"]["OPTIONS"] = {"socket_timeout": 1, "socket_connect_timeout": 1}  # seconds

CSRF_FAILURE_VIEW = "project.errors.csrf_failure"
SESSION_ENGINE = (
    "tables.access.browser.session_store"  # in the database: a signed cookie would survive sign-out
)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds
SESSION_COOKIE_SAMESITE = "Lax"  # Strict breaks the way back from the sign-in page

# --- HTTPS, proxies and browsers ------------------------------------------------------------------

TRUST_PROXY = flag("TRUST_PROXY", default=False)
USE_X_FORWARDED_HOST = TRUST_PROXY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz/?$", r"^readyz/?$"]  # asked by load balancers over plain HTTP
SECURE_HSTS_SECONDS = whole_number("SECURE_HSTS_SECONDS", 365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_SECONDS > 0
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # to preload HSTS is the promise of a domain's owner
# A browser keeps secure cookies off plain HTTP, so a loopback test without TLS could not sign in.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT or TRUST_PROXY
# Browsers let nobody but this very host set such a cookie, no neighbour under the same domain
# either (RFC 6265bis, section 4.1.3.2); without TLS they take none.
_COOKIES = "__Host-" if SESSION_COOKIE_SECURE else ""
SESSION_COOKIE_NAME = f"{_COOKIES}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIES}csrftoken"

CORS_ALLOWED_ORIGINS = origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api(/|$)"  # the AdminAPI answers preflights itself, with a body
CORS_ALLOW_HEADERS = [
    *("accept", "authorization", "content-encoding", "content-type", "idempotency-key"),
    *("if-match", "if-none-match", "prefer", "use-snapshot", "x-requested-with"),
]
CORS_EXPOSE_HEADERS = [
    *("ETag", "Idempotency-Replayed", "Link", "Location", "Preference-Applied", "RateLimit"),
    *("RateLimit-Policy", "Retry-After", "WWW-Authenticate", "X-Request-ID"),
]

# --- Static files --------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "project.static.CollectedStaticFilesStorage"},
    # Uploads, staged chunks and exports of jobs: nobody but the site reads them.
    "jobs": private_files("JOB_FILES", "var/jobs", BASE_DIR),
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").is_file()
if WHITENOISE_USE_FINDERS:
    warnings.filterwarnings("ignore", "No directory at: .*staticfiles")  # as it should be

# --- DynamoDB ------------------------------------------------------------------------------------

AWS_REGION = shaped("AWS_REGION", REGION, text("AWS_DEFAULT_REGION")) or None
AWS_ENDPOINT_URL_DYNAMODB = shaped("AWS_ENDPOINT_URL_DYNAMODB", ENDPOINT) or None
DYNAMODB_TRANSACTIONS = flag("DYNAMODB_TRANSACTIONS", default=True)
DYNAMODB_DISCOVER = flag("DYNAMODB_DISCOVER", default=False)
TABLES_FILE = BASE_DIR / text("TABLES_FILE", "tables.toml")
STATE_TABLE = shaped("STATE_TABLE", TABLE, "dynadmin-state")
HISTORY = flag("HISTORY", default=False)
HISTORY_TABLE = shaped("HISTORY_TABLE", TABLE, "dynadmin-history")
HISTORY_DAYS = whole_number("HISTORY_DAYS", 365)
READ_ONLY = flag("READ_ONLY", default=False)
SCAN_BUDGET_ITEMS = whole_number("SCAN_BUDGET_ITEMS", 10_000, least=1)
SCAN_BUDGET_SECONDS = whole_number("SCAN_BUDGET_SECONDS", 5)

# --- Jobs ----------------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": text("TASKS", "django_tasks_db.DatabaseBackend")}}
JOB_PARTS = whole_number("JOB_PARTS", 4, least=1)
JOB_THREADS = whole_number("JOB_THREADS", 4, least=1)
JOB_DAYS = whole_number("JOB_DAYS", 30, least=1)
JOB_UPLOADS_PERSON_MB = whole_number("JOB_UPLOADS_PERSON_MB", 3072, least=1)
JOB_UPLOADS_MB = whole_number("JOB_UPLOADS_MB", 20_480, least=1)
# Price of a million units, in whatever money; empty: units alone are told.
PRICE_READ = price("PRICE_READ")
PRICE_WRITE = price("PRICE_WRITE")

# --- Sign-in -------------------------------------------------------------------------------------

COGNITO_USER_POOL_ID = text("COGNITO_USER_POOL_ID")
COGNITO_CLIENT_ID = comma_list("COGNITO_CLIENT_ID")  # accepted audiences; the first signs people in
COGNITO_CLIENT_SECRET = text("COGNITO_CLIENT_SECRET")
COGNITO_DOMAIN = text("COGNITO_DOMAIN").rstrip("/")
COGNITO_ISSUER = text("COGNITO_ISSUER", issuer_of(COGNITO_USER_POOL_ID, AWS_REGION)).rstrip("/")
COGNITO_JWKS_URL = text(
    "COGNITO_JWKS_URL", f"{COGNITO_ISSUER}/.well-known/jwks.json" if COGNITO_ISSUER else ""
)

GROUPS_CLAIM = text("GROUPS_CLAIM", "cognito:groups")
IDENTITY_CLAIMS = comma_list("IDENTITY_CLAIMS") or ["custom:username", "cognito:username"]
MAX_TOKEN_CHARACTERS = whole_number("MAX_TOKEN_CHARACTERS", 8192, least=1024)

AUTHENTICATION_BACKENDS = ["tables.access.backend.CognitoBackend"]
OIDC_RP_CLIENT_ID = next(iter(COGNITO_CLIENT_ID), "")
OIDC_RP_CLIENT_SECRET = COGNITO_CLIENT_SECRET
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_RP_SCOPES = "openid email profile"
OIDC_USE_PKCE = True
OIDC_TIMEOUT = 5  # seconds
OIDC_OP_JWKS_ENDPOINT = COGNITO_JWKS_URL
(
    OIDC_OP_AUTHORIZATION_ENDPOINT,
    OIDC_OP_TOKEN_ENDPOINT,
    OIDC_OP_USER_ENDPOINT,
    OIDC_OP_LOGOUT_ENDPOINT,
) = sign_in_endpoints(COGNITO_DOMAIN)

CONTENT_SECURITY_POLICY = content_security_policy(COGNITO_DOMAIN)

# Fernet keys of the issued access keys: the first encrypts, all decrypt.
ACCESS_KEY_SECRETS = comma_list("ACCESS_KEY_SECRETS") or [
    base64.urlsafe_b64encode(
        hmac.digest(SECRET_KEY.encode(), b"dynadmin access keys", "sha256")
    ).decode()
]

# Keys of the chain of hashes that runs through history: the first signs, all verify.
HISTORY_SECRETS = comma_list("HISTORY_SECRETS") or [
    hmac.digest(SECRET_KEY.encode(), b"dynadmin history", "sha256").hex()
]

REST_FRAMEWORK = {
    # Bearer first: its challenge makes "nobody" a 401, and a bad token beside a session is refused.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tables.access.authentication.BearerAuthentication",
        "tables.access.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["tables.access.authentication.IsSignedIn"],
    "UNAUTHENTICATED_USER": "tables.access.callers.nobody",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Dynadmin REST API",
    "DESCRIPTION": "Items of Amazon DynamoDB tables, with real HTTP semantics.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DEFAULT_GENERATOR_CLASS": "tables.api.v1.openapi.generator.V1Generator",
    "POSTPROCESSING_HOOKS": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "/static/dynadmin/favicon.svg",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "filter": True, "docExpansion": "none"},
}

# --- Doors ---------------------------------------------------------------------------------------

ENVIRONMENT_NAME = text("ENVIRONMENT_NAME")
ADMINAPI_PARTIAL_STATUS = int(choice("ADMINAPI_PARTIAL_STATUS", "400", ("400", "206")))
ADMINAPI_LIST_LIMIT = whole_number("ADMINAPI_LIST_LIMIT", 0)
SCHEMA_ALIASES = whole_number("SCHEMA_ALIASES", 50)
THROTTLE_READ = rate("THROTTLE_READ", "")
THROTTLE_WRITE = rate("THROTTLE_WRITE", "")
THROTTLE_SCAN = rate("THROTTLE_SCAN", "")
THROTTLE_EXPORT = rate("THROTTLE_EXPORT", "")
STREAMS_PER_CALLER = whole_number("STREAMS_PER_CALLER", 2, least=1)
STREAMS_PER_SITE = whole_number("STREAMS_PER_SITE", 8, least=1)
THROTTLE_ANONYMOUS = rate("THROTTLE_ANONYMOUS", "300/min")

# --- Watching ------------------------------------------------------------------------------------

METRICS = flag("METRICS", default=False)
LOG_FORMAT = choice("LOG_FORMAT", "json", ("json", "console"))
LOGGING = logging_config(LOG_FORMAT)
