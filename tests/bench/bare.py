"""The least that Django can do, which other rates are compared with: one view, a page of 30 KB, no middleware."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

PAGE = b"<p>What happened, in a sentence.</p>\n" * 800


@csrf_exempt
def page(request: HttpRequest) -> HttpResponse:
    """The same for every address."""
    return HttpResponse(PAGE, headers={"Content-Length": len(PAGE)})


urlpatterns = [re_path("", page)]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"])
application = get_wsgi_application()
