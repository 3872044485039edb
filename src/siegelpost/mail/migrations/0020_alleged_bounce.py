from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0019_push_jobs_become_messages"),
    ]

    operations = [
        migrations.AlterField(
            model_name="incomingmail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("bounce", "nicht zustellbar"),
                    ("alleged_bounce", "angeblich nicht zustellbar"),
                    ("delay", "Zustellung verzögert sich"),
                    ("delivery_report", "Zustellbestätigung"),
                    ("automatic_reply", "automatische Antwort"),
                    ("perhaps_automatic", "Antwort, vielleicht automatisch"),
                    ("reply", "Antwort"),
                ],
                max_length=20,
            ),
        ),
    ]
