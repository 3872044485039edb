from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0014_sent_instead"),
    ]

    operations = [
        migrations.AddField(
            model_name="withdrawal",
            name="confirm_hash",
            field=models.BinaryField(max_length=32, null=True, unique=True),
        ),
    ]
