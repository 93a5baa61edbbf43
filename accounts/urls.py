"""Addresses of signing in and out; the names are those the sign-in library asks for."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.sign_in, name="account_login"),
    path("code/", views.enter_code, name="account_confirm_login_code"),
    path("password/", views.password, name="staff_login"),
    path("out/", views.sign_out, name="account_logout"),
]
