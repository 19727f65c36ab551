"""REST paths of files in datastores, below what `studio/api_urls.py` names."""

from django.urls import path

from registry.data.transfers import api

urlpatterns = [
    path("datastores/<str:name>/entries", api.Entries.as_view(), name="api-datastore-entries"),
    path("datastores/<str:name>/uploads", api.Uploads.as_view(), name="api-datastore-uploads"),
    path("datastores/<str:name>/files/<path:path>", api.File.as_view(), name="api-datastore-file"),
    path("datastores/<str:name>/link/<path:path>", api.Link.as_view(), name="api-datastore-link"),
    path("datastore-links/<str:signature>", api.SignedFile.as_view(), name="api-datastore-signed-file"),
    path("uploads/<str:upload_id>", api.OneUpload.as_view(), name="api-upload"),
    path("uploads/<str:upload_id>/parts/<int:number>", api.Part.as_view(), name="api-upload-part"),
    path("uploads/<str:upload_id>/complete", api.Complete.as_view(), name="api-upload-complete"),
]
