"""A second person checks the answer."""

from django.http import Http404, HttpRequest, HttpResponse


def review(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def request_changes(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404
