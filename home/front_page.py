"""What stands where on the front page. No story stands there twice."""

from dataclasses import dataclass

from articles import rails
from articles.models import ArticlePage

# Cards beside and below the lead story.
LATEST_LENGTH = 8
MOST_READ_LENGTH = 4


@dataclass(frozen=True)
class FrontPage:
    """The lead story (None on a site without articles), the latest news after it, and the most read of the others."""

    lead: ArticlePage | None
    latest: rails.Rail
    most_read: rails.Rail


def compose(language: str) -> FrontPage:
    """The front page of a language: the newest story leads, the next follow, and what is much read fills its rail with
    stories that the reader has not just seen."""
    latest = rails.latest(language, length=LATEST_LENGTH + 1)
    lead, rest = (latest.articles[0], latest.articles[1:]) if latest.articles else (None, [])
    shown = [article.pk for article in latest.articles]
    most_read = rails.most_read(language, leave_out=shown, length=MOST_READ_LENGTH)
    return FrontPage(lead, rails.Rail(latest.page, rest), most_read)
