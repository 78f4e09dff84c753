"""The HTTP interface, version 1: its routers, its errors in French, its documentation."""

from __future__ import annotations

from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import JSONRenderer
from ninja.throttling import AuthRateThrottle

from untoit import __version__
from untoit.api.auth import Denied, KeyAuth
from untoit.api.candidates import router as candidates
from untoit.api.figures import cases_router, commitment_router, indicators_router
from untoit.api.offers import router as offers
from untoit.api.runs import runs_router, tandems_router
from untoit.api.vacancies import router as vacancies
from untoit.api.wording import in_french
from untoit.core.errors import Refused


class _Readable(JSONRenderer):
    """JSON in which « é » is an é."""

    json_dumps_params: ClassVar = {"ensure_ascii": False}


api = NinjaAPI(
    title="Un toit, un emploi",
    version=__version__,
    description="Offres, logements libres, candidats suivis, calculs, tandems, suivi et indicateurs, avec les droits "
    "de l'organisation qui détient la clé. Les champs portent les noms des fichiers d'échange.",
    urls_namespace="api",
    auth=KeyAuth(),
    renderer=_Readable(),
    throttle=[AuthRateThrottle("600/m")],
    docs_url="/documentation",
)
api.add_router("/offers", offers)
api.add_router("/vacancies", vacancies)
api.add_router("/candidates", candidates)
api.add_router("/runs", runs_router)
api.add_router("/tandems", tandems_router)
api.add_router("/engagement", commitment_router)
api.add_router("/indicateurs", indicators_router)
api.add_router("/suivi", cases_router)


def _refuse(request: HttpRequest, detail: object, status: int) -> HttpResponse:
    return api.create_response(request, {"detail": detail}, status=status)


@api.exception_handler(AuthenticationError)
def _unknown_key(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
    return _refuse(request, "Clé absente, inconnue, expirée ou révoquée. Attendu : Authorization: Bearer <clé>.", 401)


@api.exception_handler(Denied)
def _denied(request: HttpRequest, refusal: Denied) -> HttpResponse:
    return _refuse(request, f"Cette clé n'a pas la portée « {refusal.scope} ».", 403)


@api.exception_handler(Http404)
def _nothing(request: HttpRequest, _: Http404) -> HttpResponse:
    return _refuse(request, "Rien à cette adresse pour cette clé.", 404)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    return _refuse(request, refusal.sentence, 409)


@api.exception_handler(HttpError)
def _mistaken(request: HttpRequest, refusal: HttpError) -> HttpResponse:
    unreadable = "Le corps de la requête ne se lit pas. Attendu : du JSON en UTF-8."
    return _refuse(request, unreadable if refusal.status_code == 400 else refusal.message, refusal.status_code)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
    return _refuse(request, [in_french(one) for one in refusal.errors], 422)
