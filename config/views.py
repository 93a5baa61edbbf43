"""Pages."""

from django.http import Http404, HttpRequest, HttpResponse


def start(request: HttpRequest) -> HttpResponse:
    raise Http404


def leave(request: HttpRequest) -> HttpResponse:
    raise Http404


def healthz(request: HttpRequest) -> HttpResponse:
    raise Http404


def forged(request: HttpRequest, reason: str) -> HttpResponse:
    raise Http404


def bad_request(request: HttpRequest, exception: str) -> HttpResponse:
    raise Http404


def forbidden(request: HttpRequest, exception: str) -> HttpResponse:
    raise Http404


def not_found(request: HttpRequest, exception: str) -> HttpResponse:
    raise Http404


def fault(request: HttpRequest) -> HttpResponse:
    raise Http404
