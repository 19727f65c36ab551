"""The way in and Home."""

from django.urls import path

from studio.home import views

urlpatterns = [
    path("", views.root, name="root"),
    path("w/<slug:workspace>/", views.home, name="home"),
]
