"""What of a list is shown: all of it or a part, and the links by which a reader gets from one part to another."""

from dataclasses import dataclass

from articles.querysets import ArticleQuerySet


@dataclass(frozen=True)
class Selection:
    """Some of the articles of a list. `name` tells readers which ("2025"), and is empty for the whole list."""

    articles: ArticleQuerySet
    name: str = ""


@dataclass(frozen=True)
class Choice:
    """A link to a selection, or to a list that goes with this one; `current` if it is what is being shown."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Filter:
    """Choices of one kind, under a heading."""

    heading: str
    choices: list[Choice]
