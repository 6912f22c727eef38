"""What stands before the middleware of pages."""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from articles import views


class BeaconMiddleware:
    """Answers the beacon at once: what the other middleware does for pages (language, session, compression, policies)
    says nothing to an answer without content, and takes longer than counting."""

    ADDRESS = re.compile(r"/reads/([0-9]{1,19})/")  # as in newsroom.urls

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found = self.ADDRESS.fullmatch(request.path_info)
        return views.count_read(request, int(found[1])) if found else self.get_response(request)
