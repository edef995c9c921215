"""Paying by a guest link can be switched off while it still shows its invoice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """When paying by a link was switched off."""

    dependencies = [("identity", "0006_roles")]

    operations = [
        migrations.AddField(
            model_name="guestlink",
            name="pay_locked_at",
            field=models.DateTimeField(null=True),
        ),
    ]
