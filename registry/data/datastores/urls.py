"""Pages of datastores, below `/w/<workspace>/`."""

from django.urls import path

from registry.data.datastores import views

ONE = "data/datastores/<str:name>/"

urlpatterns = [
    path("data/datastores/", views.datastore_list, name="datastore-list"),
    path("data/new-datastore/", views.datastore_new, name="datastore-new"),
    path("data/new-datastore/file/", views.datastore_from_file, name="datastore-from-file"),
    path("data/new-datastore/test/", views.datastore_test_new, name="datastore-test-new"),
    path(ONE, views.datastore_detail, name="datastore-detail"),
    path(ONE + "edit/", views.datastore_edit, name="datastore-edit"),
    path(ONE + "test/", views.datastore_test, name="datastore-test"),
    path(ONE + "test-changes/", views.datastore_test_changes, name="datastore-test-changes"),
    path(ONE + "tables/", views.datastore_tables, name="datastore-tables"),
    path(ONE + "make-default/", views.datastore_make_default, name="datastore-make-default"),
    path(ONE + "remove/", views.datastore_remove, name="datastore-remove"),
]
