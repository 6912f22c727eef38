"""Production, and `make demo`, which shows production. A missing secret stops the start with its name."""

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import MAILBOX, PROXIES, SITE_URL, env

SECRET_KEY = env.str("SECRET_KEY", default="")
# Defaults that suit a trial would mail people links that lead nowhere, or print mail and call it sent.
MISSING = [name for name in ("SECRET_KEY", "SITE_URL", "SUPPRESSION_KEY") if not env.str(name, default="")]
if not MAILBOX:
    MISSING += [] if env.str("EMAIL_URL", default="") or env.str("EMAIL_BACKEND", default="") else ["EMAIL_URL"]
    MISSING += [] if env.str("DEFAULT_FROM_EMAIL", default="") else ["DEFAULT_FROM_EMAIL"]
if MISSING:
    raise ImproperlyConfigured(f"{MISSING[0]} is not set: production does not start without it.")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# The proxy in front says how the reader came.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
