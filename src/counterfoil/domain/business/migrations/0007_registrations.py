"""Whether people may ask for access by themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """On, until the business switches it off."""

    dependencies = [("business", "0006_large_sums")]

    operations = [
        migrations.AddField(
            model_name="business",
            name="takes_registrations",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
