"""What the translation editor shows: every text of a source beside its translation, in the order of the page.

It stands in place of wagtail-localize's own editor: see docs/adr/0021-an-editor-without-tags.md.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from bs4 import BeautifulSoup
from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import PageStatusSidePanel
from wagtail.admin.widgets import AdminPageChooser
from wagtail.documents.widgets import AdminDocumentChooser
from wagtail.images.widgets import AdminImageChooser
from wagtail.models import Page, TranslatableMixin
from wagtail_localize.models import (
    OverridableSegment,
    SegmentOverride,
    StringSegment,
    StringTranslation,
    TemplateSegment,
    Translation,
)
from wagtail_localize.views.edit_translation import FieldHasNoEditPanelError, TabHelper, get_segment_location_info

from newsroom.localization import permissions
from newsroom.localization.carrying import made_for
from newsroom.localization.differences import marked
from newsroom.localization.doubts import Doubt, doubt_about
from newsroom.localization.models import Waiver
from newsroom.localization.panels import beside
from newsroom.localization.readiness import field_label
from newsroom.localization.segments import Place, place_of
from newsroom.localization.translating import segments_of, translation_into

# What is to be done about a text.
MISSING, MACHINE, TO_CHECK, DOUBTFUL, DONE = "missing", "machine", "to-check", "doubtful", "done"


@dataclass(frozen=True)
class Shape:
    """How a segment stands in its block: a paragraph or an item of a list, and its number if the list has numbers."""

    name: str = "p"
    number: int | None = None


@dataclass(frozen=True)
class Link:
    """A link of a source's text: its key in the stored strings, its words, and where it leads."""

    key: str
    words: str
    target: str


@dataclass
class Row:
    """A text of the source and its translation."""

    segment: StringSegment
    text: StringTranslation | None
    place: Place
    label: str
    block: str
    order: int
    shape: Shape = field(default_factory=Shape)
    doubt: Doubt | None = None
    url: str = ""

    @property
    def state(self) -> str:
        """What is to be done."""
        if self.text is None or self.text.has_error:
            return MISSING
        if made_for(self.text) is not None:
            return TO_CHECK
        if self.text.translation_type == StringTranslation.TRANSLATION_TYPE_MACHINE:
            return MACHINE
        return DOUBTFUL if self.doubt else DONE

    @property
    def value(self) -> str:
        """The stored fragment."""
        return self.text.data if self.text else ""

    @cached_property
    def links(self) -> list[Link]:
        """The links of the source's text."""
        attrs = json.loads(self.segment.attrs or "{}") or {}
        found = BeautifulSoup(self.segment.string.data, "html.parser").find_all("a")
        return [
            Link(str(link.get("id")), link.get_text(), str(attrs.get(link.get("id"), {}).get("href", "")))
            for link in found
        ]

    @property
    def source(self) -> SafeString:
        """The source's text as readers see it; links open what they lead to."""
        soup = BeautifulSoup(self.segment.string.data, "html.parser")
        targets = {link.key: link.target for link in self.links}
        for link in soup.find_all("a"):
            target = targets.get(str(link.get("id")), "")
            is_address = target.startswith(("https://", "http://"))
            if is_address:
                link.attrs = {"href": target, "target": "_blank", "rel": "noreferrer"}
            else:
                link.name, link.attrs = "span", {"class": "translation-link"}
        return mark_safe(str(soup))  # wagtail-localize stores inline tags without attributes only

    @property
    def change(self) -> SafeString | None:
        """What has changed in the source since the text was translated."""
        before = made_for(self.text) if self.text else None
        return None if before is None else marked(before, self.segment.string.data)


@dataclass
class Override:
    """Something that is the same in every language unless a translation has its own: a picture, a link's address."""

    segment: OverridableSegment
    override: SegmentOverride | None
    label: str
    block: str
    order: int
    value: str
    form: forms.Form
    url: str = ""


@dataclass(frozen=True)
class Group:
    """The rows of one field or block, under its name."""

    label: str
    rows: list[Row]
    overrides: list[Override]


def show(request: HttpRequest, instance: Model) -> HttpResponse | None:
    """The translation editor for a page or snippet that is made from segments; None for any other. For the hooks before
    Wagtail's own editors, which have checked that the user edits the page."""
    if request.method != "GET" or not isinstance(instance, TranslatableMixin):
        return None
    translation = translation_into(instance)
    if translation is None:
        return None
    editor = Editor(translation)
    may_edit = permissions.may_edit(request.user, instance)
    side_panels = _side_panels(request, translation, instance) if isinstance(instance, Page) else []
    media = MediaContainer(side_panels).media + editor.media
    context = {
        "translation": translation,
        "instance": instance,
        "is_page": isinstance(instance, Page),
        "model_opts": instance._meta,
        "page_perms": instance.permissions_for_user(request.user) if isinstance(instance, Page) else None,
        "source_instance": translation.source.get_source_instance(),
        "source_url": _source_url(request, translation),
        "editor": editor,
        "only_open": request.GET.get("show") == "open",
        "may_edit": may_edit,
        "side_panels": side_panels,
        "media": media,
    }
    return TemplateResponse(request, "localization/editor.html", context)


class Editor:
    """The rows of a translation. The number of queries does not depend on the number of texts."""

    def __init__(self, translation: Translation) -> None:
        self.translation = translation
        self.model = translation.source.specific_content_type.model_class()
        self.instance = translation.source.get_source_instance()
        self.tabs = TabHelper(self.instance)

    @cached_property
    def rows(self) -> list[Row]:
        """Every text of the source."""
        return self._rows(segments_of(self.translation))

    def row(self, segment: StringSegment) -> Row:
        """One of them."""
        return self._rows([segment])[0]

    def _rows(self, segments: Iterable[StringSegment]) -> list[Row]:
        segments = list(segments)
        shapes = self._shapes(segments)
        contexts = [segment.context_id for segment in segments]
        stored = {
            (text.context_id, text.translation_of_id): text
            for text in StringTranslation.objects.filter(
                locale=self.translation.target_locale, context_id__in=contexts
            ).select_related("carried", "last_translated_by")
        }
        waivers = Waiver.objects.filter(translation=self.translation, context_id__in=contexts)
        waived = set(waivers.values_list("context_id", "source_text", "text"))
        rows = []
        for segment in segments:
            text = stored.get((segment.context_id, segment.string_id))
            doubt = doubt_about(self.translation, segment, text.data) if text else None
            if doubt and (doubt.context_id, doubt.source, doubt.text) in waived:
                doubt = None
            rows.append(
                Row(
                    segment=segment,
                    text=text,
                    place=place_of(segment.context),
                    shape=shapes.get(segment.pk, Shape()),
                    doubt=doubt,
                    url=reverse("localization_store_text", args=[self.translation.pk, segment.pk]),
                    **self._where(segment),
                )
            )
        return rows

    @cached_property
    def overrides(self) -> list[Override]:
        """What the translation may have of its own although it is no text."""
        translation = self.translation
        found = OverridableSegment.objects.filter(source=translation.source).select_related("context").order_by("order")
        contexts = [segment.context_id for segment in found]
        stored = SegmentOverride.objects.filter(locale=translation.target_locale, context_id__in=contexts)
        by_context = {one.context_id: one for one in stored}
        return [self._override(segment, by_context.get(segment.context_id)) for segment in found]

    def _override(self, segment: OverridableSegment, override: SegmentOverride | None) -> Override:
        where = self._where(segment, widget=True)
        widget = where.pop("widget") or {}
        return Override(
            segment=segment,
            override=override,
            value=_described(widget, segment.data),
            form=_form(segment, widget, override.data if override else None),
            url=reverse("localization_store_override", args=[self.translation.pk, segment.pk]),
            **where,
        )

    @cached_property
    def groups(self) -> list[Group]:
        """Rows and overrides by field or block, in the order of the source's own editor."""

        def key(row: Row | Override) -> tuple[int, str]:
            return row.order, row.block

        members: list[Row | Override] = [*self.rows, *self.overrides]
        first: dict[tuple[int, str], int] = {}
        for row in sorted(members, key=lambda row: row.segment.order):
            first.setdefault(key(row), row.segment.order)
        members.sort(key=lambda row: (row.order, first[key(row)], key(row), row.segment.order))
        groups = []
        for _key, run in groupby(members, key=key):
            both = list(run)
            rows = [row for row in both if isinstance(row, Row)]
            groups.append(Group(both[0].label, rows, [row for row in both if isinstance(row, Override)]))
        return groups

    @cached_property
    def open_rows(self) -> list[Row]:
        """What is to be done."""
        return [row for row in self.rows if row.state != DONE]

    @property
    def progress(self) -> str:
        """How far the translation is, in words: as many texts are done as its state says, those in doubt among them."""
        counts = Counter(row.state for row in self.rows)
        total, done = len(self.rows), counts[DONE] + counts[DOUBTFUL]
        said = ngettext("%(done)d of %(total)d text done", "%(done)d of %(total)d texts done", total)
        left = {
            MISSING: _("to translate: %(count)d"),
            TO_CHECK: _("to check: %(count)d"),
            MACHINE: _("machine-made: %(count)d"),
            DOUBTFUL: _("numbers, dates or links differ: %(count)d"),
        }
        open_ones = [text % {"count": counts[state]} for state, text in left.items() if counts[state]]
        return " · ".join([said % {"done": done, "total": total}, *open_ones])

    @property
    def media(self) -> forms.Media:
        """What the choosers need."""
        return sum((one.form.media for one in self.overrides), forms.Media())

    def _where(self, segment: Any, widget: bool = False) -> dict[str, Any]:
        """The field or block that a segment stands in, and its place in the editor of the source. A field that the
        source's editor does not show comes last: it is translated all the same."""
        context = segment.context
        try:
            found = get_segment_location_info(
                self.instance, self.tabs, context.path, context.get_field_path(self.instance), widget=widget
            )
        except (FieldHasNoEditPanelError, FieldDoesNotExist, LookupError):
            found = {"field": field_label(self.model, context.path), "order": 10_000, "blockId": None, "subField": None}
        where = {"block": found["blockId"] or context.path.partition(".")[0], "order": found["order"]}
        names = [found["field"], found["subField"]]
        where["label"] = " – ".join(str(name) for name in names if name)
        return {**where, "widget": found.get("widget")} if widget else where

    def _shapes(self, segments: list[StringSegment]) -> dict[int, Shape]:
        """How the segments of rich text stand in their blocks."""
        contexts = {segment.context_id for segment in segments}
        templates = TemplateSegment.objects.filter(source=self.translation.source, context_id__in=contexts)
        frames = {one.context_id: one.template.template for one in templates.select_related("template")}
        in_context: dict[int, list[int]] = {}
        order = StringSegment.objects.filter(source=self.translation.source, context_id__in=frames).order_by("order")
        for pk, context in order.values_list("pk", "context_id"):
            in_context.setdefault(context, []).append(pk)
        return {
            pk: shape
            for context, keys in in_context.items()
            for pk, shape in zip(keys, _shapes_in(frames[context]), strict=False)
        }


def _shapes_in(template: str) -> Iterator[Shape]:
    for text in BeautifulSoup(template, "html.parser").find_all("text"):
        item = text.find_parent("li")
        if item is None:
            yield Shape()
        elif item.parent is not None and item.parent.name == "ol":
            yield Shape("ol", 1 + len(item.find_previous_siblings("li")))
        else:
            yield Shape("ul")


def _form(segment: OverridableSegment, widget: dict[str, Any], value: Any) -> forms.Form:
    """Where somebody chooses or writes what the translation has instead."""
    kinds = {
        "page_chooser": lambda: AdminPageChooser(),
        "image_chooser": lambda: AdminImageChooser(),
        "document_chooser": lambda: AdminDocumentChooser(),
    }
    make = kinds.get(str(widget.get("type")), lambda: forms.TextInput(attrs={"class": "translation-override"}))
    form = forms.Form(prefix=f"override-{segment.pk}")
    form.fields["value"] = forms.CharField(label=_("Instead"), required=False, widget=make(), initial=value)
    return form


def _described(widget: dict[str, Any], value: Any) -> str:
    """What the source has there, for people."""
    choosers = {
        "page_chooser": AdminPageChooser,
        "image_chooser": AdminImageChooser,
        "document_chooser": AdminDocumentChooser,
    }
    chooser = choosers.get(str(widget.get("type")))
    if chooser is None:
        return str(value)
    chosen = chooser().model_class.objects.filter(pk=value).first()
    return str(chosen) if chosen else ""


def _side_panels(request: HttpRequest, translation: Translation, page: Page) -> list[Any]:
    others = [
        one for one in page.get_translations().select_related("locale") if permissions.may_open(request.user, one)
    ]
    status = PageStatusSidePanel(
        page,
        request,
        show_schedule_publishing_toggle=False,
        live_object=page,
        scheduled_object=page.get_scheduled_revision_as_object(),
        locale=translation.target_locale,
        translations=[
            {"locale": one.locale, "url": reverse("wagtailadmin_pages:edit", args=[one.pk])} for one in others
        ],
    )
    return [status, *beside(page, request)]


def _source_url(request: HttpRequest, translation: Translation) -> str | None:
    source = translation.source.get_source_instance()
    return translation.source.get_source_instance_edit_url() if permissions.may_open(request.user, source) else None
