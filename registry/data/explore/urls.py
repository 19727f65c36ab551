"""Pages of what is in a version's table, below `/w/<workspace>/`."""

from django.urls import path

from registry.data.explore import views

VERSION = "data/<str:name>/versions/<str:ref>/"

urlpatterns = [
    path(VERSION + "explore/", views.explore, name="data-explore-part"),
    path(VERSION + "profile/", views.profile, name="data-profile-part"),
    path(VERSION + "profile/start/", views.profile_start, name="data-profile-start"),
    path(VERSION + "profile/drift/", views.profile_drift, name="data-drift-part"),
    path(VERSION + "explore/export/", views.export, name="data-export"),
]
