"""Pages of devices, below `/w/<workspace>/`. A name holds no `/`; the names of pages beside them are given to nobody."""

from django.urls import path

from registry.edge import views

DEVICE = "devices/<str:name>/"

urlpatterns = [
    path("devices/", views.device_list, name="device-list"),
    path("devices/new/", views.device_new, name="device-new"),
    path("devices/deploy/", views.device_deploy, name="device-deploy"),
    path(DEVICE, views.device_detail, name="device-detail"),
    path(DEVICE + "edit/", views.device_edit, name="device-edit"),
    path(DEVICE + "code/", views.device_code, name="device-code"),
    path(DEVICE + "revoke/", views.device_revoke, name="device-revoke"),
    path(DEVICE + "delete/", views.device_delete, name="device-delete"),
    path(DEVICE + "manifest/", views.device_manifest, name="device-manifest"),
    path(DEVICE + "modules/<str:module>/", views.module_act, name="device-module"),
]
