"""The programme itself: readiness profiles, goals with steps and obstacles, the energy diary."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0004_care_team"),
    ]

    operations = [
        migrations.CreateModel(
            name="EnergyBudget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("most", models.PositiveSmallIntegerField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="energy_budgets", to="store.enrolment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Goal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words_sealed", models.BinaryField(null=True)),
                ("importance", models.PositiveSmallIntegerField()),
                ("confidence", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("closed_on", models.DateField(null=True)),
                ("reached", models.BooleanField(null=True)),
                ("closing_sealed", models.BinaryField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="goals", to="store.enrolment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GoalReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words_sealed", models.BinaryField(null=True)),
                ("attained", models.SmallIntegerField(null=True)),
                ("importance", models.PositiveSmallIntegerField()),
                ("confidence", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="store.goal"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.session"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GoalStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words_sealed", models.BinaryField(null=True)),
                ("done_on", models.DateField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="store.goal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Obstacle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words_sealed", models.BinaryField(null=True)),
                ("tried_sealed", models.BinaryField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="obstacles", to="store.goal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Practice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words_sealed", models.BinaryField(null=True)),
                ("times", models.PositiveSmallIntegerField()),
                ("since", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="practices", to="store.enrolment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Readiness",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("working", models.BooleanField()),
                ("means", models.JSONField()),
                ("by_key", models.BooleanField(default=False)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="readiness", to="store.enrolment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DiaryShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="diary_shares", to="store.enrolment"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("enrolment",), name="one_open_share_of_a_diary"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EnergyNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("part", models.CharField(max_length=10)),
                ("kind", models.CharField(max_length=10)),
                ("effect", models.CharField(max_length=4)),
                ("how", models.CharField(max_length=8)),
                ("channel", models.CharField(max_length=10)),
                ("words_sealed", models.BinaryField(null=True)),
                ("at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="energy_notes", to="store.enrolment"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["enrolment", "on"], name="energy_note_by_day")],
            },
        ),
        migrations.CreateModel(
            name="PracticeDone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="done", to="store.practice"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("practice", "on"), name="practised_once_a_day")],
            },
        ),
    ]
