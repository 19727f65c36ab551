"""What kind of model the versions from before are, told by the names of their files; their contents are read again later."""

from django.db import migrations

PICKLES = (".pkl", ".pickle", ".joblib", ".cloudpickle")


def tell(apps, schema_editor):
    versions = apps.get_model("registry", "ModelVersion")
    files = apps.get_model("registry", "ModelVersionFile")
    for version in versions.objects.iterator():
        paths = list(files.objects.filter(version=version).values_list("path", flat=True)[:5000])
        if not paths:
            versions.objects.filter(pk=version.pk).update(reading="done")
            continue
        versions.objects.filter(pk=version.pk).update(format=format_of(paths))


def format_of(paths):
    if "MLmodel" in paths:
        return "mlflow"
    if len(paths) > 1:
        return "folder"
    name = paths[0].lower()
    if name.endswith(PICKLES):
        return "pickle"
    return "onnx" if name.endswith(".onnx") else "custom"


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_endpoint_leases")]
    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
