"""Publish, schedule, take down."""

from django.http import Http404, HttpRequest, HttpResponse


def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def publish(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def unschedule(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def unpublish(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404
