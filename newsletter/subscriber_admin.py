"""The listing of subscribers: search, filters and exports."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, DateFromToRangeFilter
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets.button import Button

from newsletter import audit
from newsletter.models import Audience, Consent, NewsletterPage, Subscriber, Subscription
from newsletter.models.subscriber import ALL_LANGUAGES, SubscriberQuerySet
from newsletter.selection import Selection, searched, used_tags
from newsroom.language import language_label, name_in_a_sentence
from newsroom.tables import DefusedRows

ROWS_AT_A_TIME = 1000


# -- Words ----------------------------------------------------------------------------------------------------
def newsletter_choices() -> list[tuple[str, str]]:
    """All newsletters, for a form to choose from."""
    return [(str(key), title) for key, title in NewsletterPage.objects.titles(get_language() or "").items()]


def setting_choices() -> list[tuple[str, Any]]:
    """The language settings."""
    return [*((code, language_label(code)) for code, _name in settings.LANGUAGES), (ALL_LANGUAGES, _("All languages"))]


def setting_in_words(language: str) -> str:
    """A language setting inside a sentence: "French"."""
    return str(_("all")) if language == ALL_LANGUAGES else name_in_a_sentence(language)


def _tag_choices() -> list[tuple[str, str]]:
    return list(used_tags().values_list("slug", "name"))


def _silent_choices() -> list[tuple[str, str]]:
    months = settings.SILENT_AFTER
    return [("1", ngettext("For %(count)d month", "For %(count)d months", months) % {"count": months})]


def _capitalised(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(value, capfirst(str(label))) for value, label in choices]


# -- Filters --------------------------------------------------------------------------------------------------
class SubscriberFilters(WagtailFilterSet):
    """What a selection is made of, but for the words searched for."""

    newsletter = ChoiceFilter(label=_("Newsletter"), choices=newsletter_choices, widget=forms.RadioSelect)
    language = ChoiceFilter(label=_("Language"), choices=setting_choices, widget=forms.RadioSelect)
    state = ChoiceFilter(
        label=_("State"), choices=lambda: _capitalised(Subscription.State.choices), widget=forms.RadioSelect
    )
    tag = ChoiceFilter(label=_("Tag"), choices=_tag_choices)
    source = ChoiceFilter(
        label=_("Source"), choices=lambda: _capitalised(Consent.Method.choices), widget=forms.RadioSelect
    )
    created_at = DateFromToRangeFilter(label=_("Since"), widget=DateRangePickerWidget)
    silent = ChoiceFilter(label=_("No sign of life"), choices=_silent_choices, widget=forms.RadioSelect)

    class Meta:
        model = Subscriber
        fields: list[str] = []

    def filter_queryset(self, queryset: SubscriberQuerySet) -> SubscriberQuerySet:
        return self.selection().among(queryset)

    def selection(self, q: str = "") -> Selection:
        """What the valid filters choose, among those found by `q`."""
        values = dict(self.form.cleaned_data)
        days = values.pop("created_at", None)
        return Selection(
            q=q,
            created_at_from=_day(days.start) if days else "",
            created_at_to=_day(days.stop) if days else "",
            **{name: value or "" for name, value in values.items()},
        )


def _day(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else ""


# -- The listing ----------------------------------------------------------------------------------------------
class SubscriptionsColumn(Column):
    """The newsletters of a subscriber, each with its language and state."""

    cell_template_name = "newsletter/admin/subscriptions_cell.html"


class SubscriberIndexView(DefusedRows, IndexView):
    """Subscribers. The number of queries does not depend on theirs."""

    any_permission_required = ["view"]
    filterset_class = SubscriberFilters
    default_ordering = "-created_at"
    columns = [
        TitleColumn(
            "email",
            label=_("E-mail address"),
            sort_key="email",
            width="36%",
            get_url=lambda subscriber: reverse("newsletter_subscribers:inspect", args=[subscriber.pk]),
        ),
        Column("name", label=_("Name")),
        SubscriptionsColumn("described", label=_("Newsletters")),
        Column("tag_names", label=_("Tags")),
        DateColumn("created_at", label=_("Since"), sort_key="created_at"),
        DateColumn("seen_at", label=_("Last sign of life"), sort_key="seen_at"),
    ]
    list_export = ["email", "name", "outlet", "newsletters", "tag_names", "created_at", "seen_at"]
    export_headings = {
        "email": _("E-mail address"),
        "name": _("Name"),
        "outlet": _("Outlet"),
        "newsletters": _("Newsletters"),
        "tag_names": _("Tags"),
        "created_at": _("Since"),
        "seen_at": _("Last sign of life"),
    }

    def get_base_queryset(self) -> SubscriberQuerySet:
        return Subscriber.objects.prefetch_related("subscriptions", "tagged_items__tag")

    def order_queryset(self, queryset: SubscriberQuerySet) -> SubscriberQuerySet:
        """Those never heard of come last, whichever way."""
        if self.ordering == "seen_at":
            return queryset.order_by(F("seen_at").asc(nulls_last=True), "-pk")
        if self.ordering == "-seen_at":
            return queryset.order_by(F("seen_at").desc(nulls_last=True), "-pk")
        return queryset.order_by(self.ordering, "-pk")

    def filter_queryset(self, queryset: SubscriberQuerySet) -> SubscriberQuerySet:
        """Filters that make no sense choose nobody, rather than everybody."""
        return self.filters.filter_queryset(queryset) if self.filters.is_valid() else queryset.none()

    def search_queryset(self, queryset: SubscriberQuerySet) -> SubscriberQuerySet:
        return queryset.filter(searched(self.search_query)) if self.is_searching else queryset

    def get_table(self, object_list: Any) -> Any:
        return super().get_table(described(object_list))

    @cached_property
    def selection(self) -> Selection | None:
        """What is shown now; None when it is everybody, or nobody for filters that make no sense."""
        if not self.filters.is_valid():
            return None
        selection = self.filters.selection(self.search_query)
        return selection if selection.query() else None

    @cached_property
    def show_export_buttons(self) -> bool:
        return self.user_has_permission("export")

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons = super().header_more_buttons
        if self.selection and self.request.user.has_perm("newsletter.add_audience"):
            url = f"{reverse('newsletter_audiences:add')}?{urlencode(self.selection.query())}"
            buttons.append(Button(_("Save this selection"), url=url, icon_name="folder-open-inverse", priority=5))
        return buttons

    # -- Exports
    def get_filename(self) -> str:
        return f"subscribers-{timezone.localdate():%Y-%m-%d}"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_export:
            return super().get(request, *args, **kwargs)
        if not self.user_has_permission("export"):
            raise PermissionDenied
        queryset = self.get_queryset()
        wanted = self.selection.query() if self.selection else {}
        # What was searched for may be a person's address.
        filters = {name: "…" if name == "q" else value for name, value in wanted.items()}
        file = request.GET["export"]
        audit.note(request.user, audit.EXPORTED, request.user, count=queryset.count(), filters=filters, format=file)
        return self.as_spreadsheet(_rows(queryset), file)

    def stream_csv(self, queryset: Any) -> Iterator[bytes]:
        return in_language(get_language() or "", super().stream_csv(queryset))


def in_language(language: str, lines: Iterator[bytes]) -> Iterator[bytes]:
    """Lines that are made after the request has ended, and with it its language."""
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line


def _rows(queryset: SubscriberQuerySet) -> Iterator[Subscriber]:
    """The subscribers for a file, never all in memory."""
    subscribers = queryset.iterator(chunk_size=ROWS_AT_A_TIME)
    while chunk := list(islice(subscribers, ROWS_AT_A_TIME)):
        yield from described(chunk)


def described(subscribers: Iterable[Subscriber]) -> list[Subscriber]:
    """Subscribers with the words that rows show."""
    found = list(subscribers)
    titles = NewsletterPage.objects.titles(get_language() or "")
    for subscriber in found:
        described = [describe(subscription, titles) for subscription in subscriber.subscriptions.all()]
        subscriber.described = described  # type: ignore[attr-defined]
        subscriber.newsletters = "; ".join(f"{one['title']} ({one['words']})" for one in described)  # type: ignore[attr-defined]
        names = sorted(item.tag.name for item in subscriber.tagged_items.all())
        subscriber.tag_names = ", ".join(names)  # type: ignore[attr-defined]
    return found


def describe(subscription: Subscription, titles: dict[Any, str]) -> dict[str, str]:
    """A subscription in words."""
    words = f"{setting_in_words(subscription.language)}, {subscription.get_state_display()}"
    return {"title": titles.get(subscription.newsletter_key, str(_("A newsletter that is gone"))), "words": words}


def selection_in_words(selection: Selection) -> list[tuple[str, str]]:
    """What a selection filters by: pairs of label and value."""
    filters = SubscriberFilters.base_filters
    pairs: list[tuple[str, str]] = []
    if selection.q:
        pairs.append((str(_("Search")), selection.q))
    choices: dict[str, Any] = {
        "newsletter": newsletter_choices,
        "language": setting_choices,
        "state": lambda: _capitalised(Subscription.State.choices),
        "tag": _tag_choices,
        "source": lambda: _capitalised(Consent.Method.choices),
        "silent": _silent_choices,
    }
    for name, make in choices.items():
        if value := getattr(selection, name):
            pairs.append((str(filters[name].label), str(dict(make()).get(value, value))))
    if selection.created_at_from or selection.created_at_to:
        days = f"{selection.created_at_from or '…'} – {selection.created_at_to or '…'}"
        pairs.append((str(filters["created_at"].label), days))
    return pairs


def listing_of(audience: Audience) -> str:
    """The address of the listing with the filters of an audience."""
    return f"{reverse('newsletter_subscribers:index')}?{urlencode(audience.filters)}"
