"""The case page."""

from django.http import Http404, HttpRequest, HttpResponse


def case(request: HttpRequest, public_id: str) -> HttpResponse:
    raise Http404
