"""Settings of a running studio. Variables come through `env` and are described in docs/operations.md."""

import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from studio import redis_socket
from studio.settings import env
from studio.settings.schedule import BEAT

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = env.path("ATELIER_DATA_DIR", BASE_DIR / "var")
# The package people install lies beside the studio: recipes and MLTable files are read by the same code in both.
SDK_DIR = BASE_DIR / "sdk" / "src"
if str(SDK_DIR) not in sys.path:
    sys.path.append(str(SDK_DIR))


def _secret_key() -> str:
    """The key of this installation, made once and readable by its owner only."""
    given = env.text("ATELIER_SECRET_KEY")
    if given:
        return given
    keyfile = DATA_DIR / "secret.key"
    if not keyfile.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        keyfile.touch(mode=0o600)
        keyfile.write_text(secrets.token_urlsafe(48))
    return keyfile.read_text().strip()


SECRET_KEY = _secret_key()
# Earlier keys: what they signed and sealed still opens.
SECRET_KEY_FALLBACKS = env.words("ATELIER_OLD_SECRET_KEYS", [])
# What wraps the keys of the vault (`studio.secrets.master`); without one given, the file is made at the first start.
MASTER_KEY = env.text("ATELIER_MASTER_KEY").strip()
OLD_MASTER_KEYS = env.words("ATELIER_OLD_MASTER_KEYS", [])
MASTER_KEY_FILE = DATA_DIR / "master.key"
DEBUG = env.flag("ATELIER_DEBUG")


def _address() -> str:
    """The URL people use: as given, else that of the studio which runs with this data folder."""
    told = DATA_DIR / "run" / "address"
    given = env.text("ATELIER_BASE_URL") or (told.read_text().strip() if told.exists() else "")
    return (given or "http://127.0.0.1:8000").rstrip("/")


BASE_URL = _address()


def _gateway_address() -> str:
    """Where the studio itself reaches the gateway in front of endpoints: that of this data folder's studio."""
    told = DATA_DIR / "run" / "gateway-address"
    given = env.text("ATELIER_GATEWAY_ADDRESS") or (told.read_text().strip() if told.exists() else "")
    return (given or "http://127.0.0.1:8001").rstrip("/")


GATEWAY_ADDRESS = _gateway_address()
# What pages show of it: behind a proxy another one.
GATEWAY_URL = (env.text("ATELIER_GATEWAY_URL") or GATEWAY_ADDRESS).rstrip("/")
# This machine's own names always count: probes and runners beside the studio use them.
ALLOWED_HOSTS = [
    *("localhost", "127.0.0.1", "[::1]", urlsplit(BASE_URL).hostname or "localhost"),
    *env.words("ATELIER_ALLOWED_HOSTS", []),
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "studio.web.error_pages.csrf_failure"
# Of the first start only.
ADMIN_TOKEN = env.text("ATELIER_ADMIN_TOKEN")
ADMIN_EMAIL = env.text("ATELIER_ADMIN_EMAIL")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "studio",
    "compute",
    "registry",
    "runs",
]

MIDDLEWARE = [
    "studio.web.request_id.RequestIdMiddleware",
    "studio.web.security.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "studio.web.error_pages.ErrorPagesMiddleware",
]

ROOT_URLCONF = "studio.urls"
ASGI_APPLICATION = "studio.asgi.application"
APPEND_SLASH = True

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
                "studio.web.context.shell",
            ],
            "builtins": ["django.templatetags.static", "template_partials.templatetags.partials"],
            "libraries": {"ui": "studio.web.templatetags.ui", "lineage": "studio.web.templatetags.lineage"},
        },
    }
]

# --- database -------------------------------------------------------------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL")
SQLITE: dict[str, Any] = {"ENGINE": "studio.sqlite", "NAME": DATA_DIR / "studio.sqlite3"}
DATABASES: dict[str, dict[str, Any]] = {"default": SQLITE}
if DATABASE_URL:
    DATABASES["default"] = {**dj_database_url.parse(DATABASE_URL)}
if DATABASES["default"]["ENGINE"] in ("studio.sqlite", "django.db.backends.sqlite3"):
    DATABASES["default"]["ENGINE"] = "studio.sqlite"
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE is what makes the timeout hold: a read that turns into a write would fail at once.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;"
        " PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;",
    }
else:
    # Without a pool every request pays for a new connection, four times the price of the query.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),
        "pool": {"min_size": 1, "max_size": 20, "timeout": 5},
        "connect_timeout": 3,
        "prepare_threshold": 5,  # lets `studio.prepared` prepare; Django's own statements carry their values and never are
    }
# What one statement of a web request may take on PostgreSQL; 0: as long as it likes. `studio.statement_limit` sets it.
STATEMENT_TIMEOUT_SECONDS = env.integer("ATELIER_STATEMENT_TIMEOUT_SECONDS", 30)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "studio.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())

# --- language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "storage", "base_url": None},
    },
    "staticfiles": {"BACKEND": "studio.web.static_files.ModuleStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a question about a thousand runs names each of them
FILE_UPLOAD_TEMP_DIR = None
SNAPSHOT_LIMIT_BYTES = env.integer("ATELIER_SNAPSHOT_LIMIT_MB", 300) * 1024 * 1024
# How long the trash keeps what people threw away; 0: until somebody empties it.
TRASH_DAYS = env.integer("ATELIER_TRASH_DAYS", 30)
ARTIFACT_LIMIT_BYTES = env.integer("ATELIER_ARTIFACT_LIMIT_MB", 20_000) * 1024 * 1024
# Files of datastores come in parts, so they may be larger.
DATA_LIMIT_BYTES = env.integer("ATELIER_DATA_LIMIT_MB", 1_000_000) * 1024 * 1024

# --- Redis: 0 cache, 1 channels, 2 broker ----------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL") or redis_socket.socket_url(DATA_DIR)


def redis_database(number: int) -> str:
    """The URL of one logical database of the studio's Redis, over TCP or a Unix socket."""
    parts = urlsplit(REDIS_URL)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return parts._replace(path=f"/{number}").geturl()


def _broker_url() -> str:
    if REDIS_URL.startswith("unix://"):
        return f"redis+socket://{urlsplit(REDIS_URL).path}?virtual_host=2"
    return redis_database(2)


REDIS_CACHE_URL, REDIS_BROKER_URL = redis_database(0), redis_database(2)

CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        # The core layer dies with redis-py 8's default socket timeout; the pub/sub layer does not and is faster.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [redis_database(1)]},
    }
}

# --- Celery ---------------------------------------------------------------------------------------------------------
CELERY: dict[str, Any] = {
    "broker_url": _broker_url(),
    "task_serializer": "json",
    "accept_content": ["json"],
    "result_backend": None,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    "worker_hijack_root_logger": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    # A request must never hang on Redis: the database is the truth, the reconciler finds what was not sent.
    "task_publish_retry": False,
    "broker_transport_options": {
        "visibility_timeout": 600,
        "socket_timeout": 3,
        "socket_connect_timeout": 1,
        "health_check_interval": 10,
        # Who publishes tries for a moment only; a worker's own connection is tried for ever, see above.
        "connect_retries_timeout": 1,
        "max_retries": 1,
        "interval_start": 0.1,
        "interval_step": 0,
        "interval_max": 0.1,
    },
    "imports": ["studio.health.worker"],
    "beat_schedule": BEAT,
}

# --- jobs -----------------------------------------------------------------------------------------------------------
HEARTBEAT_SECONDS = env.number("ATELIER_HEARTBEAT_SECONDS", 15)
LEASE_SECONDS = env.number("ATELIER_LEASE_SECONDS", 45)
LOST_GRACE_SECONDS = env.number("ATELIER_LOST_GRACE_SECONDS", 15)
START_TIMEOUT_SECONDS = env.number("ATELIER_START_TIMEOUT_SECONDS", 120)
CANCEL_GRACE_SECONDS = env.number("ATELIER_CANCEL_GRACE_SECONDS", 10)
LOCAL_SLOTS = env.integer("ATELIER_LOCAL_SLOTS", 0)  # 0: one per core
# A script that attached itself and falls silent is only flagged; after this long it is given up.
ATTACHED_SILENCE_SECONDS = env.number("ATELIER_ATTACHED_SILENCE_SECONDS", 24 * 3600)
# Where runners reach the studio, when that is not the address people use.
RUNNER_URL = env.text("ATELIER_RUNNER_URL", BASE_URL).rstrip("/")
# All that a runner, and so a job, gets of the server's environment: an allow-list, so that no secret is ever in it.
RUNNER_ENVIRONMENT = env.passed_on(
    names={
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TZ", "TMPDIR", "LANG", "LANGUAGE", "LD_LIBRARY_PATH",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
        "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CERT", "PIP_TRUSTED_HOST", "PIP_CONFIG_FILE", "PIP_FIND_LINKS",
        "PIP_NO_INDEX", "PIP_CACHE_DIR", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "CUDA_PATH",
    },
    prefixes=("LC_", "UV_", "NVIDIA_", "XDG_CACHE_"),
)  # fmt: skip

# What runners on this machine keep of the data their jobs read.
JOB_CACHE_DIR = DATA_DIR / "cache" / "jobs"
JOB_CACHE_BYTES = env.integer("ATELIER_JOB_CACHE_MB", 50_000) * 1_000_000

# --- builds of images -----------------------------------------------------------------------------------------------
BUILD_SLOTS = env.integer("ATELIER_BUILD_SLOTS", 2)  # of the target `builder` when it is made
BUILD_MINUTES = env.integer("ATELIER_BUILD_MINUTES", 60)
BUILD_MEMORY_MB = env.integer("ATELIER_BUILD_MEMORY_MB", 4096)
BUILD_CPUS = env.number("ATELIER_BUILD_CPUS", 0)  # 0: as many as there are
# What the steps of a Dockerfile that a user brings may reach: `none`, `bridge`, or the name of a network.
BUILD_NETWORK = env.text("ATELIER_BUILD_NETWORK", "none")

# --- Docker ---------------------------------------------------------------------------------------------------------
# This machine's engine; empty: its usual socket. Targets may name others.
DOCKER_HOST = env.text("ATELIER_DOCKER_HOST") or env.text("DOCKER_HOST")
# What images are built on; `{python}` in it stands for the wanted version.
BASE_IMAGE = env.text("ATELIER_BASE_IMAGE").strip()
ALLOWED_BASE_IMAGES = env.words("ATELIER_ALLOWED_BASE_IMAGES", [])  # none: those of compute.engines.base_image
PULL_BASE_IMAGES = env.flag("ATELIER_PULL_BASE_IMAGES")

# --- where the studio may call: hosts (`minio.internal`, `10.0.0.7:9000`) and networks (`10.1.0.0/16`) though private -----
WEBHOOK_HOSTS = frozenset(env.words("ATELIER_WEBHOOK_HOSTS", []))  # over plain http, too
DATA_HOSTS = frozenset(env.words("ATELIER_DATA_HOSTS", []))
# Remote Docker engines that owners may name for a target; an administrator may name any.
ENGINE_HOSTS = frozenset(env.words("ATELIER_ENGINE_HOSTS", []))
# Folders of this machine below which people may register datastores; none unless the operator says so.
DATA_ROOTS = env.folders("ATELIER_DATA_ROOTS")

# --- reading tables -------------------------------------------------------------------------------------------------
# Processes beside each web and worker process in which users' tables are read, and what one of them may take.
READING_DIR = DATA_DIR / "reading"
READING_PROCESSES = env.integer("ATELIER_READERS", 2)
READING_MEMORY_MB = env.integer("ATELIER_READER_MEMORY_MB", 768)
READING_TEMPORARY_MB = env.integer("ATELIER_READER_TEMPORARY_MB", 8_000)
READING_THREADS = env.integer("ATELIER_READER_THREADS", 2)
READING_CACHE_DIR = DATA_DIR / "cache" / "data"
READING_CACHE_MB = env.integer("ATELIER_DATA_CACHE_MB", 20_000)
READING_ENVIRONMENT = env.passed_on(names={"PATH", "LD_LIBRARY_PATH", "LANG", "TZ"}, prefixes=("LC_",))

# --- endpoints ------------------------------------------------------------------------------------------------------
# Folders of deployments that run as processes of this machine, and what one deployment may have.
DEPLOYMENTS_DIR = DATA_DIR / "deployments"
ENDPOINT_MAX_INSTANCES = env.integer("ATELIER_ENDPOINT_MAX_INSTANCES", 20)
# How long the minutes of traffic are kept.
TRAFFIC_DAYS = env.integer("ATELIER_TRAFFIC_DAYS", 30)

# --- edge devices ---------------------------------------------------------------------------------------------------
EDGE_REPORT_SECONDS = env.number("ATELIER_EDGE_REPORT_SECONDS", 10)  # how often agents are told to report
EDGE_OFFLINE_SECONDS = env.number("ATELIER_EDGE_OFFLINE_SECONDS", 45)  # who is silent for so long is offline
# Where gateways leave samples of requests, and how long these are kept in the datastore.
COLLECT_SPOOL = DATA_DIR / "run" / "collected"
COLLECTED_DAYS = env.integer("ATELIER_COLLECTED_DAYS", 30)

# --- REST -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "studio.api.authentication.TokenAuthentication",
        "studio.api.authentication.SessionWithCsrf",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["studio.api.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["studio.api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "studio.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Atelier",
    "VERSION": "1",
    "DESCRIPTION": "Everything the pages can do.",
    "SERVE_INCLUDE_SCHEMA": False,
    # What is grouped by in the description: the part of a path after these.
    "SCHEMA_PATH_PREFIX": r"/api/v1/(workspaces/{workspace}/)?",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"probes": {"()": "studio.health.probes.WithoutProbes"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["probes"]}},
    "root": {"handlers": ["console"], "level": env.text("ATELIER_LOG_LEVEL", "INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},
        # Every request with all of its headers.
        "azure": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "paramiko": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},  # a hundred lines a PDF
        # Two lines for every wake-up, every few seconds, would bury the rest.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
