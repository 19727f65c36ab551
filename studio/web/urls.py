"""Pages of the frame itself."""

from django.urls import path

from studio.web import ui_page

urlpatterns = [path("ui/", ui_page.ui_page, name="ui-page")]
