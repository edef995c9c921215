"""What a member of staff moved is found by them: a small index, for most moves are nobody's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index over the moves that staff made."""

    dependencies = [("infra", "0002_rows_of_a_business")]
    operations = [
        migrations.AddIndex(
            model_name="transition",
            index=models.Index(
                condition=models.Q(("actor__startswith", "staff:")),
                fields=["business", "actor", "-at"],
                name="infra_moves_of_staff",
            ),
        ),
    ]
