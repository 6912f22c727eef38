"""What the log leaves out, and what is cleared away."""

import logging

import pytest

from articles.models import ArticleByline
from newsroom import housekeeping
from newsroom.logs import GoneInTheMeantime

FAILED = "Task id=1 path=%s state=FAILED"


@pytest.mark.parametrize(
    ("path", "error", "shown"),
    [
        ("wagtail.tasks.update_reference_index_task", ArticleByline.DoesNotExist(), False),
        ("wagtail.tasks.update_reference_index_task", ValueError(), True),
        ("wagtail.tasks.delete_file_from_storage_task", ArticleByline.DoesNotExist(), True),
    ],
)
def test_only_the_reference_index_may_miss_a_row_in_silence(path, error, shown):
    record = logging.LogRecord("django_tasks", logging.ERROR, "", 0, FAILED, (path,), (type(error), error, None))
    assert GoneInTheMeantime().filter(record) == shown


def test_a_record_without_an_exception_is_shown():
    record = logging.LogRecord("newsroom", logging.INFO, "", 0, "Hello", (), None)
    assert GoneInTheMeantime().filter(record)


@pytest.mark.django_db
def test_results_of_old_tasks_are_removed(settings):
    from datetime import timedelta

    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    def finished(days_ago):
        when = timezone.now() - timedelta(days=days_ago)
        return DBTaskResult.objects.create(
            task_path="x",
            queue_name="default",
            backend_name="default",
            status="SUCCESSFUL",
            args_kwargs={"args": [], "kwargs": {}},
            finished_at=when,
            run_after=when,
            exception_class_path="",
            traceback="",
        )

    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    finished(20)
    young = finished(3)
    housekeeping.prune_tasks()
    assert list(DBTaskResult.objects.values_list("pk", flat=True)) == [young.pk]
