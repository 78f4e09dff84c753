"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import path

from untoit.web.organisation import invitations, views

app_name = "organisation"
urlpatterns = [
    path("", views.members, name="members"),
    path("membres/<uuid:membership_id>/fermer/", views.end_member, name="end_member"),
    path("membres/<uuid:membership_id>/reduire/", views.lower_member, name="lower_member"),
    path("invitations/", invitations.invitations, name="invitations"),
    path("invitations/<uuid:invitation_id>/approuver/", invitations.approve, name="approve_invitation"),
    path("invitations/<uuid:invitation_id>/retirer/", invitations.withdraw, name="withdraw_invitation"),
    path("bienvenue/<str:token>/", invitations.welcome, name="welcome"),
    path("jetons/", views.api_tokens, name="tokens"),
    path("jetons/<uuid:token_id>/revoquer/", views.revoke_token, name="revoke_token"),
    path("agir-pour/", views.switch, name="switch"),
    path("mon-compte/", views.account, name="account"),
    path("lectures/", views.reads, name="reads"),
]
