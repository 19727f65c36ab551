"""REST paths of devices, below what `studio/api_urls.py` names."""

from django.urls import path

from registry.edge.api import devices, modules

DEVICE = "devices/<str:name>"
MODULE = f"{DEVICE}/modules/<str:module>"

urlpatterns = [
    path("devices", devices.Devices.as_view(), name="api-devices"),
    path(DEVICE, devices.Device.as_view(), name="api-device"),
    path(f"{DEVICE}/code", devices.DeviceCode.as_view(), name="api-device-code"),
    path(f"{DEVICE}/events", devices.DeviceEvents.as_view(), name="api-device-events"),
    path(f"{DEVICE}/manifest", devices.DeviceManifest.as_view(), name="api-device-manifest"),
    path(f"{DEVICE}/modules", modules.Modules.as_view(), name="api-device-modules"),
    path(MODULE, modules.Module.as_view(), name="api-device-module"),
    path(f"{MODULE}/rollback", modules.ModuleRollBack.as_view(), name="api-device-module-rollback"),
]
