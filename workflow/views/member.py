"""Members follow their own letters."""

from django.http import Http404, HttpRequest, HttpResponse


def my_cases(request: HttpRequest) -> HttpResponse:
    raise Http404


def status(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def consent(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def unpublish(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404
