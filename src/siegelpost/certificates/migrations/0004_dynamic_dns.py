from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0003_one_device"),
    ]

    operations = [
        migrations.CreateModel(
            name="DynamicDns",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=253)),
                ("service", models.CharField(max_length=20)),
                ("options_sealed", models.TextField()),
                ("a_from", models.CharField(blank=True, max_length=20)),
                ("aaaa_from", models.CharField(blank=True, max_length=20)),
                ("on", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DynamicRecord",
            fields=[
                ("kind", models.CharField(max_length=4, primary_key=True, serialize=False)),
                ("address", models.GenericIPAddressField(null=True)),
                ("written_at", models.DateTimeField(null=True)),
                ("arrived", models.BooleanField(default=False)),
                ("looked_at", models.DateTimeField(null=True)),
                ("standing", models.JSONField(null=True)),
                ("fault", models.CharField(blank=True, max_length=20)),
                ("detail", models.CharField(blank=True, max_length=200)),
                ("failing_since", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("told", models.CharField(blank=True, max_length=20)),
                ("next_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
