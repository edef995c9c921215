"""Where a person is known, the way from one business to another, and their mobile number."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import counterfoil.infra.secrets.fields
import counterfoil.kernel.ids


def _id() -> models.UUIDField:
    return models.UUIDField(
        default=counterfoil.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
    )


def _to(model: str) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=model
    )


class Migration(migrations.Migration):
    """Three global tables: two lead from a person to a business, one to their telephone."""

    dependencies = [("identity", "0007_pay_lock")]

    operations = [
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", _id()),
                ("seen_at", models.DateTimeField()),
                ("business", _to("business.business")),
                ("user", _to(settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "business"), name="identity_presence_once"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", _id()),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("origin", models.CharField(max_length=300)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("to_business", _to("business.business")),
                ("user", _to(settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="Phone",
            fields=[
                ("id", _id()),
                ("number", counterfoil.infra.secrets.fields.SealedText()),
                ("proved_at", models.DateTimeField()),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number", ""),
                            (
                                "number__regex",
                                r"^v1\.[^.]+\.[^.]+\.[^.]+$",
                            ),
                            _connector="OR",
                        ),
                        name="identity_phone_sealed",
                    )
                ],
            },
        ),
    ]
