from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0021_mailbox_that_never_sticks"),
    ]

    operations = [
        migrations.AddField(
            model_name="incomingmail",
            name="presumed",
            field=models.BooleanField(default=False),
        ),
    ]
