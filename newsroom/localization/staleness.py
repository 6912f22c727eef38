"""Whether a translation still says what its source says."""

from wagtail.models import Page
from wagtail_localize.models import StringSegment
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from newsroom.localization.translating import translation_into


def outdated(page: Page) -> bool:
    """Whether the source of `page`, as its latest draft stands, has other words than those that were sent for
    translation. Segments are compared, never times. False for a page that is no translation."""
    translation = translation_into(page)
    if translation is None:
        return False
    source = translation.source.get_source_instance().get_latest_revision_as_object()
    now = {
        (value.path, value.string.data) for value in extract_segments(source) if isinstance(value, StringSegmentValue)
    }
    sent = StringSegment.objects.filter(source=translation.source).values_list("context__path", "string__data")
    return now != set(sent)
