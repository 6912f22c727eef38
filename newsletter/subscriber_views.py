"""One subscriber in the admin: their timeline, and what staff may do about them."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db import transaction
from django.forms.utils import ErrorList
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.forms.tags import TagField
from wagtail.admin.views.generic import EditView, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from newsletter import audit, personal_data, subscriptions
from newsletter.forms import AddressField
from newsletter.models import NewsletterPage, Subscriber, SubscriberTag, Subscription, Suppression
from newsletter.models.subscriber import ALL_LANGUAGES
from newsletter.subscriber_admin import describe, newsletter_choices, setting_choices
from newsletter.suppression import suppress
from newsletter.timeline import timeline
from newsroom.language import name_in_a_sentence

EVENTS_A_PAGE = 100
LISTING = "newsletter_subscribers:index"


class SubscriberView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page about one subscriber, for those who may see them."""

    model = Subscriber
    permission_required = "view"
    header_icon = "group"

    @cached_property
    def subscriber(self) -> Subscriber:
        return get_object_or_404(Subscriber, pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [{"url": reverse(LISTING), "label": _("Subscribers")}]
        if not isinstance(self, TimelineView):
            items.append({"url": address_of(self.subscriber), "label": str(self.subscriber)})
        return [*self.breadcrumbs_items, *items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"subscriber": self.subscriber}


class TimelineView(SubscriberView):
    """What is known of a subscriber, and all that happened."""

    template_name = "newsletter/admin/subscriber.html"

    def get_page_title(self) -> str:
        return str(self.subscriber)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        titles = NewsletterPage.objects.titles(get_language() or "")
        found = self.subscriber.subscriptions.order_by("pk")
        events = Paginator(timeline(self.subscriber), EVENTS_A_PAGE)
        return super().get_context_data(**kwargs) | {
            "tags": ", ".join(sorted(self.subscriber.tags.names())),
            "suppression": Suppression.objects.of([self.subscriber.email]).first(),
            "subscriptions": [{"row": one, **describe(one, titles)} for one in found],
            "events": events.get_page(self.request.GET.get("p")),
            "may": {name: self.user_has_permission(name) for name in ("change", "delete", "export", "suppress")},
        }


def address_of(subscriber: Subscriber) -> str:
    """Where a subscriber is shown."""
    return reverse("newsletter_subscribers:inspect", args=[subscriber.pk])


# -- Changing what is noted -----------------------------------------------------------------------------------
class SubscriberEditView(EditView):
    """What staff note about a person. Not whether they are written to."""

    delete_item_label = gettext_lazy("Erase…")
    success_message = gettext_lazy("The changes are stored.")

    def save_instance(self) -> Subscriber:
        subscriber = self.form.save()
        audit.note(self.request.user, audit.EDITED, subscriber, fields=sorted(self.form.changed_data))
        return subscriber

    def get_success_url(self) -> str:
        return address_of(self.object)

    def get_success_buttons(self) -> list[Any]:
        return []


# -- Acts that are confirmed ----------------------------------------------------------------------------------
class ConfirmedAct(SubscriberView):
    """Something that is done about a subscriber once it is confirmed: what it means, and a button."""

    template_name = "newsletter/admin/confirm.html"
    title: Any = ""
    button: Any = ""
    done: Any = ""

    def get_page_title(self) -> str:
        return str(self.title)

    def explanation(self) -> str:
        """What will happen."""
        raise NotImplementedError

    def act(self) -> None:
        """Do it, and log it."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            self.act()
        messages.success(request, str(self.done))
        return redirect(address_of(self.subscriber))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "explanation": self.explanation(),
            "button": self.button,
            "back": address_of(self.subscriber),
        }


class UnsubscribeView(ConfirmedAct):
    """End one subscription."""

    permission_required = "change"
    title = gettext_lazy("Unsubscribe")
    button = gettext_lazy("Unsubscribe")
    done = gettext_lazy("Unsubscribed.")

    @cached_property
    def subscription(self) -> Subscription:
        return get_object_or_404(self.subscriber.subscriptions, pk=self.kwargs["subscription"])

    def explanation(self) -> str:
        titles = NewsletterPage.objects.titles(get_language() or "")
        title = describe(self.subscription, titles)["title"]
        return _(
            "%(email)s receives “%(newsletter)s” no more. One last mail says so, and lets them come back. "
            "You cannot take this back: only they can."
        ) % {"email": self.subscriber, "newsletter": title}

    def act(self) -> None:
        subscriptions.unsubscribe(self.subscription)
        audit.note(self.request.user, audit.UNSUBSCRIBED, self.subscriber, subscription=self.subscription.pk)


class SuppressView(ConfirmedAct):
    """Write to an address no more, whatever the newsletter."""

    permission_required = "suppress"
    title = gettext_lazy("Suppress the address")
    button = gettext_lazy("Suppress")
    done = gettext_lazy("The address is suppressed.")

    def explanation(self) -> str:
        return _(
            "%(email)s is written to no more, whatever the newsletter: all subscriptions end at once, without a last "
            "mail. Imports and adding by hand are refused from then on."
        ) % {"email": self.subscriber}

    def act(self) -> None:
        suppress(self.subscriber.email, Suppression.Reason.STAFF)
        audit.note(self.request.user, audit.SUPPRESSED, self.subscriber)


class DownloadView(SubscriberView):
    """All that is known of a person, as a file for them."""

    permission_required = "export"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        audit.note(request.user, audit.HANDED_OUT, self.subscriber)
        response = HttpResponse(personal_data.as_json(self.subscriber), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="subscriber-{self.subscriber.pk}.json"'
        return response


class EraseForm(forms.Form):
    """The address of the person, typed again."""

    email = forms.CharField(label=gettext_lazy("Type the address to confirm"), max_length=254)

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_email(self) -> str:
        typed = self.cleaned_data["email"].strip().lower()
        if typed != self.expected:
            raise forms.ValidationError(_("This is not the address of this subscriber."))
        return typed


class EraseView(FormView, SubscriberView):
    """Forget a person, once their address has been typed."""

    permission_required = "delete"
    template_name = "newsletter/admin/erase.html"
    form_class = EraseForm
    page_title = gettext_lazy("Erase")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"expected": self.subscriber.email}

    def form_valid(self, form: EraseForm) -> HttpResponse:
        with transaction.atomic():
            audit.note(self.request.user, audit.ERASED, self.subscriber)
            personal_data.erase(self.subscriber)
        messages.success(self.request, _("The person is forgotten."))
        return redirect(LISTING)


# -- Adding by hand -------------------------------------------------------------------------------------------
class AddForm(forms.Form):
    """Somebody who asked for a newsletter elsewhere, and the proof of it."""

    email = AddressField(label=gettext_lazy("E-mail address"))
    newsletter = forms.ChoiceField(label=gettext_lazy("Newsletter"))
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    outlet = forms.CharField(
        label=gettext_lazy("Outlet"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("The paper, station or organisation they work for."),
    )
    tags = TagField(tag_model=SubscriberTag, label=gettext_lazy("Tags"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Seen by staff, and by the person if they ask for it."),
    )
    proof = forms.CharField(
        label=gettext_lazy("Proof"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Where and how the person asked for it, in words that hold in three years too: for example “Mail to the "
            "press office of 12 March 2026” or “Card handed in at the Brussels conference, in the blue folder”."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["newsletter"].choices = newsletter_choices()  # type: ignore[attr-defined]
        self.fields["language"].choices = [*_settings()]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> tuple[str, str]:
        """The language setting, and the language of the pages."""
        choice, _colon, language = self.cleaned_data["language"].partition(":")
        return choice, language or choice


def _settings() -> list[tuple[str, str]]:
    """The language settings; for all languages also which comes first."""
    choices = dict(setting_choices())
    everything = choices.pop(ALL_LANGUAGES)
    first = [
        (f"{ALL_LANGUAGES}:{code}", _("%(all)s, %(language)s first") % {"all": everything, "language": name})
        for code, name in ((code, name_in_a_sentence(code)) for code in choices)
    ]
    return [*choices.items(), *first]


class AddByHandView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Subscribe somebody with a proof."""

    model = Subscriber
    permission_required = "add"
    header_icon = "group"
    page_title = gettext_lazy("Add a subscriber by hand")
    template_name = "newsletter/admin/form.html"

    def get_form_class(self) -> type[AddForm]:
        return AddForm

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listing = {"url": reverse(LISTING), "label": _("Subscribers")}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["media"] = context["form"].media
        context["introduction"] = _(
            "For people who asked for it elsewhere: by mail, on a card, at an event. No mail asks them to confirm, so "
            "the proof must hold by itself."
        )
        context["button"] = _("Add")
        return context

    def form_valid(self, form: AddForm) -> HttpResponse:
        try:
            subscription = self._add(form)
        except subscriptions.AddressSuppressed as refusal:
            return self._refuse(form, suppressed_words(refusal.reason))
        except subscriptions.HasLeft:
            return self._refuse(form, _("They unsubscribed, or were silent for years. They can sign up themselves."))
        except subscriptions.AlreadySubscribed as refusal:
            return self._refuse(form, _already(refusal.subscription))
        messages.success(self.request, _("%(email)s is subscribed.") % {"email": subscription.subscriber})
        return redirect(address_of(subscription.subscriber))

    @transaction.atomic
    def _add(self, form: AddForm) -> Subscription:
        given = form.cleaned_data
        newsletter = _newsletter(given["newsletter"])
        choice, language = form.chosen
        subscription = subscriptions.add_by_hand(
            email=given["email"], newsletter=newsletter, choice=choice, language=language, proof=given["proof"]
        )
        subscriber = subscription.subscriber
        _note_down(subscriber, given)
        audit.note(self.request.user, audit.ADDED, subscriber, newsletter=str(newsletter.translation_key))
        return subscription

    def _refuse(self, form: AddForm, message: str) -> HttpResponse:
        # ErrorList keeps the link in a message; add_error would escape it.
        form.errors["email"] = ErrorList([message])
        return self.form_invalid(form)


def _newsletter(key: str) -> NewsletterPage:
    """The newsletter that was chosen, in the language of the admin if there is one."""
    pages = list(NewsletterPage.objects.originals().filter(translation_key=key).select_related("locale"))
    if not pages:
        raise Http404
    return next((page for page in pages if page.locale.language_code == get_language()), pages[0])


def _note_down(subscriber: Subscriber, given: dict[str, Any]) -> None:
    """Keep what was typed; what was not typed stays as it is, and notes are added to."""
    subscriber.refresh_from_db()
    subscriber.name = given["name"] or subscriber.name
    subscriber.outlet = given["outlet"] or subscriber.outlet
    subscriber.note = "\n".join(filter(None, [subscriber.note, given["note"]]))
    subscriber.save()
    subscriber.tags.add(*given["tags"])


def suppressed_words(reason: Suppression.Reason) -> str:
    """Why an address cannot be added, and who can change that."""
    if reason == Suppression.Reason.COMPLAINT:
        return _("This person complained of spam. They are not written to again, whoever asks.")
    if reason == Suppression.Reason.STAFF:
        return _(
            "This address was suppressed by staff. Lift that in the list of suppressions first, or let the person sign "
            "up themselves."
        )
    return _("This address is suppressed (%(reason)s). Only the person’s own sign-up lifts that.") % {
        "reason": reason.label
    }


def _already(subscription: Subscription) -> str:
    return format_html(
        '{} <a href="{}">{}</a>',
        _("Already subscribed:"),
        address_of(subscription.subscriber),
        subscription.subscriber,
    )
