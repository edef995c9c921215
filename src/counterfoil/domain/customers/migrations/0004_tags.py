"""Customers carry tags."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A column, and an index over those who carry any."""

    dependencies = [("customers", "0003_rights")]
    operations = [
        migrations.AddField(
            model_name="customer",
            name="tags",
            field=ArrayField(base_field=models.CharField(max_length=40), default=list, size=None),
        ),
        migrations.RunSQL(
            "ALTER TABLE customers_customer ALTER COLUMN tags SET DEFAULT '{}'",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=~Q(tags=[]), fields=["business", "id"], name="customers_tagged"
            ),
        ),
    ]
