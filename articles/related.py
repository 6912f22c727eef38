"""What to read next."""

from articles.models import ArticlePage


def related_to(article: ArticlePage) -> list[ArticlePage]:
    """Articles that go with `article`, in its language: those an editor chose, where they are translated."""
    keys = list(article.related_articles.values_list("article__translation_key", flat=True))
    if not keys:
        return []
    chosen = ArticlePage.objects.published().in_language(article.language).filter(story_key__in=keys)
    by_key = {card.story_key: card for card in chosen.cards()}
    return [by_key[key] for key in keys if key in by_key]
