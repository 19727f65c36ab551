"""Pages of the address table, for administrators."""

from django.urls import path

from registry.data.addresses import views

urlpatterns = [
    path("address-rules/", views.rule_list, name="address-rule-list"),
    path("address-rules/<int:pk>/edit/", views.rule_edit, name="address-rule-edit"),
    path("address-rules/<int:pk>/delete/", views.rule_delete, name="address-rule-delete"),
]
