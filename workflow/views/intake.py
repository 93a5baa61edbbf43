"""Members write and send."""

from django.http import Http404, HttpRequest, HttpResponse


def ask(request: HttpRequest) -> HttpResponse:
    raise Http404


def save_draft(request: HttpRequest) -> HttpResponse:
    raise Http404


def delete_draft(request: HttpRequest) -> HttpResponse:
    raise Http404


def check(request: HttpRequest) -> HttpResponse:
    raise Http404


def sent(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404
