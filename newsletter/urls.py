"""The newsletter's pages for readers, under /<language>/subscription/."""

from django.urls import path

from newsletter.views import leaving, own_data, preferences, signing_up, testing

urlpatterns = [
    path("", signing_up.sign_up, name="sign_up"),
    path("confirm/<str:token>/", signing_up.confirm, name="confirm"),
    path("unsubscribe/<str:token>/", leaving.unsubscribe, name="unsubscribe"),
    path("stay/<str:token>/", leaving.undo, name="undo"),
    path("keep/<str:token>/", leaving.keep, name="keep"),
    path("settings/<str:token>/", preferences.preferences, name="preferences"),
    path("my-data/<str:token>/", own_data.personal_data_page, name="personal_data"),
    path("new-address/<str:token>/", own_data.new_address, name="new_address"),
    path("test/", testing.test_mail, name="test_mail"),
]
