"""The players of video sites, by the address of a video: worked out here, so that those sites are asked for nothing
before a reader wants to see one."""

import re

# The address of a video, as people copy it → the address of its player, in the form that tracks least.
PLAYERS = [
    (
        re.compile(
            r"https://(?:www\.|m\.)?(?:youtube\.com/(?:watch\?(?:\S*&)?v=|shorts/|live/)|youtu\.be/)([\w-]{11})\b"
        ),
        "https://www.youtube-nocookie.com/embed/{}?autoplay=1",
    ),
    (re.compile(r"https://(?:www\.)?vimeo\.com/(\d+)\b"), "https://player.vimeo.com/video/{}?dnt=1&autoplay=1"),
]
# What the content security policy must let pages frame.
PLAYER_HOSTS = ["https://www.youtube-nocookie.com", "https://player.vimeo.com"]


def player_address(address: str) -> str | None:
    """The address of the player for the address of a video; None for a site that is only linked to."""
    for pattern, player in PLAYERS:
        if match := pattern.match(address):
            return player.format(match[1])
    return None
