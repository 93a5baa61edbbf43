"""The only meeting place of all pages."""

from django.contrib import admin
from django.urls import include, path

from . import languages, mailbox, metrics, own_account, retention, styleguide, views

urlpatterns = [
    path("", include("qa.urls")),
    path("", include("workflow.urls")),
    path("", include("notifications.urls")),
    path("sign-in/", include("accounts.urls")),
    path("account/", own_account.account, name="own_account"),
    path("account/data.<str:form>", own_account.export, name="own_export"),
    path("account/erase/", own_account.erase, name="own_erase"),
    path("desk/keeping/", retention.retention, name="retention"),
    path("start/", views.start, name="start"),
    path("leave/", views.leave, name="leave"),
    path("language/", languages.choose, name="language"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("healthz", views.healthz, name="healthz"),
    path("healthz/clock", views.clock, name="healthz_clock"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<slug:key>/", mailbox.mailbox_message, name="mailbox_message"),
    path("mailbox/<slug:key>/html/", mailbox.mailbox_html, name="mailbox_html"),
    path("admin/", admin.site.urls),
]
handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.fault"
