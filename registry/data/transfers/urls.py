"""Pages of files in datastores, below `/w/<workspace>/`."""

from django.urls import path

from registry.data.transfers import views

urlpatterns = [
    path("data/datastores/<str:name>/browse/", views.browse, name="datastore-browse"),
    path("data/datastores/<str:name>/folders/", views.folders, name="datastore-folders"),
    path("data/datastores/<str:name>/raw/", views.raw, name="datastore-raw"),
    path("data/datastores/<str:name>/delete-file/", views.delete, name="datastore-delete-file"),
]
