"""What the log leaves out."""

import logging

from django.core.exceptions import ObjectDoesNotExist


class GoneInTheMeantime(logging.Filter):
    """Drops the failures of Wagtail's reference index for rows that were replaced before their task came up.

    Publishing a translation replaces its bylines, whose tasks then find nothing; the page's own task indexes what is
    there. Any other failure passes.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not (isinstance(error, ObjectDoesNotExist) and "update_reference_index_task" in record.getMessage())
