"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import URLPattern, path

from untoit.web.desk import calendar, cases, morning, news, notifications, search

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("matin/", morning.morning, name="morning"),
    path("matin/<uuid:task_id>/prendre/", morning.claim, name="claim"),
    path("matin/<uuid:task_id>/remettre/", morning.release, name="release"),
    path("matin/<uuid:task_id>/terminer/", morning.finish, name="finish"),
    path("matin/<uuid:task_id>/rouvrir/", morning.reopen, name="reopen"),
    path("matin/<uuid:task_id>/reporter/", morning.postpone, name="postpone"),
    path("matin/<uuid:task_id>/annuler-le-report/", morning.undo_postpone, name="undo_postpone"),
    path("suivi/", cases.cases, name="cases"),
    path("suivi/<uuid:household_id>/", cases.case, name="case"),
    path("recherche/", search.search, name="search"),
    path("agenda/", calendar.agenda, name="agenda"),
    path("agenda/ouvrir/", calendar.open_feed, name="agenda_open"),
    path("agenda/fermer/", calendar.close_feed, name="agenda_close"),
    path("nouveautes/", news.changes, name="changes"),
    path("matin/messages/", notifications.notifications, name="notifications"),
]
