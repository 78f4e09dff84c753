"""A computation of the timetable may be stopped; a repair waits for one click."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="planjob",
            name="stop_asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="RepairProposal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                ("summary", models.CharField(max_length=300, verbose_name="en bref")),
                ("changes", models.JSONField(default=list, verbose_name="changements")),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("dismissed_at", models.DateTimeField(blank=True, null=True)),
                ("applied_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("event", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="repair_proposals", to="events.event")),
            ],
            options={
                "verbose_name": "réparation proposée",
                "ordering": ["-made_at"],
                "constraints": [models.UniqueConstraint(condition=models.Q(("applied_at__isnull", True), ("dismissed_at__isnull", True)), fields=("event",), name="one_repair_waits")],
            },
        ),
    ]
