import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0008_retention"),
    ]

    operations = [
        migrations.AlterModelOptions(name="signinlink", options={"ordering": ["-created_at"]}),
        migrations.AddField(
            model_name="signinlink",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="signinlink",
            name="past_second_factor",
            field=models.BooleanField(default=False),
        ),
    ]
