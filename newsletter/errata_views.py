"""Corrections of a digest that was sent: staff write them, in all its languages at once."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from newsletter.admin_views import SenderOnly
from newsletter.models import Campaign, DigestPage, Erratum
from newsroom.language import language_label

LOGGED = "newsletter.correct"


class CorrectionForm(forms.Form):
    """What was wrong and what is right, in each language in which it was read."""

    def __init__(self, *arguments: Any, languages: list[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        limit = Erratum._meta.get_field("text").max_length
        for code in languages:
            self.fields[code] = forms.CharField(
                label=language_label(code), max_length=limit, widget=forms.Textarea(attrs={"rows": 4, "lang": code})
            )


class CorrectionView(SenderOnly, WagtailAdminTemplateMixin, FormView):
    """The form for a correction of a campaign's digest."""

    template_name = "newsletter/admin/form.html"
    header_icon = "edit"
    page_title = gettext_lazy("Add a correction")
    form_class = CorrectionForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        campaigns = Campaign.objects.sent().with_subject()
        self.campaign = get_object_or_404(campaigns, pk=kwargs["campaign_id"])
        pages = DigestPage.objects.sent().filter(translation_key=self.campaign.digest_key).select_related("locale")
        self.languages = sorted(page.locale.language_code for page in pages)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"languages": self.languages}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        introduction = _(
            "It stands above the digest in the public archive, with the date. "
            "The mails that were sent stay as they are."
        )
        button = _("Publish the correction")
        return super().get_context_data(**kwargs) | {"introduction": introduction, "button": button}

    def form_valid(self, form: CorrectionForm) -> HttpResponse:
        with transaction.atomic():
            for code in self.languages:
                Erratum.objects.create(
                    digest_key=self.campaign.digest_key,
                    language=code,
                    text=form.cleaned_data[code],
                    created_by_id=self.request.user.pk,
                )
            log(self.campaign, LOGGED, user=self.request.user, title=self.campaign.subject)
        messages.success(self.request, _("The correction stands above the digest in the archive."))
        return redirect("newsletter_campaign", self.campaign.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("newsletter_campaigns:index"), "label": _("Campaigns")},
            {"url": reverse("newsletter_campaign", args=[self.campaign.pk]), "label": self.campaign.subject},
            {"url": "", "label": self.get_page_title()},
        ]
