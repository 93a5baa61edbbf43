"""Addresses of signing in and out; the names are those the sign-in library asks for."""

from django.urls import path

from . import passwords, steps, views

urlpatterns = [
    path("", views.sign_in, name="account_login"),
    path("code/", views.enter_code, name="account_confirm_login_code"),
    path("password/", views.password, name="staff_login"),
    path("password/change/", passwords.change, name="staff_change_password"),
    path("password/new/", passwords.ask, name="staff_new_password"),
    path("password/new/code/", passwords.set_new, name="staff_new_password_code"),
    path("second/", steps.pass_step, name="mfa_authenticate"),
    path("second/again/", steps.again, name="second_step_again"),
    path("second/mine/", steps.overview, name="second_step"),
    path("second/mine/app/", steps.app, name="second_step_app"),
    path("second/mine/app/picture.svg", steps.picture, name="second_step_picture"),
    path("second/mine/passkey/", steps.passkey, name="second_step_passkey"),
    path("second/mine/codes/", steps.new_codes, name="second_step_codes"),
    path("second/mine/remove/", steps.remove, name="second_step_remove"),
    path("mine/", views.own_sign_ins, name="own_sign_ins"),
    path("out/", views.sign_out, name="account_logout"),
]
