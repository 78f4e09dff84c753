"""URLs of the commitment to priority groups, and of what outcomes teach."""

from django.urls import URLPattern, path

from untoit.web.landlord import commitment, learning

urlpatterns: list[URLPattern] = [
    path("engagement/", commitment.commitment, name="commitment"),
    path("engagement/export/<str:form>/", commitment.commitment_file, name="commitment_file"),
    path("apprentissage/", learning.learning, name="learning"),
    path("apprentissage/adopter/", learning.adopt, name="learning_adopt"),
    path("apprentissage/<uuid:set_id>/retirer/", learning.withdraw, name="learning_withdraw"),
]
