"""The pages of the admin about texts that are written by hand: pairing one, comparing it with its source, publishing
it, and letting segments make it again."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page
from wagtail_localize.models import Translation

from newsroom.localization import pairing, permissions
from newsroom.localization.models import Pairing

RESTART = "localize-restart-translation"


class PairForm(forms.Form):
    """Which page says the same."""

    def __init__(self, page: Page, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page, self.user = page, user
        self.fields["source"] = forms.ModelChoiceField(
            label=gettext_lazy("Page in another language that says the same"),
            queryset=Page.objects.all(),
            widget=AdminPageChooser(target_models=[page.specific_class]),
        )

    def clean_source(self) -> Page:
        source = self.cleaned_data["source"].specific
        if not permissions.may_see(self.user, source):
            raise PermissionDenied
        try:
            pairing.check(self.page, source)
        except pairing.NotPairable as error:
            raise ValidationError(str(error)) from error
        return source


def pair(request: HttpRequest, page_id: int) -> HttpResponse:
    """Choose the page that says the same in another language."""
    page = get_object_or_404(Page, pk=page_id).specific
    if not pairing.may_pair(request.user, page):
        raise PermissionDenied
    form = PairForm(page, request.user, request.POST or None)
    if form.is_valid() and _paired_now(request, page, form):
        source = form.cleaned_data["source"]
        messages.success(
            request,
            _("“%(title)s” is now paired with “%(source)s”.")
            % {"title": page.get_admin_display_title(), "source": source.get_admin_display_title()},
        )
        return redirect("wagtailadmin_pages:edit", page.pk)
    return TemplateResponse(request, "localization/pair.html", {"page": page, "form": form})


def _paired_now(request: HttpRequest, page: Any, form: PairForm) -> bool:
    """Pair the page with the one chosen; False, and the reason in the form, when that cannot be done any more."""
    try:
        pairing.pair(page, form.cleaned_data["source"], _user(request))
    except pairing.NotPairable as error:
        form.add_error("source", str(error))
        return False
    return True


def compare(request: HttpRequest, page_id: int) -> HttpResponse:
    """What has changed in the source of a text written by hand; the button says that the text says the same now."""
    page, paired = _paired(request, page_id)
    unpairable = paired.independent and pairing.may_change_key(request.user, page)
    if "unpair" in request.POST:
        if not unpairable:
            raise PermissionDenied
        pairing.unpair(paired, _user(request))
        messages.success(request, _("“%(title)s” is a text of its own again.") % _title(page))
        return redirect("wagtailadmin_pages:edit", page.pk)
    if request.method == "POST":
        pairing.keep_in_step(paired, _user(request))
        messages.success(request, _("“%(title)s” says what its source says.") % _title(page))
        return redirect("wagtailadmin_pages:edit", page.pk)
    source = paired.translation.source.get_source_instance()
    context = {"page": page, "source": source, "changes": pairing.changes(paired), "unpairable": unpairable}
    context["opens_source"] = permissions.may_open(request.user, source)
    return TemplateResponse(request, "localization/compare.html", context)


@require_POST
def publish_anyway(request: HttpRequest, page_id: int) -> HttpResponse:
    """Publish the latest draft of a text written by hand, whatever speaks against it."""
    page, _pairing = _paired(request, page_id)
    if not permissions.may_publish(request.user, page):
        raise PermissionDenied
    pairing.publish_anyway(page, _user(request))
    messages.success(request, _("“%(title)s” has been published.") % _title(page))
    return redirect("wagtailadmin_pages:edit", page.pk)


def ask_before_publishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The question that stands before the publication of a text written by hand, if there is one to ask. For Wagtail's
    hook `before_publish_page`: the text has been saved as a draft."""
    found = pairing.doubts(page)
    if not found:
        return None
    return TemplateResponse(request, "localization/doubts.html", {"page": page, "doubts": found})


@require_POST
def stop(request: HttpRequest, translation_id: int) -> HttpResponse:
    """Write the text by hand from now on."""
    translation = get_object_or_404(Translation, pk=translation_id, enabled=True)
    page = translation.get_target_instance()
    if not isinstance(page, Page):
        raise Http404
    if not permissions.may_edit(request.user, page):
        raise PermissionDenied
    try:
        pairing.write_by_hand(translation, _user(request))
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, _("Nothing was saved: %(problem)s") % {"problem": text})
    else:
        messages.success(
            request,
            _("From now on “%(title)s” is written here. You will be told when its source changes.") % _title(page),
        )
    return redirect("wagtailadmin_pages:edit", page.pk)


def restart(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Let segments make a page again, after showing what that overwrites. For Wagtail's hook `before_edit_page`; None
    when that is not what was asked for."""
    if RESTART not in request.POST:
        return None
    if not permissions.may_edit(request.user, page):
        raise PermissionDenied
    closed = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale=page.locale_id, enabled=False
    )
    translation = get_object_or_404(closed.select_related("source", "target_locale"))
    choice = request.POST.get("texts")
    if choice not in ("keep", "overwrite"):
        context = {"page": page, "translation": translation, "losses": pairing.losses(translation, page)}
        context["can_keep"] = pairing.can_keep(translation, page)
        return TemplateResponse(request, "localization/restart.html", context)
    pairing.make_from_segments(translation, page, _user(request), keep=choice == "keep")
    messages.success(request, _("“%(title)s” is translated segment by segment again.") % _title(page))
    return redirect("wagtailadmin_pages:edit", page.pk)


def _paired(request: HttpRequest, page_id: int) -> tuple[Page, Pairing]:
    page = get_object_or_404(Page, pk=page_id).specific
    if not permissions.may_edit(request.user, page):
        raise PermissionDenied
    found = pairing.pairing_of(page)
    if found is None:
        raise Http404
    return page, found


def _user(request: HttpRequest) -> Any:
    return request.user


def _title(page: Page) -> dict[str, str]:
    return {"title": page.get_admin_display_title()}


def patterns() -> list[Any]:
    """Addresses of the admin."""
    return [
        path("localize/pair/<int:page_id>/", pair, name="localization_pair"),
        path("localize/compare/<int:page_id>/", compare, name="localization_compare"),
        path("localize/publish_anyway/<int:page_id>/", publish_anyway, name="localization_publish_anyway"),
    ]
