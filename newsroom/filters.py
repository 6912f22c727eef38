"""What the filters of the admin's reports share."""

from typing import Any

from django.db.models import QuerySet


def left_to_the_view(queryset: QuerySet, name: str, value: Any) -> QuerySet:
    """The `method` of a filter that narrows nothing itself, because the view has asked for its rows by it."""
    return queryset
