"""The only meeting place of all pages."""

from django.contrib import admin
from django.urls import include, path

from . import views

urlpatterns = [
    path("", include("qa.urls")),
    path("", include("workflow.urls")),
    path("", include("notifications.urls")),
    path("sign-in/", include("accounts.urls")),
    path("start/", views.start, name="start"),
    path("leave/", views.leave, name="leave"),
    path("healthz", views.healthz, name="healthz"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<slug:key>/", views.mailbox_message, name="mailbox_message"),
    path("admin/", admin.site.urls),
]
handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.fault"
