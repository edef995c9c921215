"""Hosts for customers, for staff, or for both; the main one stands in links."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Every host serves both, and none is the main one, until the business says so."""

    dependencies = [("business", "0007_registrations")]

    operations = [
        migrations.AddField(
            model_name="hostname",
            name="door",
            field=models.CharField(db_default="both", default="both", max_length=10),
        ),
        migrations.AddField(
            model_name="hostname",
            name="is_main",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="hostname",
            constraint=models.CheckConstraint(
                condition=Q(door__in=["both", "portal", "staff"]), name="business_hostname_door"
            ),
        ),
        migrations.AddConstraint(
            model_name="hostname",
            constraint=models.CheckConstraint(
                condition=Q(is_main=False) | ~Q(door="staff"), name="business_hostname_main_is_seen"
            ),
        ),
        migrations.AddConstraint(
            model_name="hostname",
            constraint=models.UniqueConstraint(
                condition=Q(is_main=True), fields=("business",), name="business_one_main_host"
            ),
        ),
    ]
