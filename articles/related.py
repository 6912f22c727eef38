"""What to read next."""

from articles.models import ArticlePage
from articles.querysets import ArticleQuerySet

RELATED_LENGTH = 3


def related_to(article: ArticlePage) -> list[ArticlePage]:
    """Articles that go with `article`, in its language: those an editor chose, where they are translated; then the
    newest of its category, until there are enough."""
    readable = ArticlePage.objects.published().in_language(article.language).exclude(pk=article.pk)
    chosen = _chosen(article, readable)[:RELATED_LENGTH]
    others = readable.exclude(pk__in=[card.pk for card in chosen])
    return chosen + _newest_of_category(article, others, RELATED_LENGTH - len(chosen))


def _chosen(article: ArticlePage, readable: ArticleQuerySet) -> list[ArticlePage]:
    keys = list(article.related_articles.values_list("article__translation_key", flat=True))
    if not keys:
        return []
    by_key = {card.story_key: card for card in readable.filter(story_key__in=keys).cards()}
    return [by_key[key] for key in dict.fromkeys(keys) if key in by_key]


def _newest_of_category(article: ArticlePage, readable: ArticleQuerySet, length: int) -> list[ArticlePage]:
    if article.category_key is None or not length:
        return []
    return readable.in_category(article.category_key).newest()[:length].cards()
