"""The settings that have no language, for code that stands below the app that defines them."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from wagtail.models import Site


def site_settings(request: HttpRequest) -> Any:
    """The entry of settings.SITE_SETTINGS_MODEL for the site that was asked, or None while there is no site."""
    model = apps.get_model(settings.SITE_SETTINGS_MODEL)
    return model.for_request(request) if Site.find_for_request(request) else None
