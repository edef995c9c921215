"""Where a session was opened, from which device, and when it was used last."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import counterfoil.kernel.ids


class Migration(migrations.Migration):
    """Devices, and what a session is told by."""

    dependencies = [
        ("identity", "0003_sessions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=counterfoil.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("mark", models.CharField(max_length=64)),
                ("first_seen_at", models.DateTimeField()),
                ("proved_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "mark"), name="identity_device_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="session",
            name="device",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="identity.device",
            ),
        ),
        migrations.AddField(
            model_name="session", name="business_id", field=models.UUIDField(null=True)
        ),
        migrations.AddField(
            model_name="session",
            name="door",
            field=models.CharField(blank=True, max_length=10, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="session",
            name="origin",
            field=models.CharField(blank=True, max_length=45, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="session",
            name="agent",
            field=models.CharField(blank=True, max_length=300, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="session", name="opened_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="session", name="last_seen_at", field=models.DateTimeField(null=True)
        ),
    ]
