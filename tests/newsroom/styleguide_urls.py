"""The site as it is where DEBUG is on: with the style guide."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from newsroom.styleguide import styleguide
from newsroom.urls import urlpatterns as of_the_site

urlpatterns = [*i18n_patterns(path("styleguide/", styleguide)), *of_the_site]
