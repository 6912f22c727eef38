"""What the admin's forms post."""

from typing import Any


def article_form(**fields: Any) -> dict[str, Any]:
    """The form of an article in the ordinary editor: these fields, and nothing in the lists below them. Without blocks,
    unless the fields hold some."""
    lists, counts = ("bylines", "related_articles", "comments"), ("TOTAL_FORMS", "INITIAL_FORMS")
    empty = {f"{name}-{count}": 0 for name in lists for count in counts}
    return {**empty, "body-count": 0, **fields}
