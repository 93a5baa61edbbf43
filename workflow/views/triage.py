"""Moderators look after danger, de-identify, assign."""

from django.http import Http404, HttpRequest, HttpResponse


def queue(request: HttpRequest) -> HttpResponse:
    raise Http404


def board(request: HttpRequest) -> HttpResponse:
    raise Http404


def letter(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def question(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def raise_flag(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def acknowledge(request: HttpRequest, public_id: str, flag_id: int) -> HttpResponse:
    raise Http404


def close(request: HttpRequest, public_id: str, flag_id: int) -> HttpResponse:
    raise Http404


def assign(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def triage(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404


def decline(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404
