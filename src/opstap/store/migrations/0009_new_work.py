"""Looking for new work: searches, wishes, applications, trial placements; goals that belong to it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0008_follow_up"),
    ]

    operations = [
        migrations.AddField(
            model_name="goal",
            name="about",
            field=models.CharField(default="", max_length=10),
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("where_sealed", models.BinaryField(null=True)),
                ("function_sealed", models.BinaryField(null=True)),
                ("way", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=12)),
                ("next_sealed", models.BinaryField(null=True)),
                ("next_on", models.DateField(null=True)),
                ("shared", models.BooleanField(default=False)),
                ("channel", models.CharField(max_length=10)),
                ("starts_on", models.DateField(null=True)),
                ("contract_hours", models.FloatField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="store.enrolment"
                    ),
                ),
                (
                    "spell",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.workspell"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="workplacelink",
            name="job",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.application"
            ),
        ),
        migrations.CreateModel(
            name="ApplicationEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=12)),
                ("on", models.DateField()),
                ("words_sealed", models.BinaryField(null=True)),
                ("shared", models.BooleanField(default=False)),
                ("channel", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="store.application"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="JobSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=16)),
                ("since", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("channel", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="searches", to="store.enrolment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="JobWishes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words_sealed", models.BinaryField(null=True)),
                ("hours_least", models.FloatField(null=True)),
                ("hours_most", models.FloatField(null=True)),
                ("days", models.JSONField(default=list)),
                ("travel", models.PositiveSmallIntegerField(null=True)),
                ("channel", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="job_wishes", to="store.enrolment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("where_sealed", models.BinaryField(null=True)),
                ("tries_sealed", models.BinaryField(null=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("hours", models.FloatField()),
                ("permission", models.CharField(max_length=10)),
                ("permission_on", models.DateField(null=True)),
                ("own_view_sealed", models.BinaryField(null=True)),
                ("care_view_sealed", models.BinaryField(null=True)),
                ("dropped_on", models.DateField(null=True)),
                ("channel", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="store.enrolment"
                    ),
                ),
                (
                    "spell",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.workspell"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["enrolment", "next_on"], name="application_by_next_day"),
        ),
        migrations.AddConstraint(
            model_name="jobsearch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)), fields=("enrolment",), name="one_search_for_work_at_a_time"
            ),
        ),
    ]
