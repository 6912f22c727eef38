"""What is stored of a translation."""

from django.db.models import QuerySet
from wagtail_localize.models import StringTranslation, Translation


def stored(task: Translation) -> QuerySet[StringTranslation]:
    """Its texts."""
    return StringTranslation.objects.filter(locale=task.target_locale, context__object_id=task.source.object_id)


def texts_of(task: Translation) -> dict[str, str]:
    """The same by path."""
    return dict(stored(task).values_list("context__path", "data"))
