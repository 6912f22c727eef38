"""The players of video sites, by the address of a video: worked out here, so that those sites are asked for nothing
before a reader wants to see one."""

import re

from django.http import HttpResponse
from wagtail.blocks import StreamValue

# The address of a video, as people copy it → the address of its player, in the form that tracks least.
PLAYERS = [
    (
        re.compile(
            r"https?://(?:www\.|m\.)?"
            r"(?:youtube(?:-nocookie)?\.com/(?:watch\?(?:\S*&)?v=|shorts/|live/|embed/)|youtu\.be/)([\w-]{11})(?![\w-])"
        ),
        "https://www.youtube-nocookie.com/embed/{}?autoplay=1",
    ),
    # With the key of a video that is not listed.
    (
        re.compile(r"https?://(?:www\.)?vimeo\.com/(\d+)/(\w+)"),
        "https://player.vimeo.com/video/{}?h={}&dnt=1&autoplay=1",
    ),
    (
        re.compile(r"https?://(?:(?:www\.)?vimeo\.com/(?:channels/\w+/)?|player\.vimeo\.com/video/)(\d+)\b"),
        "https://player.vimeo.com/video/{}?dnt=1&autoplay=1",
    ),
]
# What the content security policy lets a page with a video frame.
PLAYER_HOSTS = ["https://www.youtube-nocookie.com", "https://player.vimeo.com"]


def player_address(address: str) -> str | None:
    """The address of the player for the address of a video; None for a site that is only linked to."""
    for pattern, player in PLAYERS:
        if match := pattern.match(address):
            return player.format(*match.groups())
    return None


def allow_players(response: HttpResponse, body: StreamValue) -> HttpResponse:
    """The response for a page with this text; its policy lets it frame the players if there is a video to play."""
    if any(block.block_type == "video" and player_address(block.value["url"]) for block in body):
        response._csp_update = {"frame-src": PLAYER_HOSTS}  # type: ignore[attr-defined]
    return response
