"""Static files in production: hashed names, compressed once."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Files that Wagtail names but does not ship must not stop the site."""

    manifest_strict = False
