"""Any reader can say "I recognise somebody", without an account. Moderators hear of it and can take the page down."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from qa.querysets import find

from ..actions import recognition as actions
from ..forms.recognition import RecognitionForm


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """The question, then the thanks. A page that is gone needs no report."""
    page = find(slug, request.user)
    if page is None or page.withdrawn_at is not None:
        raise Http404
    form = RecognitionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.report(page, words=form.cleaned_data["words"])
        return render(request, "workflow/recognition/thanks.html")
    status = 422 if form.is_bound else 200
    return render(request, "workflow/recognition/report.html", {"page": page, "form": form}, status=status)
