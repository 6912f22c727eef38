"""Working on the code: debug pages, reload, plain static files, mail in the mailbox folder."""

from .base import *  # noqa: F403
from .base import env

DEBUG = True
SECRET_KEY = env.str("SECRET_KEY", default="development only")
SUPPRESSION_KEY = env.str("SUPPRESSION_KEY", default="development only")
EMAIL_BACKEND = "newsroom.mailbox.EmailBackend"
MAILBOX = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
