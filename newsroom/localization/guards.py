"""wagtail-localize's admin views, each behind the permission it lacks. They answer at its paths, so that its names,
links and buttons lead here; a list of them all is in its `wagtail_hooks.register_admin_urls`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import models, transaction
from django.forms import ChoiceField, HiddenInput, RadioSelect
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
from wagtail_localize.models import OverridableSegment, SegmentOverride, StringSegment, Translation
from wagtail_localize.views import convert, edit_translation, snippets_api
from wagtail_localize.views.edit_translation import SegmentOverrideSerializer, StringTranslationSerializer
from wagtail_localize.views.submit_translations import (
    SubmitPageTranslationView,
    SubmitSnippetTranslationView,
    SubmitTranslationForm,
)
from wagtail_localize.views.update_translations import UpdateTranslationsForm, UpdateTranslationsView

from newsroom.language import language_label, name_in_a_sentence
from newsroom.localization import (
    drafts,
    jobs,
    machine,
    machine_views,
    overrides,
    pairing,
    pairing_views,
    permissions,
    po_views,
    translating,
)
from newsroom.localization.job_forms import add_job_fields, request_for
from newsroom.localization.report import TranslationsReport

View = Callable[..., HttpResponse]


def target_of(translation: Translation) -> models.Model:
    """The page or snippet that a translation makes. Raises Http404 when it was deleted: mails still link to it."""
    try:
        return translation.get_target_instance()
    except ObjectDoesNotExist as error:
        raise Http404 from error


def of_translation(view: View, allowed: Callable[[Any, models.Model], bool]) -> View:
    """`view` for those who are `allowed` to do something with the page or snippet that the translation makes."""

    @wraps(view)
    def guarded(request: HttpRequest, translation_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
        translation = get_object_or_404(Translation.objects.select_related("source"), pk=translation_id)
        if not allowed(request.user, target_of(translation)):
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
    segments = StringSegment.objects.select_related("context", "string")
    segment = get_object_or_404(segments, pk=string_segment_id, source=translation.source)
    if not permissions.may_edit(request.user, target_of(translation)):
        raise PermissionDenied
    if request.method == "DELETE":
        text = get_object_or_404(translating.stored(translation, segment))
        text.delete()
        status = 200
    else:
        try:
            text, created = translating.store(translation, segment, request.POST["value"], request.user)
        except ValidationError as error:
            return Response({"error": " ".join(error.messages)}, status=400)
        status = 201 if created else 200
    serializer = StringTranslationSerializer(text, context={"translation_source": translation.source})
    return Response(serializer.data, status=status)


@api_view(["PUT", "DELETE"])
@permission_classes([IsAuthenticated])
@authentication_classes([SessionAuthentication])
def edit_override(request: Request, translation_id: int, overridable_segment_id: int) -> Response:
    """Store what a translation has of its own, or take it back. Made anew: wagtail-localize stores whatever it gets."""
    translation = get_object_or_404(Translation.objects.select_related("source", "target_locale"), pk=translation_id)
    segments = OverridableSegment.objects.select_related("context", "source")
    segment = get_object_or_404(segments, pk=overridable_segment_id, source=translation.source)
    if not permissions.may_edit(request.user, target_of(translation)):
        raise PermissionDenied
    if request.method == "DELETE":
        place = {"locale_id": translation.target_locale_id, "context_id": segment.context_id}
        override = get_object_or_404(SegmentOverride, **place)
        override.delete()
        status = 200
    else:
        try:
            override, created = overrides.store(translation, segment, request.POST.get("value", ""), request.user)
        except ValidationError as error:
            return Response({"error": " ".join(error.messages)}, status=400)
        status = 201 if created else 200
    serializer = SegmentOverrideSerializer(override, context={"translation_source": translation.source})
    return Response(serializer.data, status=status)


def stop_translation(request: HttpRequest, translation_id: int) -> HttpResponse:
    """No longer make a page or snippet from segments. (A page stays paired with its source.)"""
    translation = get_object_or_404(Translation.objects.select_related("source"), pk=translation_id)
    of_page = isinstance(translation.get_target_instance(), Page)
    view = pairing_views.stop if of_page else edit_translation.stop_translation
    return view(request, translation_id)


def convert_to_alias(request: HttpRequest, page_id: int) -> HttpResponse:
    """Throw a translation away and show the source's text instead: public at once, so publishers only."""
    if not permissions.may_publish(request.user, get_object_or_404(Page, pk=page_id)):
        raise PermissionDenied
    return convert.convert_to_alias(request, page_id)


SEGMENTS, BY_HAND = "segments", "by_hand"


def how_to_translate(chosen: str | None) -> ChoiceField:
    """The two ways to translate, for a form."""
    return ChoiceField(
        label=_("How"),
        choices=[
            (SEGMENTS, _("Translate segment by segment")),
            (BY_HAND, _("Write it yourself, or paste a finished text")),
        ],
        initial=chosen or SEGMENTS,
        required=False,
        widget=RadioSelect,
    )


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
        locales.label = _("Languages")
        locales.label_from_instance = lambda locale: language_label(locale.language_code)
        locales.queryset = locales.queryset.filter(pk__in=[locale.pk for locale in self.locales])
        # A whole subtree in one click would send drafts that nobody chose. (A report sends several pages.)
        form.fields["include_subtree"].widget = HiddenInput()
        form.fields["include_subtree"].disabled = True
        if isinstance(self.object, Page):
            form.fields["how"] = how_to_translate(self.request.GET.get("how"))
            if jobs.may_ask(self.request.user, self.object):
                add_job_fields(form, locales.queryset)
        return form

    @transaction.atomic
    def form_valid(self, form: SubmitTranslationForm) -> HttpResponse:
        translating.update_source(self.object)
        user: Any = self.request.user
        if isinstance(self.object, Page):
            for locale in form.cleaned_data["locales"]:
                translating.send_missing_parents(self.object, locale, user)
        response = super().form_valid(form)  # type: ignore[misc]
        if form.cleaned_data.get("how") == BY_HAND:
            for locale in form.cleaned_data["locales"]:
                pairing.write_by_hand(translating.translation_into(self.object.get_translation(locale)), user)
        elif "due_on" in form.fields:
            for locale in form.cleaned_data["locales"]:
                opened = translating.translation_into(self.object.get_translation(locale))
                jobs.ask([opened], user, request_for(locale, form.cleaned_data))
        return response


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

    def get_form(self) -> UpdateTranslationsForm:
        form = super().get_form()
        form.fields["publish_translations"].help_text = _(
            "Those that are complete. The others wait for their translators."
        )
        if "use_machine_translation" in form.fields:
            form.fields["use_machine_translation"].help_text = _(
                "For what is not translated yet. It is not published until somebody has accepted it."
            )
        return form

    def form_valid(self, form: UpdateTranslationsForm) -> HttpResponse:
        open_translations = self.object.translations.filter(enabled=True).select_related("source", "target_locale")
        if form.cleaned_data["publish_translations"] and not self._publishable(open_translations):
            raise PermissionDenied
        with transaction.atomic():
            self.object = translating.update_source(self.object.get_source_instance())
        translations = list(open_translations.all())
        if form.cleaned_data.get("use_machine_translation"):
            # Between two transactions: while a service takes its time, others can write.
            self._translate_by_machine(translations)
        with transaction.atomic():
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
        for translation in translations:
            may = permissions.may_edit(self.request.user, translation.get_target_instance())
            if not may or machine.service_for(translation) is None:
                continue
            try:
                machine_views.say(self.request, machine.translate(translation, self.request.user))
            except machine.Failed as error:
                messages.error(self.request, str(error))

    def _publish(self, translation: Translation) -> None:
        """Publish one translation, or say that it waits for its translator."""
        language = name_in_a_sentence(translation.target_locale.language_code)
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
        f"{translation}overrides/<int:overridable_segment_id>/edit/": edit_override,
        f"{translation}pofile/download/": of_translation(po_views.download, read),
        f"{translation}pofile/upload/": of_translation(po_views.upload, edit),
        f"{translation}machine_translate/": of_translation(machine_views.translate, edit),
        f"{translation}preview/": of_translation(edit_translation.preview_translation, read),
        f"{translation}preview/<str:mode>/": of_translation(edit_translation.preview_translation, read),
        f"{translation}disable/": of_translation(stop_translation, edit),
        "page/<int:page_id>/convert_to_alias/": convert_to_alias,
        "reports/translations/": TranslationsReport.as_view(),
        "reports/translations/results/": TranslationsReport.as_view(results_only=True),
        snippets: Snippets.as_view({"get": "list"}),
        f"{snippets}<str:pk>/": Snippets.as_view({"get": "retrieve"}),
    }
    return [path(f"localize/{route}", view) for route, view in views.items()]
