import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("newsroom", "0003_segments"),
        ("wagtail_localize", "0016_rename_page_revision_translationlog_revision"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pairing",
            fields=[
                (
                    "translation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="pairing",
                        serialize=False,
                        to="wagtail_localize.translation",
                    ),
                ),
                (
                    "words",
                    models.JSONField(
                        help_text="Path and text of all that the source said when both last said the same."
                    ),
                ),
                (
                    "independent",
                    models.BooleanField(default=False, help_text="Written on its own and paired later."),
                ),
            ],
        ),
    ]
