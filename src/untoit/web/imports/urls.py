"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import path

from untoit.web.imports import decisions, downloads, views

app_name = "imports"
urlpatterns = [
    path("", views.index, name="list"),
    path("nouveau/", views.new, name="new"),
    path("modele/<str:kind>.<str:form>", downloads.model, name="model"),
    path("<uuid:batch_id>/", views.batch, name="batch"),
    path("<uuid:batch_id>/avancement/", views.progress, name="progress"),
    path("<uuid:batch_id>/colonnes/", views.columns, name="columns"),
    path("<uuid:batch_id>/lignes/<int:line>/", views.row, name="row"),
    path("<uuid:batch_id>/lignes/<int:line>/decision/", decisions.decide, name="decide"),
    path("<uuid:batch_id>/doublons/", decisions.decide_rest, name="decide_rest"),
    path("<uuid:batch_id>/confirmer/", decisions.confirm, name="confirm"),
    path("<uuid:batch_id>/annuler/", decisions.undo, name="undo"),
    path("<uuid:batch_id>/abandonner/", decisions.abandon, name="abandon"),
    path("<uuid:batch_id>/reprendre/", decisions.take_up_again, name="take_up_again"),
    path("<uuid:batch_id>/a-corriger.<str:form>", downloads.corrections, name="corrections"),
]
