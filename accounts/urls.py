"""Addresses of signing in and out; the names are those the sign-in library asks for."""

from django.urls import path

from . import passwords, views

urlpatterns = [
    path("", views.sign_in, name="account_login"),
    path("code/", views.enter_code, name="account_confirm_login_code"),
    path("password/", views.password, name="staff_login"),
    path("password/new/", passwords.ask, name="staff_new_password"),
    path("password/new/code/", passwords.set_new, name="staff_new_password_code"),
    path("out/", views.sign_out, name="account_logout"),
]
