"""The beacon: the one address that readers' browsers write to."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from articles import beacon, counting

logger = logging.getLogger(__name__)

# Whether the last read could not be counted: an outage is logged when it begins, not for every reader.
_failing = False


@csrf_exempt  # no cookie, nothing to protect: the worst a forged call does is what any visit does
@require_POST
def count_read(request: HttpRequest, page_id: int) -> HttpResponse:
    """Count one read of a published article; 204 whatever happens, for the reader must not notice."""
    global _failing
    try:
        if beacon.is_readers(request) and beacon.is_first(request, page_id):
            counting.count_read(page_id, campaign=beacon.campaign_of(request))
            _failing = False
    except Exception:
        if not _failing:
            logger.exception("Reads are not counted at the moment")
        _failing = True
    response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    return response
