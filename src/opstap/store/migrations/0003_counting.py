"""Indexes that let a study be counted without reading its rows."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0002_guards"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="measurement",
            name="store_measu_opens_o_c79a83_idx",
        ),
        migrations.AlterField(
            model_name="measurement",
            name="participant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="measurements",
                to="store.participant",
            ),
        ),
        migrations.AddIndex(
            model_name="measurement",
            index=models.Index(
                condition=models.Q(("submitted_at", None), ("voided_on", None)),
                fields=["opens_on", "closes_on"],
                name="measurement_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="measurement",
            index=models.Index(
                fields=["participant", "respondent", "wave", "opens_on", "closes_on", "submitted_at", "voided_on"],
                name="measurement_counted",
            ),
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(fields=["study", "site", "informed_on", "referred_on"], name="participant_by_site"),
        ),
    ]
