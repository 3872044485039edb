from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0004_mail_pace")]

    operations = [
        migrations.AddField(
            model_name="office",
            name="logo",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="office",
            name="logo_width",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="office",
            name="logo_height",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
    ]
