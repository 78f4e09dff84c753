"""A tablet is paired by a short code; an act has the hour of the server, and may take another one back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0002_timetable_repairs"),
    ]

    operations = [
        migrations.AddField(
            model_name="device", name="pairing_hash",
            field=models.CharField(blank=True, db_index=True, max_length=64),
        ),
        migrations.AddField(
            model_name="device", name="pairing_until", field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="deviceact", name="happened_at", field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="deviceact", name="undoes", field=models.UUIDField(blank=True, db_index=True, null=True),
        ),
    ]
