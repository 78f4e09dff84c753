"""A letter to a household: its page, the PDF to print, and how it left."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.records.followup.housing import landlord_side
from untoit.records.followup.housing import letters as services
from untoit.records.followup.models import Letter
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE
from untoit.reporting import housing_letters
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.forms import DayInput
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo


class HandedForm(forms.Form):
    """How a letter left, and when."""

    use_required_attribute = False

    how = forms.ChoiceField(label="Par", choices=[("", "Choisir…"), *services.WAYS])
    on = forms.DateField(label="Le", widget=DayInput())


@access("messages")
def letter(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Show what the letter says, and whether it left."""
    actor, _ = asked(request)
    found = landlord_side.letter_page(actor, letter_id)
    return _page(request, found, HandedForm(initial={"on": actor.today}))


def _page(request: HttpRequest, found: Letter, form: HandedForm, status: int = 200) -> HttpResponse:
    actor, _ = asked(request)
    note_read(actor, "messages", "letter", found.pk)
    return render(request, "landlord/letter.html", {
        "letter": found, "form": form, "content": housing_letters.content(found),
        "writes": actor.may("housing_act", WRITE),
    }, status=status)


@access("messages")
def letter_pdf(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Send the letter to print."""
    actor, now = asked(request)
    found = landlord_side.letter_page(actor, letter_id)
    note_read(actor, "messages", "letter", found.pk)
    services.printed(found, by=actor, at=now)
    return pdf_response(found)


def pdf_response(found: Letter) -> HttpResponse:
    """Answer a letter as a PDF; the name of a file stays in the history of the browser: it names nobody."""
    answer = HttpResponse(housing_letters.pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="courrier-{str(found.pk)[:8]}.pdf"'
    return answer


@access("housing_act", WRITE, methods=("POST",))
def letter_handed(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Note how the letter left."""
    actor, now = asked(request)
    found = landlord_side.letter_page(actor, letter_id)
    form = HandedForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    back = reverse("landlord:letter", args=[letter_id])
    try:
        services.hand_over(
            letter_id=letter_id, how=form.cleaned_data["how"], on=form.cleaned_data["on"], by=actor, at=now
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    say_with_undo(request, "C’est noté : le courrier est parti.", reverse("landlord:letter_back", args=[letter_id]))
    return redirect(back)


@access("housing_act", WRITE, methods=("POST",))
def letter_back(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Say that it had not left after all."""
    actor, now = asked(request)
    landlord_side.letter_page(actor, letter_id)
    services.take_back(letter_id=letter_id, by=actor, at=now)
    messages.success(request, "C’est annulé : le courrier attend de nouveau.")
    return redirect("landlord:letter", letter_id)
