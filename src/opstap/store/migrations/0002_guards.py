from django.db import migrations

from opstap.store import triggers


def begin_chain(apps, schema_editor):
    apps.get_model("store", "ChainHead").objects.get_or_create(pk=1, defaults={"number": 0, "digest": "0" * 64})


def end_chain(apps, schema_editor):
    apps.get_model("store", "ChainHead").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("store", "0001_tables")]

    operations = [
        migrations.RunPython(begin_chain, end_chain),
        migrations.RunPython(triggers.install, triggers.remove),
    ]
