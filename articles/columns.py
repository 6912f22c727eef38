"""Keeping `ArticlePage.public` right whoever saves the page."""

from typing import Any

from django.db.models.signals import post_save
from wagtail.models import Page

from articles.models import ArticlePage


def connect() -> None:
    """Listen to every page that is saved, once."""
    post_save.connect(_on_saved, dispatch_uid="articles.columns")


def _on_saved(sender: type, instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    """Expiry and bulk actions save the bare Page, converting to an alias saves one field: ArticlePage.save() sees
    neither. What is not live, or an alias, must leave the lists all the same. An article that was saved whole is right
    already, and no other kind of page has the column."""
    partly = update_fields is not None and isinstance(instance, ArticlePage)
    if (partly or type(instance) is Page) and not raw:
        # The row decides, not the instance: it may have been unpublished since the instance was read.
        article = ArticlePage.objects.filter(pk=instance.pk)
        if instance.live and instance.alias_of_id is None:
            article.filter(public=False, withdrawn_at=None, live=True, alias_of=None).update(public=True)
        else:
            article.filter(public=True).exclude(live=True, alias_of=None).update(public=False)
