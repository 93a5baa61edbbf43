"""Experts claim, write and send answers."""

from django.http import Http404, HttpRequest, HttpResponse


def my_desk(request: HttpRequest) -> HttpResponse:
    raise Http404


def write(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def claim(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def give_back(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def save(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def raise_flag(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def revision(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    raise Http404
