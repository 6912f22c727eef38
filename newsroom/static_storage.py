"""Static files in production: one stylesheet of many, hashed names, compressed once."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SPACES = re.compile(r"\s+")
# @import url("x.css") layer(name) media;
IMPORT = re.compile(r'@import url\("(?P<url>[^"]+)"\)(?: layer\((?P<layer>[\w-]+)\))?(?P<media>[^;]*);')


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Collects our stylesheets with what they import, so that a reader's browser asks once. In development the imports
    work as they are written."""

    # Files that Wagtail names but does not ship must not stop the site.
    manifest_strict = False
    # The folder of our own stylesheets.
    bundled = "css/"

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[tuple]:
        ours = {name: (_Bundles(*found), name) for name, found in paths.items() if self._is_bundled(name)}
        yield from super().post_process({**paths, **ours}, dry_run=dry_run, **options)

    def _is_bundled(self, name: str) -> bool:
        return name.startswith(self.bundled) and name.endswith(".css")


class _Bundles:
    """In place of the storage a stylesheet was found in: opens it with its imports inside."""

    def __init__(self, storage: Any, path: str) -> None:
        self._storage = storage
        self._path = path

    def open(self, name: str) -> ContentFile:
        with self._storage.open(self._path) as file:
            return ContentFile(bundle(file.read().decode(), name).encode())


def bundle(css: str, name: str) -> str:
    """A stylesheet, given with its name under the static files, without comments and needless spaces, each `@import`
    replaced by what it names, in its layer and for its media.

    Raises ValueError for an imported stylesheet that is missing, or that names a file: its address would be wrong.
    """

    def imported(statement: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), statement["url"]))
        content = bundle(_read(target), target)
        if "url(" in content:
            raise ValueError(
                f"{target} is imported and names a file by url(): it must stand in a stylesheet of its own."
            )
        if statement["layer"]:
            content = f"@layer {statement['layer']}{{{content}}}"
        media = statement["media"].strip()
        return f"@media {media}{{{content}}}" if media else content

    return IMPORT.sub(imported, SPACES.sub(" ", COMMENT.sub("", css)).strip())


def _read(name: str) -> str:
    found = finders.find(name)
    if not found:
        raise ValueError(f"{name} is imported by a stylesheet and does not exist.")
    return Path(found).read_text(encoding="utf-8")
