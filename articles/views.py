"""The beacon: the one address that readers' browsers write to."""

import logging
from threading import Lock

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from articles import beacon, counting

logger = logging.getLogger(__name__)

# Whether the last read could not be counted: an outage is logged when it begins, not for every reader.
_failing = False
_turn = Lock()


def _begins(*, failing: bool) -> bool:
    """Note whether counting fails. Returns whether that is new: to one thread, of all that have waited together."""
    global _failing
    with _turn:
        before, _failing = _failing, failing
    return before != failing


@csrf_exempt  # no cookie, nothing to protect: the worst a forged call does is what any visit does
@require_POST
def count_read(request: HttpRequest, page_id: int) -> HttpResponse:
    """Count one read of a published article; 204 whatever happens, for the reader must not notice."""
    try:
        if beacon.is_readers(request) and beacon.is_first(request, page_id):
            counting.count_read(page_id, campaign=beacon.campaign_of(request))
            _begins(failing=False)
    except Exception:
        if _begins(failing=True):
            logger.exception("Reads are not counted at the moment")
    response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    return response
