"""What editors put above the results of a question, on Wagtail's screen of promoted results."""

from collections.abc import Sequence
from dataclasses import dataclass

from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.models import Page
from wagtail.search.utils import normalise_query_string

from articles.search.questions import Question
from newsroom.pages import answering
from newsroom.text import one_line


@dataclass(frozen=True)
class Promotion:
    """A page of the site or an address elsewhere, with the editor's words on it if they are in this language."""

    title: str
    description: str
    page: Page | None = None
    url: str = ""


def promoted(question: Question) -> list[Promotion]:
    """The promotions of a question, each page in the language of the reader or not at all. Two queries.

    Looked up, not got: Wagtail's `Query.get()` would write a row for whatever anybody types.
    """
    asked = SearchPromotion.objects.filter(query__query_string=normalise_query_string(question.text))
    promotions = list(asked.select_related("page__locale").order_by("sort_order", "pk"))
    by_key = {page.translation_key: page for page in _in_language(promotions, question.language)}
    found = (_promotion(promotion, by_key, question.language) for promotion in promotions)
    return [promotion for promotion in found if promotion]


def _in_language(promotions: Sequence[SearchPromotion], language: str) -> list[Page]:
    """The translations of the promoted pages that readers of a language can open."""
    keys = [promotion.page.translation_key for promotion in promotions if promotion.page]
    pages = Page.objects.live().filter(translation_key__in=keys, alias_of=None, locale__language_code=language)
    return answering(pages.select_related("locale")) if keys else []


def _promotion(promotion: SearchPromotion, by_key: dict, language: str) -> Promotion | None:
    if promotion.page is None:
        title = promotion.external_link_text or promotion.external_link_url
        return Promotion(title, promotion.description, url=promotion.external_link_url)
    page = by_key.get(promotion.page.translation_key)
    if page is None:
        return None
    in_own_words = promotion.page.locale.language_code == language
    return Promotion(one_line(page.title), promotion.description if in_own_words else "", page)
