"""What is compressed on the way to the reader."""

from compression_middleware.middleware import CompressionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

TEXT = ("text/", "application/json", "application/feed+json", "application/xml", "application/rss+xml", "image/svg+xml")


class TextCompressionMiddleware(CompressionMiddleware):
    """Compresses text. Pictures and documents are compressed already: they go as they are, with their length."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(TEXT):
            return response
        return super().process_response(request, response)
