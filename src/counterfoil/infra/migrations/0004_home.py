"""Where the database lives: a table of one row, of no business."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table; `counterfoil migrate` writes its row, for a copy of this step would not."""

    dependencies = [("infra", "0003_moves_of_staff")]
    operations = [
        migrations.CreateModel(
            name="Home",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("system", models.BigIntegerField()),
                ("timeline", models.CharField(max_length=8)),
                ("database", models.BigIntegerField()),
                ("noted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(id=1), name="infra_home_one")
                ],
            },
        ),
    ]
