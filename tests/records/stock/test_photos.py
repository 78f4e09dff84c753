"""Photographs are made small, lose what the telephone wrote in them, and a deletion can be undone."""

import io

import pytest
from django.http import Http404
from PIL import Image
from tests.factories.records import NOW, scheme, vacancy

from untoit.core.errors import Refused, UnusableInput
from untoit.records.stock import photos, selectors

pytestmark = pytest.mark.django_db


def picture(kind="JPEG", size=(40, 30), mode="RGB", **options):
    output = io.BytesIO()
    Image.new(mode, size, "red").save(output, kind, **options)
    return output.getvalue()


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def home(made):
    return vacancy(made.organisations["landlord"])


def add(made, home, content=None, caption="Le séjour", name="LA"):
    return photos.add_photo(
        vacancy_id=home.pk, content=content or picture(), caption=caption, by=made.actor(name), at=NOW
    )


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"),
                                            ("PNG", "1"), ("PNG", "LA"), ("WEBP", "RGB")])
def test_every_usual_picture_becomes_a_small_jpeg(made, home, kind, mode):
    kept = add(made, home, picture(kind, (3200, 1200), mode))

    stored = Image.open(io.BytesIO(bytes(kept.jpeg)))
    assert (stored.format, stored.mode, stored.size) == ("JPEG", "RGB", (1600, 600))
    assert (kept.width, kept.height) == (1600, 600)


def test_the_place_written_by_a_telephone_is_not_kept_and_the_picture_stands_upright(made, home):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "CANARI-MARQUE"
    exif.get_ifd(0x8825)[2] = (50.0, 37.0, 12.0)

    kept = add(made, home, picture(size=(40, 30), exif=exif))

    assert b"CANARI" not in bytes(kept.jpeg) and not Image.open(io.BytesIO(bytes(kept.jpeg))).getexif()
    assert (kept.width, kept.height) == (30, 40)


@pytest.mark.parametrize("content", [
    b"", b"<svg/>", b"%PDF-1.7", picture("GIF"), picture()[:200], picture("PNG")[:50], b"\xff" * 100,
    b"x" * (8 * 2**20 + 1),
])
def test_what_is_no_picture_is_refused_in_one_sentence(made, home, content):
    with pytest.raises(UnusableInput, match="Attendu"):
        photos.add_photo(vacancy_id=home.pk, content=content, caption="Séjour", by=made.actor("LA"), at=NOW)


def test_a_huge_picture_in_a_small_file_is_refused(made, home):
    with pytest.raises(UnusableInput, match="60 millions"):
        add(made, home, picture("PNG", (9000, 9000), "1"))


def test_a_photo_says_what_one_sees(made, home):
    with pytest.raises(Refused, match="ce que l'on voit"):
        add(made, home, caption=" ")


def test_photos_are_put_in_order_taken_away_and_given_back(made, home):
    one, _, three = (add(made, home, caption=name) for name in ("un", "deux", "trois"))

    photos.order_photos(vacancy_id=home.pk, photo_ids=[three.pk, one.pk], by=made.actor("LM"), at=NOW)
    photos.remove_photo(photo_id=one.pk, by=made.actor("LM"), at=NOW)
    assert [photo.caption for photo in selectors.photos_of(home)] == ["trois", "deux"]

    photos.restore_photo(photo_id=one.pk, by=made.actor("LM"), at=NOW)
    assert [photo.caption for photo in selectors.photos_of(home)] == ["trois", "un", "deux"]


def test_twelve_photos_at_most(made, home):
    for _ in range(12):
        add(made, home)

    with pytest.raises(Refused, match="12 photos"):
        add(made, home)


@pytest.mark.parametrize("name", ["LM_other", "PART", "DEP", "EMPP", "EMPL", "FUND"])
def test_others_neither_read_nor_touch_a_photo(made, home, name):
    kept = add(made, home)

    assert selectors.photo_for(made.actor(name), kept.pk) is None
    with pytest.raises(Http404):
        photos.remove_photo(photo_id=kept.pk, by=made.actor(name), at=NOW)
    with pytest.raises(Http404):
        add(made, home, name=name)
