"""What a translation has of its own although it is no text must be able to stand there: both ways to store it look."""

import pytest
from django.urls import reverse
from wagtail.rich_text import RichText
from wagtail_localize.models import SegmentOverride

from newsroom.localization import translating
from newsroom.models import User

pytestmark = pytest.mark.django_db

LINK = '<p>See <a href="https://example.org/">our report</a>.</p>'
VIDEO = {"url": "https://vimeo.com/1", "title": "Pumping"}


@pytest.fixture
def task(site, make_article, photo):
    body = [
        ("paragraph", RichText(LINK)),
        ("video", VIDEO),
        ("image", {"image": photo, "alt_text": "A pump", "caption": "A pump"}),
    ]
    return translating.send_for_translation(make_article("Wells", lead_image=photo, body=body), site.locales["fr"])


def place(task, path):
    """Where in the source: the lead picture, or the first block of a type."""
    found = task.source.overridablesegment_set.select_related("context")
    return next(one for one in found if one.context.get_field_path(task.source.as_instance()).startswith(path))


def by_editor(client, task, segment, value):
    url = reverse("localization_store_override", args=[task.pk, segment.pk])
    return client.post(url, {f"override-{segment.pk}-value": value}, follow=True)


def by_api(client, task, segment, value):
    kwargs = {"translation_id": task.pk, "overridable_segment_id": segment.pk}
    url = reverse("wagtail_localize:edit_override", kwargs=kwargs)
    return client.put(url, f"value={value}", content_type="application/x-www-form-urlencoded")


BOTH = pytest.mark.parametrize("store", [by_editor, by_api])
BAD = [
    ("body.paragraph", "javascript:alert(1)"),
    ("body.paragraph", " JaVa\tscript:alert(1)"),
    ("body.paragraph", "data:text/html,x"),
    ("body.video", "javascript:alert(1)"),
    ("body.video", "abc"),
    ("lead_image", "abc"),
    ("lead_image", "4711"),
    ("body.image", "abc"),
    ("body.image", "4711"),
]


@BOTH
@pytest.mark.parametrize(("path", "value"), BAD)
def test_what_cannot_stand_there_is_refused(path, value, store, task, login):
    response = store(login(), task, place(task, path), value)
    assert response.status_code == (400 if store is by_api else 200)
    assert not SegmentOverride.objects.exists()


@BOTH
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("body.paragraph", "https://example.org/fr/"),
        ("body.paragraph", "mailto:redaction@example.org"),
        ("body.paragraph", "/fr/puits/"),
        ("body.video", "https://vimeo.com/2"),
    ],
)
def test_an_address_is_stored(path, value, store, task, login):
    store(login(), task, place(task, path), value)
    assert SegmentOverride.objects.get().data == value


@BOTH
@pytest.mark.parametrize("path", ["lead_image", "body.image"])
def test_a_picture_that_exists_is_stored_and_shown(path, store, task, photo, login):
    store(login(), task, place(task, path), photo.pk)
    assert SegmentOverride.objects.get().data == str(photo.pk)
    task.save_target(publish=True)


@BOTH
def test_a_refusal_says_why_in_the_language_of_the_user(store, task, login):
    segment = place(task, "body.paragraph")
    client = login(language="fr")
    problem = store(client, task, segment, "javascript:alert(1)").content.decode()
    assert "javascript:alert(1)" in problem
    assert User.objects.get(username="admin").wagtail_userprofile.preferred_language == "fr"


def test_what_was_stored_is_taken_back_at_wagtail_localizes_address(task, photo, login):
    client, segment = login(), place(task, "lead_image")
    by_api(client, task, segment, photo.pk)
    kwargs = {"translation_id": task.pk, "overridable_segment_id": segment.pk}
    url = reverse("wagtail_localize:edit_override", kwargs=kwargs)
    assert client.delete(url).status_code == 200
    assert not SegmentOverride.objects.exists()
    assert client.delete(url).status_code == 404
