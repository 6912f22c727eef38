"""Sending a test in the admin: which editions, to whom."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from newsletter import admin_views, approvals, test_sends
from newsletter.checks.markup import edition_name
from newsletter.models import DigestPage
from newsletter.test_sends import Sent
from newsletter.transport import Result
from newsroom.localization import permissions
from newsroom.mail_rendering import RenderingError
from newsroom.models import User


def may_test(user: Any, page: DigestPage) -> bool:
    """Whether the user may send tests of a digest: who edits it, approves it or sends it."""
    return (
        permissions.may_open(user, page)
        or user.has_perm(admin_views.SEND_DIGEST)
        or approvals.may_approve(user, page.locale.language_code)
    )


class ColleaguesField(forms.ModelMultipleChoiceField):
    """Colleagues, by name and address."""

    def label_from_instance(self, user: User) -> str:
        return f"{user.get_full_name() or user.get_username()} <{user.email}>"


class TestSendForm(forms.Form):
    """Which editions of a digest, and to whom."""

    editions = forms.MultipleChoiceField(
        label=gettext_lazy("Editions"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one edition.")},
    )
    colleagues = ColleaguesField(
        label=gettext_lazy("Colleagues"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    addresses = forms.CharField(
        label=gettext_lazy("Addresses"),
        required=False,
        help_text=gettext_lazy("Of colleagues who work in this admin, separated by commas."),
    )

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        editions: Any = self.fields["editions"]
        editions.choices = [(one, capfirst(edition_name(one))) for one in languages]
        people: Any = self.fields["colleagues"]
        people.queryset = test_sends.colleagues()

    def clean_addresses(self) -> list[User]:
        """The colleagues whose addresses were typed."""
        typed = [one for one in self.cleaned_data["addresses"].replace(";", ",").replace(" ", ",").split(",") if one]
        by_address = {user.email.lower(): user for user in test_sends.colleagues()} if typed else {}
        strangers = [address for address in typed if address.lower() not in by_address]
        if strangers:
            message = _("Tests go to people who work in this admin only. Nobody here has the address %(addresses)s.")
            raise forms.ValidationError(message % {"addresses": ", ".join(strangers)})
        return [by_address[address.lower()] for address in typed]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.people():
            raise forms.ValidationError(_("Choose somebody, or type the address of a colleague."))
        return data

    def people(self) -> list[User]:
        """Everybody who was chosen or typed, each once."""
        return list(dict.fromkeys([*self.cleaned_data["colleagues"], *self.cleaned_data["addresses"]]))


class TestSendView(WagtailAdminTemplateMixin, FormView):
    """Choose editions and colleagues; the mails leave at once."""

    template_name = "newsletter/admin/test_send.html"
    header_icon = "mail"
    form_class = TestSendForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.digest = get_object_or_404(DigestPage, pk=kwargs["page_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_test(request.user, self.digest):
            raise PermissionDenied
        try:
            self.languages = [edition.languages for edition in test_sends.editions_of(self.digest)]
        except RenderingError as error:
            messages.error(request, error.message)
            return redirect("wagtailadmin_pages:edit", self.digest.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"languages": self.languages}

    def get_initial(self) -> dict[str, Any]:
        return {"editions": self.languages, "colleagues": [self.request.user.pk]}

    def form_valid(self, form: TestSendForm) -> HttpResponse:
        user: Any = self.request.user
        try:
            sent = test_sends.send(self.digest, form.cleaned_data["editions"], form.people(), user)
        except RenderingError as error:  # a moment ago it could be
            messages.error(self.request, error.message)
            return redirect(self.request.path)
        self._say(sent)
        return redirect(self.request.path)

    def _say(self, sent: list[Sent]) -> None:
        left = [one for one in sent if one.outcome.result in (Result.ACCEPTED, Result.UNKNOWN)]
        if left:
            message = ngettext(
                "%(number)d test mail is on its way.", "%(number)d test mails are on their way.", len(left)
            )
            messages.success(self.request, message % {"number": len(left)})
        for one in sent:
            if one not in left:
                message = _("The test of the %(edition)s edition to %(address)s was not sent: %(reason)s")
                values = {
                    "edition": edition_name(one.languages),
                    "address": one.person.email,
                    "reason": one.outcome.reason,
                }
                messages.error(self.request, message % values)

    def get_page_title(self) -> str:
        return _("Test “%(digest)s”") % {"digest": self.digest.get_admin_display_title()}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("wagtailadmin_explore", args=[self.digest.get_parent().pk]), "label": _("Digests")},
            {"url": reverse("wagtailadmin_pages:edit", args=[self.digest.pk]), "label": str(self.digest)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"digest": self.digest}
