"""Photographs of a dwelling: added, put in order, taken away and given back, by its landlord."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control

from untoit.core.errors import Refused, UntoitError
from untoit.records.partners.rights import WRITE, Actor
from untoit.records.stock import photos, selectors
from untoit.records.stock.models import Vacancy
from untoit.web.access import access
from untoit.web.components.undo import say_with_undo
from untoit.web.landlord.home_forms import PhotoForm
from untoit.web.landlord.homes import page_of


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


@access("dwelling_stock")
@cache_control(private=True, max_age=3600)
def photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Send one photograph."""
    found = selectors.photo_for(_actor(request), photo_id)
    if found is None:
        raise Http404
    return HttpResponse(bytes(found.jpeg), content_type="image/jpeg")


@access("dwelling_stock", WRITE, methods=("POST",))
def add_photo(request: HttpRequest, vacancy_id: UUID) -> HttpResponse:
    """Add a photograph."""
    actor = _actor(request)
    vacancy = get_object_or_404(
        Vacancy.objects.writable_by(actor).select_related("building").defer("search", "search_masked"), pk=vacancy_id
    )
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["picture"]
        try:
            # Not more than the service accepts is brought into memory, whatever the size of the file.
            photos.add_photo(
                vacancy_id=vacancy_id, content=sent.read(photos.LARGEST_BYTES + 1),
                caption=form.cleaned_data["caption"], by=actor, at=actor.at,
            )
        except UntoitError as refusal:
            form.add_error("picture", refusal.sentence)
        else:
            messages.success(request, "Photo ajoutée.")
            return redirect(f"{reverse('landlord:home', args=[vacancy_id])}#photos")
    return render(request, "landlord/home.html", page_of(actor, vacancy, form), status=422)


@access("dwelling_stock", WRITE, methods=("POST",))
def move_photo(request: HttpRequest, vacancy_id: UUID, photo_id: UUID) -> HttpResponse:
    """Move a photograph one place towards the first."""
    actor = _actor(request)
    vacancy = get_object_or_404(Vacancy.objects.writable_by(actor).only("pk"), pk=vacancy_id)
    order = [one.pk for one in selectors.photos_of(vacancy)]
    if photo_id not in order:
        raise Http404
    place = order.index(photo_id)
    order.insert(max(0, place - 1), order.pop(place))
    photos.order_photos(vacancy_id=vacancy_id, photo_ids=order, by=actor, at=actor.at)
    return redirect(f"{reverse('landlord:home', args=[vacancy_id])}#photos")


@access("dwelling_stock", WRITE, methods=("POST",))
def remove_photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Take a photograph away, with the button that gives it back."""
    actor = _actor(request)
    removed = photos.remove_photo(photo_id=photo_id, by=actor, at=actor.at)
    say_with_undo(request, "Photo retirée.", reverse("landlord:restore_photo", args=[photo_id]))
    return redirect("landlord:home", removed.vacancy_id)


@access("dwelling_stock", WRITE, methods=("POST",))
def restore_photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Give a photograph back."""
    actor = _actor(request)
    try:
        restored = photos.restore_photo(photo_id=photo_id, by=actor, at=actor.at)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("landlord:homes")
    messages.success(request, "Photo remise en place.")
    return redirect("landlord:home", restored.vacancy_id)
