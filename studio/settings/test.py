"""Settings of the test suite: the same studio with a temporary data folder and cheap, local parts."""

import tempfile
from pathlib import Path

from studio.settings import env
from studio.settings.base import *
from studio.settings.base import BASE_DIR, CELERY, DATABASES, STORAGES

DATA_DIR = Path(tempfile.mkdtemp(prefix="atelier-test-"))
SECRET_KEY = "only-for-tests"
MASTER_KEY, MASTER_KEY_FILE = "", DATA_DIR / "master.key"
BASE_URL = "http://testserver"
GATEWAY_ADDRESS, GATEWAY_URL = "http://127.0.0.1:9", "http://testserver:8001"  # nobody listens there
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
STATIC_ROOT = DATA_DIR / "static"
JOB_CACHE_DIR = DATA_DIR / "cache" / "jobs"
DEPLOYMENTS_DIR = DATA_DIR / "deployments"
COLLECT_SPOOL = DATA_DIR / "run" / "collected"
READING_DIR, READING_CACHE_DIR = DATA_DIR / "reading", DATA_DIR / "cache"
STORAGES = {
    **STORAGES,
    "default": {**STORAGES["default"], "OPTIONS": {"location": DATA_DIR / "storage", "base_url": None}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if not env.text("DATABASE_URL"):
    DATABASES["default"]["NAME"] = DATA_DIR / "studio.sqlite3"
    # A file, not memory: threads, live servers and worker processes of the tests share it.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
DATABASES["default"]["OPTIONS"].pop("pool", None)  # connections must be gone when the test database is dropped
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
CELERY = {**CELERY, "broker_url": "memory://"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
STATICFILES_DIRS = [BASE_DIR / "static"]
