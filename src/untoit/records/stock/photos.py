"""Photographs of a vacancy: received, made small, stripped of what a telephone writes in them, put in order."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.shortcuts import get_object_or_404

from untoit.core.errors import Refused, UnusableInput
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Photo, Vacancy

LARGEST_BYTES = 8 * 2**20
LARGEST_SIDE = 1600
MOST = 12
# What a telephone of today makes is 50 megapixels; beyond, a small file may unpack to gigabytes.
_MOST_PIXELS = 60_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")


@transaction.atomic
def add_photo(*, vacancy_id: UUID, content: bytes, caption: str, by: Actor, at: datetime) -> Photo:
    """Keep a photograph as a JPEG of at most 1600 pixels without metadata; ``caption`` says what one sees."""
    vacancy = _locked(vacancy_id, by)
    if not caption.strip():
        raise Refused(
            "Dites en quelques mots ce que l'on voit : c'est ce qu'entend une personne qui ne voit pas l'image."
        )
    kept = vacancy.photos.filter(removed_at=None)
    if kept.count() >= MOST:
        raise Refused(f"{MOST} photos au plus par logement : retirez-en une avant d'en ajouter.")
    jpeg, width, height = reduced(content)
    last = kept.aggregate(last=Max("order"))["last"]
    photo = Photo.objects.create(
        vacancy=vacancy, caption=caption.strip(), jpeg=jpeg, width=width, height=height,
        order=0 if last is None else last + 1, added_by_id=by.user_id,
    )
    note_act(by, "photo.added", "vacancy", vacancy.pk, at=at)
    return photo


@transaction.atomic
def order_photos(*, vacancy_id: UUID, photo_ids: Sequence[UUID], by: Actor, at: datetime) -> None:
    """Put the photographs in this order; those that are not named come after."""
    vacancy = _locked(vacancy_id, by)
    photos = list(vacancy.photos.filter(removed_at=None).defer("jpeg"))
    wanted = {photo_id: place for place, photo_id in enumerate(photo_ids)}
    photos.sort(key=lambda photo: wanted.get(photo.pk, len(wanted)))
    for place, photo in enumerate(photos):
        photo.order = place
    Photo.objects.bulk_update(photos, ["order"])
    note_act(by, "photo.ordered", "vacancy", vacancy.pk, at=at)


@transaction.atomic
def remove_photo(*, photo_id: UUID, by: Actor, at: datetime) -> Photo:
    """Take a photograph away; :func:`restore_photo` undoes it."""
    photo = _photo(photo_id, by)
    if photo.removed_at is None:
        photo.removed_at = at
        photo.save(update_fields=["removed_at"])
        note_act(by, "photo.removed", "vacancy", photo.vacancy_id, at=at)
    return photo


@transaction.atomic
def restore_photo(*, photo_id: UUID, by: Actor, at: datetime) -> Photo:
    """Put back a photograph that was taken away."""
    photo = _photo(photo_id, by)
    if photo.removed_at is not None:
        photo.removed_at = None
        photo.save(update_fields=["removed_at"])
        note_act(by, "photo.restored", "vacancy", photo.vacancy_id, at=at)
    return photo


def reduced(content: bytes) -> tuple[bytes, int, int]:
    """
    Return a picture as a JPEG whose longest side is at most 1600 pixels, without metadata, with its width and height.

    The picture is drawn again from its pixels: the place and the hour that a telephone writes stay behind.

    Raises
    ------
    UnusableInput
        With one sentence, when it is too heavy, too large, or no JPEG, PNG or WebP picture.
    """
    from PIL import Image, ImageOps

    if len(content) > LARGEST_BYTES:
        raise UnusableInput("La photo dépasse 8 Mo. Attendu : une image JPEG, PNG ou WebP de 8 Mo au plus.")
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures; ours are measured below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=_FORMATS)
            if picture.width * picture.height > _MOST_PIXELS:
                raise UnusableInput("La photo a trop de points. Attendu : 60 millions de pixels au plus.")
            picture.draft("RGB", (2 * LARGEST_SIDE, 2 * LARGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            flat = Image.new("RGB", upright.size, "white")
            flat.paste(upright, mask=upright.convert("RGBA").getchannel("A") if upright.has_transparency_data else None)
    except UnusableInput:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as refusal:
        raise UnusableInput(
            "Cette image ne peut pas être lue. Attendu : une photo JPEG, PNG ou WebP, entière."
        ) from refusal
    flat.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    output = io.BytesIO()
    flat.save(output, "JPEG", quality=82, optimize=True, progressive=True)
    return output.getvalue(), flat.width, flat.height


def _locked(vacancy_id: UUID, by: Actor) -> Vacancy:
    vacancy: Vacancy = get_object_or_404(
        Vacancy.objects.writable_by(by).select_for_update(of=("self",)).defer("search", "search_masked"), pk=vacancy_id
    )
    return vacancy


def _photo(photo_id: UUID, by: Actor) -> Photo:
    photos = Photo.objects.filter(vacancy__in=Vacancy.objects.writable_by(by)).defer("jpeg")
    photo: Photo = get_object_or_404(photos.select_for_update(of=("self",)), pk=photo_id)
    return photo
