"""What a refund was before a bank line alone made it sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column of a line, and what holds it."""

    dependencies = [("reconciliation", "0005_refunds")]

    operations = [
        migrations.AddField(
            model_name="bankline",
            name="refund_was",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refund_was", ""),
                    models.Q(("amount_minor__lt", 0), ("refund__isnull", False)),
                    _connector="OR",
                ),
                name="reconciliation_sent_by_this_line",
            ),
        ),
    ]
