"""The people and the pages of the tests about translators."""

import pytest
from django.contrib.auth.models import Group
from wagtail.users.models import UserProfile
from wagtail_localize.models import Translation

from articles.models import ArticlePage
from newsroom.localization import translating
from newsroom.management.commands.set_up_site import EDITORS, translators_of
from newsroom.models import User


@pytest.fixture
def person(site):
    """Make a user in some groups."""

    def make(name, *groups, language="en", email=None):
        email = f"{name}@example.org" if email is None else email
        user = User.objects.create_user(name, email, "pw", first_name=name.capitalize())
        user.groups.set(Group.objects.filter(name__in=groups))
        UserProfile.objects.create(user=user, preferred_language=language)
        return user

    return make


@pytest.fixture
def ada(person):
    """Writes English stories."""
    return person("ada", EDITORS)


@pytest.fixture
def camille(person):
    """Translates into French, in a French admin."""
    return person("camille", translators_of("fr"), language="fr")


@pytest.fixture
def admin(db):
    """May do everything."""
    return User.objects.create_superuser("boss", "boss@example.org", "pw")


@pytest.fixture
def pair(make_article, translate):
    """A public article and its public translation."""
    source = make_article("Wells")
    return source, translate(source, "fr", title="Puits")


def task_by_key(key):
    """A translation that a module keeps, as it is in the database, for one test."""
    return Translation.objects.select_related("source").get(pk=key)


def source_of(task):
    """The article that is translated."""
    return ArticlePage.objects.get(translation_key=task.source.object_id, locale=task.source.locale_id)


@pytest.fixture
def task(site, article):
    """The French translation of a test's `article`."""
    return translating.send_for_translation(article, site.locales["fr"])
