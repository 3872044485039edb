from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0004_mail_pace")]

    operations = [
        migrations.AddField(
            model_name="office",
            name="logo",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
    ]
