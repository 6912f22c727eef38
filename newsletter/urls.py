"""The newsletter's pages for readers, under /<language>/subscription/."""

from django.urls import path

from newsletter import views

urlpatterns = [
    path("", views.sign_up, name="sign_up"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
