"""What a business needs to debit bank accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Three columns of a business."""

    dependencies = [("business", "0002_rows_of_a_business")]

    operations = [
        migrations.AddField(
            model_name="business",
            name="debit_schemes",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="business",
            name="creditor_ref",
            field=models.CharField(blank=True, db_default="", max_length=35),
        ),
        migrations.AddField(
            model_name="business",
            name="bacs_number",
            field=models.CharField(blank=True, db_default="", max_length=6),
        ),
    ]
