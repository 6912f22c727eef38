"""The test suite. Each line differs from production for a reason."""

import tempfile
from pathlib import Path

from .base import *  # noqa: F403
from .base import DATABASES, LOGGING, MIDDLEWARE

SECRET_KEY = "not a secret: tests only"
SUPPRESSION_KEY = "not a secret either"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
SITE_URL = WAGTAILADMIN_BASE_URL = "https://news.example.org"
# A file, not memory: locks, workers and threads behave as they do in production.
DATA_DIR = Path(tempfile.mkdtemp(prefix="newsroom-tests-"))
MEDIA_ROOT = DATA_DIR / "media"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["NAME"] = DATA_DIR / "newsroom.sqlite3"
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"  # it need not outlive a power cut
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
# Hashing is slow on purpose; tests log in often.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# No collectstatic before a test run.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise")]
# Mail that no test asked for must not pass unnoticed: the outbox fixture swaps this backend for one that collects.
EMAIL_BACKEND = "tests.doors.RefusingEmailBackend"
# Nobody is asked about a domain: the tests of that replace the resolver.
CHECK_SENDER_DOMAIN = False
# Tasks run at once, as part of the request that enqueued them.
TASKS = {"default": {"BACKEND": "tests.doors.ImmediateBackendOfOurTasks"}}
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}
