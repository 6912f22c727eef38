"""What is cleared away every day."""

from django.core.management import call_command


def prune_tasks() -> None:
    """Remove the results of background tasks that ended more than two weeks ago, successful or not."""
    call_command("prune_db_task_results", min_age_days=14, verbosity=0)
