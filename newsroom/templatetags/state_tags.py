"""How the admin shows the state of a translation."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from newsroom.language import language_label
from newsroom.localization.differences import marked
from newsroom.localization.state import State
from newsroom.localization.watching import Difference

register = template.Library()
register.simple_tag(language_label)


@register.inclusion_tag("localization/state_tag.html")
def state_tag(state: State, show_language: bool = False) -> dict[str, Any]:
    """The status as a tag, after the code of the language if asked for."""
    return {"state": state, "show_language": show_language}


@register.filter
def changed_words(difference: Difference) -> SafeString:
    """A text that has changed, with the words that went and came marked."""
    return marked(difference.before, difference.after)
