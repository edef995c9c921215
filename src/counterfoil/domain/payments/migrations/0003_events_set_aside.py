"""Lets the work list find the events that were set aside without reading the whole inbox."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One partial index."""

    dependencies = [("payments", "0002_rows_of_a_business")]
    operations = [
        migrations.AddIndex(
            model_name="gatewayevent",
            index=models.Index(
                fields=["business", "received_at"],
                condition=models.Q(("remark__startswith", "unplaced")),
                name="payments_event_aside",
            ),
        ),
    ]
