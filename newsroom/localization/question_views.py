"""Questions about texts of a source, in the admin: those about one translation, and those that wait for an answer."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail_localize.models import StringSegment, Translation

from newsroom.localization import questions
from newsroom.localization.models import SegmentQuestion
from newsroom.text import cut_at_word, one_line, plain

# What the home page shows.
ROWS = 5
# As much of a text as tells it from the others.
TEXT_LENGTH = 90


class SegmentField(forms.ModelChoiceField):
    """A text of the source, by its beginning."""

    def label_from_instance(self, segment: StringSegment) -> str:
        return cut_at_word(plain(segment.string.data), TEXT_LENGTH)


class QuestionForm(forms.Form):
    """What a translator asks."""

    segment = SegmentField(label=gettext_lazy("Text"), queryset=StringSegment.objects.none())
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=SegmentQuestion.Kind.choices,
        initial=SegmentQuestion.Kind.QUESTION,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("In your words"), max_length=4000, widget=AdminAutoHeightTextInput(attrs={"rows": 3})
    )

    def __init__(self, translation: Translation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        segments = StringSegment.objects.filter(source=translation.source_id).select_related("string")
        field: Any = self.fields["segment"]
        field.queryset = segments.order_by("order")


class AnswerForm(forms.Form):
    """What the author answers."""

    text = forms.CharField(
        label=gettext_lazy("Answer"), max_length=4000, widget=AdminAutoHeightTextInput(attrs={"rows": 2})
    )


class TranslationQuestions(WagtailAdminTemplateMixin, TemplateView):
    """The questions about one translation: for translators to ask, for those who edit the source to answer."""

    template_name = "localization/questions.html"
    header_icon = "help"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.translation = get_object_or_404(
            Translation.objects.select_related("source__locale", "target_locale"), pk=kwargs["translation_id"]
        )
        try:
            self.asks = questions.may_ask(request.user, self.translation)
            self.answers = questions.may_answer(request.user, self.translation)
        except ObjectDoesNotExist as error:  # one of the two pages was deleted
            raise Http404 from error

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not (self.asks or self.answers):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "question" in request.POST:
            return self._answer(request)
        form = QuestionForm(self.translation, request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        data = form.cleaned_data
        question = questions.ask(self.translation, data["segment"], request.user, data["text"], data["kind"])
        if question.author:
            messages.success(request, _("The author of the text will be told."))
        else:
            messages.warning(request, _("The text has no author any more: all who edit it find your question here."))
        return self._back(question)

    @transaction.atomic
    def _answer(self, request: HttpRequest) -> HttpResponse:
        question = self._asked(request.POST["question"])
        if question.answered_at:
            messages.warning(request, _("Somebody has answered this question already."))
            return self._back(question)
        form = AnswerForm(request.POST, prefix=f"answer-{question.pk}")
        if form.is_valid():
            questions.answer(question, request.user, form.cleaned_data["text"])
            messages.success(request, _("The translator will be told."))
        else:
            messages.error(request, _("The answer is empty, or too long."))
        return self._back(question)

    def _asked(self, pk: str) -> SegmentQuestion:
        """A question about this translation, kept until it is answered, so that two people do not answer at once."""
        if not pk.isdecimal():
            raise Http404
        return get_object_or_404(self.translation.segment_questions.select_for_update(), pk=pk)

    def _back(self, question: SegmentQuestion) -> HttpResponse:
        url = reverse("translation_questions", args=[self.translation.pk])
        return redirect(f"{url}#question-{question.pk}")

    def get_page_title(self) -> str:
        return _("Questions about “%(title)s”") % {"title": one_line(self.translation.source.object_repr)}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        target, source = self.translation.get_target_instance(), self.translation.source.get_source_instance()
        initial = {"segment": self.request.GET.get("segment")}
        form = kwargs.get("form") or QuestionForm(self.translation, initial=initial)
        found = self.translation.segment_questions.select_related("asked_by", "answered_by")
        return context | {
            "form": form if self.asks else None,
            "translation": self.translation,
            "language": self.translation.source.locale.language_code,
            "edit_url": AdminURLFinder(self.request.user).get_edit_url(target) if self.asks else None,
            "source_url": AdminURLFinder(self.request.user).get_edit_url(source) if self.answers else None,
            "questions": [self._shown(question) for question in found],
        }

    def _shown(self, question: SegmentQuestion) -> dict[str, Any]:
        """A question, the text it is about, and the form for those who may answer it."""
        answers = self.answers and not question.answered_at
        form = AnswerForm(prefix=f"answer-{question.pk}") if answers else None
        return {"question": question, "text": plain(question.source_text), "form": form}


class QuestionsPanel(Component):
    """On the first page of the admin: what translators ask about pages that the user edits."""

    name = "translation_questions"
    order = 204
    template_name = "localization/questions_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {"questions": questions.to_answer(parent_context["request"].user)[:ROWS]}


def patterns() -> list[Any]:
    """The addresses, below the admin's."""
    return [
        path(
            "translation/<int:translation_id>/questions/", TranslationQuestions.as_view(), name="translation_questions"
        )
    ]
