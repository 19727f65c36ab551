"""Paths of this group."""

from django.urls import URLPattern, path, re_path, register_converter

from runs.mlflow_api.artifacts import multipart, signed, views


class AnyPath:
    """A path with anything in it: what it may hold is judged where names are."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(AnyPath, "anypath")

V2: list[URLPattern] = [
    path("artifacts/list", views.List.as_view(), name="mlflow-artifacts-list"),
    path("artifacts/presigned-download-url", signed.DownloadUrl.as_view(), name="mlflow-artifacts-download-url"),
    path("artifacts/presigned-upload-url", signed.UploadUrl.as_view(), name="mlflow-artifacts-upload-url"),
    path("get-artifact", views.OldFile.as_view(), name="mlflow-page-artifact"),
    path("upload-artifact", views.Upload.as_view(), name="mlflow-page-upload"),
    path("logged-models/<str:model_id>/artifacts/files", views.ModelFile.as_view(), name="mlflow-logged-model-file"),
]
V3: list[URLPattern] = []
PROXY: list[URLPattern] = [
    path("artifacts", views.Root.as_view(), name="mlflow-proxy-list"),
    path("artifacts/<anypath:path>", views.File.as_view(), name="mlflow-proxy-file"),
    path("mpu/create/<anypath:path>", multipart.Create.as_view(), name="mlflow-upload-create"),
    path("mpu/complete/<anypath:path>", multipart.Complete.as_view(), name="mlflow-upload-complete"),
    path("mpu/abort/<anypath:path>", multipart.Abort.as_view(), name="mlflow-upload-abort"),
    path("mpu/part/<str:signature>", multipart.Part.as_view(), name="mlflow-upload-part"),
    path("presigned/<anypath:path>", signed.Presigned.as_view(), name="mlflow-presigned"),
    path("signed/<str:signature>", signed.SignedFile.as_view(), name="mlflow-signed-file"),
]
OLD_LINKS: list[URLPattern] = [
    # Clients write a second slash before these when the server's address ends in one.
    re_path(r"^(?:/)?get-artifact$", views.OldFile.as_view(), name="mlflow-old-artifact"),
    re_path(r"^(?:/)?model-versions/get-artifact$", views.OldVersionFile.as_view(), name="mlflow-old-version-artifact"),
]
