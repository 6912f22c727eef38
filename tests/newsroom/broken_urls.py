"""A site on which every page breaks."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest
from django.urls import path


def broken(request: HttpRequest, name: str) -> None:
    raise RuntimeError("broken")


urlpatterns = i18n_patterns(path("<str:name>/", broken), prefix_default_language=True)
