"""Pages."""

from django.http import Http404, HttpRequest, HttpResponse


def home(request: HttpRequest) -> HttpResponse:
    raise Http404


def topics(request: HttpRequest) -> HttpResponse:
    raise Http404


def topic(request: HttpRequest, slug: str) -> HttpResponse:
    raise Http404


def publication(request: HttpRequest, slug: str) -> HttpResponse:
    raise Http404


def search(request: HttpRequest) -> HttpResponse:
    raise Http404


def help_now(request: HttpRequest) -> HttpResponse:
    raise Http404


def about(request: HttpRequest) -> HttpResponse:
    raise Http404


def privacy(request: HttpRequest) -> HttpResponse:
    raise Http404
