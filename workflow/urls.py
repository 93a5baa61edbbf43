"""Addresses of the desks and of the members' own pages. The first word after /desk/ is the stage."""

from django.urls import path

from .views import answering, holding, intake, member, presence, publication, records, review, triage, worklist

app_name = "workflow"
urlpatterns = [
    # members
    path("ask/", intake.ask, name="ask"),
    path("ask/draft/", intake.save_draft, name="save_draft"),
    path("ask/draft/delete/", intake.delete_draft, name="delete_draft"),
    path("ask/check/", intake.check, name="ask_check"),
    path("ask/sent/<slug:public_id>/", intake.sent, name="ask_sent"),
    path("my/", member.my_cases, name="my_cases"),
    path("my/<slug:public_id>/", member.status, name="status"),
    path("my/<slug:public_id>/answer/", member.answer, name="my_answer"),
    path("my/<slug:public_id>/consent/", member.consent, name="consent"),
    path("my/<slug:public_id>/unpublish/", member.unpublish, name="my_unpublish"),
    path("my/<slug:public_id>/withdraw/", member.withdraw, name="withdraw"),
    path("my/<slug:public_id>/mail/", member.choose_mail, name="choose_mail"),
    # moderators
    path("desk/triage/", worklist.queue, name="queue"),
    path("desk/triage/next/", worklist.following, name="next"),
    path("desk/triage/news/", worklist.news, name="news"),
    path("desk/board/", worklist.board, name="board"),
    path("desk/cases/<slug:public_id>/", records.case, name="case"),
    path("desk/cases/<slug:public_id>/here/<slug:page>/", presence.presence, name="presence"),
    path("desk/triage/<slug:public_id>/letter/", triage.letter, name="letter"),
    path("desk/triage/<slug:public_id>/question/", triage.question, name="question"),
    path("desk/triage/<slug:public_id>/flags/raise/", triage.raise_flag, name="raise_flag"),
    path("desk/triage/<slug:public_id>/flags/<int:flag_id>/acknowledge/", triage.acknowledge, name="acknowledge_flag"),
    path("desk/triage/<slug:public_id>/flags/<int:flag_id>/close/", triage.close, name="close_flag"),
    path("desk/triage/<slug:public_id>/assign/", triage.assign, name="assign"),
    path("desk/triage/<slug:public_id>/pass/", triage.triage, name="triage"),
    path("desk/triage/<slug:public_id>/decline/", triage.decline, name="decline"),
    path("desk/review/<slug:public_id>/", review.review, name="review"),
    path("desk/review/<slug:public_id>/return/", review.request_changes, name="request_changes"),
    path("desk/review/<slug:public_id>/approve/", review.approve, name="approve"),
    path("desk/review/<slug:public_id>/start/", holding.start_review, name="start_review"),
    path("desk/review/<slug:public_id>/take-over/", holding.take_over_review, name="take_over_review"),
    path("desk/review/<slug:public_id>/reopen/", review.reopen, name="reopen"),
    path("desk/publication/<slug:public_id>/", publication.preview, name="preview"),
    path("desk/publication/<slug:public_id>/publish/", publication.publish, name="publish"),
    path("desk/publication/<slug:public_id>/unschedule/", publication.unschedule, name="unschedule"),
    path("desk/publication/<slug:public_id>/unpublish/", publication.unpublish, name="unpublish"),
    # experts
    path("desk/answering/", answering.my_desk, name="answering"),
    path("desk/answering/away/", holding.away, name="away"),
    path("desk/answering/<slug:public_id>/", answering.write, name="write"),
    path("desk/answering/<slug:public_id>/claim/", holding.claim, name="claim"),
    path("desk/answering/<slug:public_id>/give-back/", holding.give_back, name="give_back"),
    path("desk/answering/<slug:public_id>/hand-over/", holding.hand_over, name="hand_over"),
    path("desk/answering/<slug:public_id>/save/", answering.save, name="save_answer"),
    path("desk/answering/<slug:public_id>/submit/", answering.submit, name="submit_draft"),
    path("desk/answering/<slug:public_id>/reopen/", answering.reopen, name="expert_reopen"),
    path("desk/answering/<slug:public_id>/flag/", answering.raise_flag, name="expert_flag"),
    path("desk/answering/<slug:public_id>/revisions/<int:number>/", answering.revision, name="revision"),
]
