"""How the admin shows the state of a translation."""

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

from newsroom.localization.differences import marked
from newsroom.localization.state import State
from newsroom.localization.watching import Difference

register = template.Library()


@register.inclusion_tag("localization/state_tag.html")
def state_tag(state: State, show_language: bool = False) -> dict[str, Any]:
    """The status as a tag, after the code of the language if asked for."""
    return {"state": state, "show_language": show_language}


@register.simple_tag
def language_label(code: str) -> str:
    """The name of a language in the language of the admin, with a capital: "French", "Français"."""
    name = str(get_language_info(code)["name_translated"])
    return name[:1].upper() + name[1:]


@register.filter
def changed_words(difference: Difference) -> SafeString:
    """A text that has changed, with the words that went and came marked."""
    return marked(difference.before, difference.after)
