"""wagtail-localize's admin views, each behind the permission it lacks. They answer at its paths, so that its names,
links and buttons lead here; a list of them all is in its `wagtail_hooks.register_admin_urls`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.forms import HiddenInput
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from wagtail.admin import messages
from wagtail.models import Locale, Page
from wagtail.snippets.models import get_snippet_models
from wagtail_localize.machine_translators import get_machine_translator
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.views import convert, edit_translation, snippets_api
from wagtail_localize.views.edit_translation import StringTranslationSerializer, apply_machine_translation
from wagtail_localize.views.submit_translations import (
    SubmitPageTranslationView,
    SubmitSnippetTranslationView,
    SubmitTranslationForm,
)
from wagtail_localize.views.update_translations import UpdateTranslationsForm, UpdateTranslationsView

from newsroom.localization import drafts, permissions, translating
from newsroom.localization.report import TranslationsReport

View = Callable[..., HttpResponse]


def of_translation(view: View, allowed: Callable[[Any, models.Model], bool]) -> View:
    """`view` for those who are `allowed` to do something with the page or snippet that the translation makes."""

    @wraps(view)
    def guarded(request: HttpRequest, translation_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
        translation = get_object_or_404(Translation.objects.select_related("source"), pk=translation_id)
        if not allowed(request.user, translation.get_target_instance()):
            raise PermissionDenied
        return view(request, translation_id, *args, **kwargs)

    return guarded


@api_view(["PUT", "DELETE"])
@permission_classes([IsAuthenticated])
@authentication_classes([SessionAuthentication])
def edit_string(request: Request, translation_id: int, string_segment_id: int) -> Response:
    """Store the text of one segment, or take it back. Made anew instead of wrapped, so that typing costs no more."""
    translation = get_object_or_404(
        Translation.objects.select_related("source", "target_locale"), pk=translation_id, enabled=True
    )
    segment = get_object_or_404(StringSegment, pk=string_segment_id, source=translation.source)
    if not permissions.may_edit(request.user, translation.get_target_instance()):
        raise PermissionDenied
    place = {
        "translation_of_id": segment.string_id,
        "locale_id": translation.target_locale_id,
        "context_id": segment.context_id,
    }
    if request.method == "DELETE":
        text = get_object_or_404(StringTranslation, **place)
        text.delete()
        status = 200
    else:
        text, created = StringTranslation.objects.update_or_create(
            **place,
            defaults={
                "data": request.POST["value"],
                "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                "tool_name": "",
                "last_translated_by": request.user,
                "has_error": False,
                "field_error": "",
            },
        )
        status = 201 if created else 200
    serializer = StringTranslationSerializer(text, context={"translation_source": translation.source})
    return Response(serializer.data, status=status)


def convert_to_alias(request: HttpRequest, page_id: int) -> HttpResponse:
    """Throw a translation away and show the source's text instead: public at once, so publishers only."""
    if not permissions.may_publish(request.user, get_object_or_404(Page, pk=page_id)):
        raise PermissionDenied
    return convert.convert_to_alias(request, page_id)


class _Submit:
    """What sending pages and snippets for translation have in common: only into languages that the user may send to,
    and from the words that translators may see."""

    object: Any
    request: HttpRequest

    def get_object(self) -> models.Model:
        source = super().get_object()  # type: ignore[misc]
        self.locales = permissions.locales_to_send(self.request.user, source, Locale.objects.all())
        if not self.locales:
            raise PermissionDenied
        return source

    def get_form(self) -> SubmitTranslationForm:
        form = super().get_form()  # type: ignore[misc]
        locales = form.fields["locales"]
        locales.queryset = locales.queryset.filter(pk__in=[locale.pk for locale in self.locales])
        # A whole subtree in one click would send drafts that nobody chose. (A report sends several pages.)
        form.fields["include_subtree"].widget = HiddenInput()
        form.fields["include_subtree"].disabled = True
        return form

    @transaction.atomic
    def form_valid(self, form: SubmitTranslationForm) -> HttpResponse:
        translating.update_source(self.object)
        user: Any = self.request.user
        if isinstance(self.object, Page):
            for locale in form.cleaned_data["locales"]:
                translating.send_missing_parents(self.object, locale, user)
        return super().form_valid(form)  # type: ignore[misc]


class SubmitPage(_Submit, SubmitPageTranslationView):
    """Send a page for translation."""


class SubmitSnippet(_Submit, SubmitSnippetTranslationView):
    """Send a snippet for translation."""


class UpdateTranslations(UpdateTranslationsView):
    """Give translations the words of their source as it is now, and publish those that are complete when asked to."""

    object: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permissions.may_sync(request.user, self.get_object()):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @transaction.atomic
    def form_valid(self, form: UpdateTranslationsForm) -> HttpResponse:
        open_translations = self.object.translations.filter(enabled=True).select_related("source", "target_locale")
        if form.cleaned_data["publish_translations"] and not self._publishable(open_translations):
            raise PermissionDenied
        self.object = translating.update_source(self.object.get_source_instance())
        translations = list(open_translations.all())
        if form.cleaned_data.get("use_machine_translation"):
            self._translate_by_machine(translations)
        if form.cleaned_data["publish_translations"]:
            for translation in self._publishable(translations):
                self._publish(translation)
        self.components.save(self.object, sources_and_translations={self.object: translations})
        messages.success(self.request, self.get_success_message())
        return redirect(self.get_success_url() or self.get_default_success_url())

    def _publishable(self, translations: Any) -> list[Translation]:
        user = self.request.user
        return [one for one in translations if permissions.may_publish(user, one.get_target_instance())]

    def _translate_by_machine(self, translations: list[Translation]) -> None:
        translator = get_machine_translator()
        for translation in translations:
            if permissions.may_edit(self.request.user, translation.get_target_instance()):
                apply_machine_translation(translation.pk, self.request.user, translator)

    def _publish(self, translation: Translation) -> None:
        """Publish one translation, or say that it waits for its translator."""
        language = translation.target_locale.get_display_name()
        try:
            if isinstance(translation.get_target_instance(), Page):
                drafts.publish(translation, self.request.user)
            else:
                translation.save_target(user=self.request.user, publish=True)
        except (drafts.NotReady, ValidationError):
            messages.warning(
                self.request,
                _("Not published in %(language)s: open the translation to see what is missing.")
                % {"language": language},
            )


class Snippets(snippets_api.SnippetViewSet):
    """The snippets that an editor of overrides chooses from, for those who work with them."""

    def get_queryset(self) -> models.QuerySet:
        model = self.get_model()
        if model not in get_snippet_models():
            raise Http404
        if not permissions.sees_snippets(self.request.user, model):
            raise PermissionDenied
        return super().get_queryset()


def patterns() -> list[Any]:
    """The guarded views at wagtail-localize's paths."""
    translation = "translate/<int:translation_id>/"
    snippets = "api/snippets/<slug:app_label>/<slug:model_name>/"
    edit, read = permissions.may_edit, permissions.may_open
    views = {
        "submit/page/<int:page_id>/": SubmitPage.as_view(),
        "submit/snippet/<slug:app_label>/<slug:model_name>/<str:pk>/": SubmitSnippet.as_view(),
        "update/<int:translation_source_id>/": UpdateTranslations.as_view(),
        f"{translation}strings/<int:string_segment_id>/edit/": edit_string,
        f"{translation}overrides/<int:overridable_segment_id>/edit/": of_translation(
            edit_translation.edit_override, edit
        ),
        f"{translation}pofile/download/": of_translation(edit_translation.download_pofile, read),
        f"{translation}pofile/upload/": of_translation(edit_translation.upload_pofile, edit),
        f"{translation}machine_translate/": of_translation(edit_translation.machine_translate, edit),
        f"{translation}preview/": of_translation(edit_translation.preview_translation, read),
        f"{translation}preview/<str:mode>/": of_translation(edit_translation.preview_translation, read),
        f"{translation}disable/": of_translation(edit_translation.stop_translation, edit),
        "page/<int:page_id>/convert_to_alias/": convert_to_alias,
        "reports/translations/": TranslationsReport.as_view(),
        "reports/translations/results/": TranslationsReport.as_view(results_only=True),
        snippets: Snippets.as_view({"get": "list"}),
        f"{snippets}<str:pk>/": Snippets.as_view({"get": "retrieve"}),
    }
    return [path(f"localize/{route}", view) for route, view in views.items()]
