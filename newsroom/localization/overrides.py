"""What a translation has of its own although it is no text: a picture, a page, a document, the address of a link."""

import html
import json
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.db import models
from django.db.models.signals import post_delete
from django.utils.translation import gettext as _
from wagtail.blocks import Block, ListBlock, RichTextBlock
from wagtail.documents.models import AbstractDocument
from wagtail.fields import RichTextField, StreamField
from wagtail.images.models import AbstractImage
from wagtail.models import Page
from wagtail.whitelist import check_url
from wagtail_localize.models import OverridableSegment, SegmentOverride, Translation


def connect() -> None:
    """Listen to what is deleted, once."""
    post_delete.connect(_on_deleted, dispatch_uid="localization.overrides")


def _on_deleted(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    """A translation that had this of its own shows its source's again. (wagtail-localize could make no page of it any
    more: neither a preview nor the next publication.)"""
    if not issubclass(sender, Page | AbstractImage | AbstractDocument):
        return
    stored = [json.dumps(instance.pk), json.dumps(str(instance.pk))]
    for override in SegmentOverride.objects.filter(data_json__in=stored):
        places = OverridableSegment.objects.filter(context=override.context_id).select_related("context", "source")
        if any(_can_hold(segment, instance) for segment in places):
            override.delete()


def _can_hold(segment: OverridableSegment, instance: models.Model) -> bool:
    field = _form_field(segment)
    if not isinstance(field, forms.ModelChoiceField) or field.queryset is None:
        return False
    return isinstance(instance, field.queryset.model)


def clean(segment: OverridableSegment, value: str) -> str:
    """`value` as the translation may have it instead of what stands in `segment`. Raises ValidationError for something
    chosen that does not exist, for an address that runs a script, and for what the field of the source refuses."""
    field = _form_field(segment)
    if isinstance(field, forms.ModelChoiceField):
        return _chosen(field, value)
    if not isinstance(segment.data, str) and field is None:
        raise ValidationError(_("This cannot be changed in a translation."))
    # Browsers read entities in addresses, and so does this.
    if check_url(html.unescape(value)) is None:
        raise ValidationError(_("“%(address)s” cannot be the address of a link.") % {"address": value})
    cleaned = field.clean(value) if field else value
    return cleaned if isinstance(cleaned, str) else value


def store(translation: Translation, segment: OverridableSegment, value: str, user: Any) -> tuple[SegmentOverride, bool]:
    """Give the translation something of its own. Returns what is stored, and whether there was nothing before. Raises
    ValidationError, and stores nothing, for what cannot stand there."""
    return SegmentOverride.objects.update_or_create(
        locale_id=translation.target_locale_id,
        context_id=segment.context_id,
        defaults={
            "data_json": json.dumps(clean(segment, value)),
            "last_translated_by": user,
            "has_error": False,
            "field_error": "",
        },
    )


def _chosen(field: forms.ModelChoiceField, value: str) -> str:
    try:
        return str(field.clean(value).pk)
    except ValidationError as error:
        raise ValidationError(_("What you chose does not exist (any more).")) from error


def _form_field(segment: OverridableSegment) -> forms.Field | None:
    """What checks values where a segment stands; None for the addresses of links in rich text, and for a place that
    the source does not have any more."""
    source = segment.source
    try:
        names = segment.context.get_field_path(source.as_instance()).split(".")
        field = source.specific_content_type.model_class()._meta.get_field(names[0])
        if isinstance(field, StreamField):
            return _of_block(field.stream_block, names[1:])
        if isinstance(field, models.ManyToOneRel):
            field = field.related_model._meta.get_field(names[1])
    except (FieldDoesNotExist, LookupError, ObjectDoesNotExist):
        return None
    return None if isinstance(field, RichTextField) else field.formfield()


def _of_block(block: Block, names: list[str]) -> forms.Field | None:
    for name in names:
        block = block.child_block if isinstance(block, ListBlock) else block.child_blocks[name]
    return None if isinstance(block, RichTextBlock) else getattr(block, "field", None)
