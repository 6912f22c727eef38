"""Settings shared by every way of running the site. The environment is read here, once, and typed."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).absolute()

# The public site, the admin and the mails speak these languages; the first is the site's default.
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("fr", "Français")]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "newsroom.formats"
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Brussels")
WAGTAIL_I18N_ENABLED = True

INSTALLED_APPS = [
    # Ours come first: wagtail-localize's templates and admin addresses give way to ours.
    "newsroom.apps.NewsroomConfig",
    "home.apps.HomeConfig",
    "newsletter.apps.NewsletterConfig",
    "articles.apps.ArticlesConfig",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks_db",
    "anymail",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "articles.middleware.BeaconMiddleware",
    "newsroom.headers.ContentSecurityPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "newsroom.compression.TextCompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsroom.headers.UnchangedPageMiddleware",
    "newsroom.headers.CacheControlMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "newsroom.language.AddressLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "newsroom.redirects.RedirectMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
AUTH_USER_MODEL = "newsroom.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
            ],
        },
    },
]

# -- Data ---------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'newsroom.sqlite3'}")}
if not DATABASES["default"].get("ENGINE"):
    raise ImproperlyConfigured("DATABASE_URL is not understood. It looks like postgres://user:password@host/name.")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    # WAL lets readers and one writer work side by side; IMMEDIATE takes the write lock at BEGIN, so that the busy
    # timeout applies (a deferred transaction that upgrades later fails at once instead of waiting).
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    )
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Connecting takes longer than a query; and SQLite empties and deletes its log when the last connection to it is closed.
DATABASES["default"]["CONN_MAX_AGE"] = 60

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.locmem.LocMemCache":
    # Django's 300 entries would be full after as many readers, and forget who has just read what.
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 100_000}
# How many proxies of our own stand in front, each of which adds whom it was called by to X-Forwarded-For.
PROXIES = env.int("PROXIES", default=0)
# As many reads are counted of one network (a household, an office) in half an hour; the rest is taken for a flood.
READS_PER_NETWORK = env.int("READS_PER_NETWORK", default=60)
# After as many days a read weighs half as much in what is rising.
TRENDING_HALF_LIFE = env.int("TRENDING_HALF_LIFE", default=2)
# Forms that make us write to somebody: so many an hour from one network, and from all.
FORMS_PER_NETWORK = env.int("FORMS_PER_NETWORK", default=20)
FORMS_PER_HOUR = env.int("FORMS_PER_HOUR", default=1000)
# After so many months without a sign of life from a subscriber, digests ask whether to go on.
SILENT_AFTER = env.int("SILENT_AFTER", default=24)
# Domains of addresses that live for minutes, and their subdomains, are refused at sign-up.
DISPOSABLE_DOMAINS = env.list("DISPOSABLE_DOMAINS", default=[])
# Remembers who must not be written to, without their address. Of its own, so that SECRET_KEY can be changed.
SUPPRESSION_KEY = env.str("SUPPRESSION_KEY", default="")
# A file of subscribers that is uploaded may be so large; on the command line it may be larger.
IMPORT_MAX_MEGABYTES = env.int("IMPORT_MAX_MEGABYTES", default=50)
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
# A web server in front should serve DATA_DIR/media; without one, the application does.
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=True)
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "newsroom.static_storage.StaticStorage"},
}

# -- Mail ---------------------------------------------------------------------------------------------------------
# EMAIL_URL names an SMTP server; EMAIL_BACKEND takes any other of Django's or Anymail's backends, which read the
# ANYMAIL_… variables.
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default=EMAIL_CONFIG["EMAIL_BACKEND"])
EMAIL_TIMEOUT = 30
# On: mail is kept as .eml files in DATA_DIR/mailbox and shown at /mailbox/ instead of being sent.
MAILBOX = env.bool("MAILBOX", default=False)
if MAILBOX:
    EMAIL_BACKEND = "newsroom.mailbox.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="newsroom@wayfield.example")
ANYMAIL = {name.removeprefix("ANYMAIL_"): value for name, value in env.ENVIRON.items() if name.startswith("ANYMAIL_")}
ANYMAIL["SEND_DEFAULTS"] = {"track_opens": False, "track_clicks": False}

# -- People -------------------------------------------------------------------------------------------------------
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# -- Security -----------------------------------------------------------------------------------------------------
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
# Wagtail frames its previews. What readers get says more with `frame-ancestors`, which goes before this.
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Nothing on this site needs what these give. (What players need is left to them.)
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "hid",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
        "xr-spatial-tracking",
    )
}
CSRF_FAILURE_VIEW = "newsroom.views.csrf_failure"

# -- Wagtail ------------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Newsroom"
# What has no language: who publishes, and what machines get. Apps below `home` find it by this name.
SITE_SETTINGS_MODEL = "home.SiteSettings"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILIMAGES_IMAGE_MODEL = "articles.Photo"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_AVIF_QUALITY = 55
WAGTAILIMAGES_IMAGE_FORM_BASE = "articles.forms.PhotoForm"
WAGTAILIMAGES_WEBP_QUALITY = 76
WAGTAILDOCS_DOCUMENT_MODEL = "articles.Download"
# Ours is stricter: newsroom/headers.py.
WAGTAILDOCS_BLOCK_EMBEDDED_CONTENT = False
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "epub", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAIL_ALLOW_UNICODE_SLUGS = False
# Neither the faces nor the version number are fetched from elsewhere.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
# A translation starts as a draft, and outlives the deletion of its source.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAILLOCALIZE_DISABLE_ON_DELETE = True
# The last approval publishes, but no translation before its source.
WAGTAIL_FINISH_WORKFLOW_ACTION = "newsroom.localization.approval.publish_approved"

# -- Machine translation ------------------------------------------------------------------------------------------
# Off by default. Texts that are sent for it, drafts too, leave the house.
MACHINE_TRANSLATOR = env.str("MACHINE_TRANSLATOR", default="")
WAGTAILLOCALIZE_MACHINE_TRANSLATOR: dict | None = None
if MACHINE_TRANSLATOR == "deepl":
    WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {
        "CLASS": "wagtail_localize.machine_translators.deepl.DeepLTranslator",
        "OPTIONS": {"AUTH_KEY": env.str("DEEPL_AUTH_KEY"), "TIMEOUT": 20},
    }
elif MACHINE_TRANSLATOR == "libretranslate":
    WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {
        "CLASS": "wagtail_localize.machine_translators.libretranslate.LibreTranslator",
        "OPTIONS": {
            "LIBRETRANSLATE_URL": env.str("LIBRETRANSLATE_URL").rstrip("/"),
            "API_KEY": env.str("LIBRETRANSLATE_API_KEY", default=""),
            "TIMEOUT": 20,
        },
    }
elif MACHINE_TRANSLATOR:
    raise ImproperlyConfigured("MACHINE_TRANSLATOR is deepl, libretranslate, or not set.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"gone": {"()": "newsroom.logs.GoneInTheMeantime"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["gone"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "wagtail": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
    },
}
