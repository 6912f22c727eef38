"""/<language>/search/: the form, and what it finds. Works without JavaScript, sets no cookie, writes nothing."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles import rails
from articles.models import CategoryPage
from articles.search import promotions, results, suggestions
from articles.search.questions import Question


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`q` is the question; `category` (a slug), `year` and `page` narrow it. What makes no sense is left out."""
    language = get_language()
    question = Question.read(request.GET.get("q", ""), language)
    categories = list(CategoryPage.objects.live_in(language).select_related("locale").order_by("path"))
    context: dict[str, Any] = {"question": question, "categories": categories}
    if question:
        context |= _answer(request, question, categories)
    response = render(request, "search/search.html", context)
    # Questions are personal, and each is asked once: neither kept by caches nor listed by search engines.
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, question: Question, categories: Sequence[CategoryPage]) -> dict[str, Any]:
    category = next((page for page in categories if page.slug == request.GET.get("category")), None)
    year = _year(request.GET.get("year", ""))
    found = results.find(question, categories, category, year, request.GET.get("page"))
    answer: dict[str, Any] = {"results": found, "chosen_category": category, "chosen_year": str(year or "")}
    if not category and not year:
        if found.page.number == 1:
            answer["promotions"] = promotions.promoted(question)
        if not found.total:
            answer |= _instead(question)
    return answer


def _year(text: str) -> int | None:
    return int(text) or None if text.isascii() and text.isdigit() and len(text) == 4 else None


def _instead(question: Question) -> dict[str, Any]:
    """What to offer to a reader whose question has no answer."""
    return {
        "better_spelling": suggestions.better_spelling(question),
        "other_languages": suggestions.other_languages(question),
        "latest": rails.latest(question.language),
    }
