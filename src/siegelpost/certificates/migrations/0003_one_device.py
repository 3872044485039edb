from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0002_ending"),
    ]

    operations = [
        migrations.AddField(
            model_name="handover",
            name="device_hash",
            field=models.BinaryField(max_length=32, null=True),
        ),
    ]
