"""The words of the page of a person, short enough for a small telephone, in the languages that it speaks."""

from __future__ import annotations

from dataclasses import dataclass

from untoit.core.wording import typography
from untoit.core.wording.languages import OWN_NAMES


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the page: its code, its own name, and the way it is written."""

    code: str
    name: str
    direction: str = "ltr"


LANGUAGES = tuple(Language(code, OWN_NAMES[code], way) for code, way in (("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")))

FRENCH = {
    "hello": "Bonjour", "asked": "Vous êtes invité·e", "when": "Quand", "where": "Où", "how": "Pour venir",
    "travel": "Environ {minutes} minutes de trajet.",
    "choose": "Choisissez votre horaire", "choose_again": "Changer d’horaire", "kept": "Votre horaire",
    "places": "{count} places", "one_place": "1 place", "full": "Complet", "come": "Je viens",
    "coming": "C’est noté, nous vous attendons à {hour}.",
    "coming_short": "Vous venez",
    "out": "Vous ne venez pas", "out_more": "Vous avez changé d’avis ? Vous pouvez encore choisir un horaire.",
    "waiting": "Vous êtes sur la liste d’attente", "waiting_more": "Nous vous écrivons dès qu’une place se libère.",
    "cancelled": "Cette rencontre est annulée", "cancelled_more": "Nous vous recontactons bientôt.",
    "over": "Cette rencontre est terminée", "over_more": "Merci. La personne qui vous suit fait le point avec vous.",
    "not_coming": "Je ne peux pas venir", "wait": "Me mettre sur la liste d’attente",
    "call": "Je préfère être appelé·e", "other": "Autre chose ?",
    "timetable": "Vos rencontres", "stand": "Table", "advice": "Point conseil",
    "agenda": "Ajouter à mon agenda", "feedback": "Qu’en avez-vous pensé ?",
    "face_3": "Content·e", "face_2": "Moyen", "face_1": "Pas content·e", "done_feedback": "Merci pour votre avis.",
    "fixed": "Vos rencontres sont prévues. Pour changer d’heure, appelez-nous : nous cherchons avec vous.",
    "phone": "Une question ? Appelez le", "language": "Langue", "messages": "Vos messages",
    "stop_sms": "Ne plus recevoir de SMS", "stop_email": "Ne plus recevoir d’e-mail",
    "resume_sms": "Recevoir de nouveau les SMS", "resume_email": "Recevoir de nouveau les e-mails",
    "done_wave": "C’est noté : votre place est gardée.", "done_out": "C’est noté : vous ne venez pas.",
    "done_wait": "C’est noté : vous êtes sur la liste d’attente.",
    "done_call": "C’est noté : la personne qui vous suit va vous appeler.",
    "done_stop": "C’est noté : vous ne recevrez plus ces messages.", "done_resume": "C’est noté : vous les recevrez.",
    "taken": "", "all_full": "", "too_late": "",
}
ENGLISH = {
    "hello": "Hello", "asked": "You are invited", "when": "When", "where": "Where", "how": "How to get there",
    "travel": "About {minutes} minutes away.",
    "choose": "Choose your time", "choose_again": "Change the time", "kept": "Your time",
    "places": "{count} places left", "one_place": "1 place left", "full": "Full", "come": "I will come",
    "coming": "We expect you at {hour}.", "coming_short": "You are coming",
    "out": "You are not coming", "out_more": "Changed your mind? You can still choose a time.",
    "waiting": "You are on the waiting list", "waiting_more": "We will write to you as soon as a place is free.",
    "cancelled": "This meeting is cancelled", "cancelled_more": "We will contact you soon.",
    "over": "This meeting is over", "over_more": "Thank you. Your adviser will talk about it with you.",
    "not_coming": "I cannot come", "wait": "Put me on the waiting list", "call": "I would rather be called",
    "other": "Something else?",
    "timetable": "Your meetings", "stand": "Table", "advice": "Advice desk",
    "agenda": "Add to my calendar", "feedback": "What did you think of it?",
    "face_3": "Happy", "face_2": "So-so", "face_1": "Not happy", "done_feedback": "Thank you for your opinion.",
    "fixed": "Your meetings are planned. To change the time, call us: we will look for a solution with you.",
    "phone": "A question? Call", "language": "Language", "messages": "Your messages",
    "stop_sms": "Stop receiving text messages", "stop_email": "Stop receiving e-mails",
    "resume_sms": "Receive text messages again", "resume_email": "Receive e-mails again",
    "done_wave": "Done: your place is kept.", "done_out": "Done: you are not coming.",
    "done_wait": "Done: you are on the waiting list.", "done_call": "Done: your adviser will call you.",
    "done_stop": "Done: you will no longer receive these messages.", "done_resume": "Done: you will receive them.",
    "taken": "The last place was just taken. Please choose another time.",
    "all_full": "There is no place left. You can join the waiting list.",
    "too_late": "It can no longer be changed here: please call us.",
}
ARABIC = {
    "hello": "مرحبا", "asked": "أنت مدعو(ة)", "when": "متى", "where": "أين", "how": "كيفية الوصول",
    "travel": "حوالي {minutes} دقيقة للوصول.",
    "choose": "اختر(ي) موعدك", "choose_again": "تغيير الموعد", "kept": "موعدك",
    "places": "أماكن متبقية: {count}", "one_place": "مكان واحد متبق", "full": "مكتمل", "come": "سأحضر",
    "coming": "ننتظرك على الساعة {hour}.", "coming_short": "ستحضر(ين)",
    "out": "لن تحضر(ي)", "out_more": "هل غيرت رأيك؟ يمكنك اختيار موعد.",
    "waiting": "أنت على قائمة الانتظار", "waiting_more": "سنكتب لك عندما يتوفر مكان.",
    "cancelled": "تم إلغاء هذا اللقاء", "cancelled_more": "سنتصل بك قريبا.",
    "over": "انتهى هذا اللقاء", "over_more": "شكرا. سيتحدث معك الشخص الذي يرافقك.",
    "not_coming": "لا أستطيع الحضور", "wait": "ضعني على قائمة الانتظار", "call": "أفضل أن تتصلوا بي",
    "other": "شيء آخر؟",
    "timetable": "لقاءاتك", "stand": "طاولة", "advice": "مكتب الإرشاد",
    "agenda": "أضف إلى التقويم", "feedback": "ما رأيك في هذا اللقاء؟",
    "face_3": "راض(ية)", "face_2": "متوسط", "face_1": "غير راض(ية)", "done_feedback": "شكرا على رأيك.",
    "fixed": "لقاءاتك محددة. لتغيير الوقت، اتصل(ي) بنا.",
    "phone": "سؤال؟ اتصل(ي) على", "language": "اللغة", "messages": "رسائلك",
    "stop_sms": "عدم استلام رسائل SMS", "stop_email": "عدم استلام البريد الإلكتروني",
    "resume_sms": "استلام رسائل SMS من جديد", "resume_email": "استلام البريد الإلكتروني من جديد",
    "done_wave": "تم: مكانك محجوز.", "done_out": "تم: لن تحضر(ي).", "done_wait": "تم: أنت على قائمة الانتظار.",
    "done_call": "تم: سيتصل بك الشخص الذي يرافقك.", "done_stop": "تم: لن تستلم هذه الرسائل.",
    "done_resume": "تم: ستستلم الرسائل.",
    "taken": "تم حجز آخر مكان. اختر(ي) موعدا آخر.", "all_full": "لا يوجد مكان. يمكنك الانضمام إلى قائمة الانتظار.",
    "too_late": "لا يمكن التغيير هنا: اتصل(ي) بنا.",
}
WORDS: dict[str, dict[str, str]] = {
    "fr": {key: typography(text) for key, text in FRENCH.items()}, "en": ENGLISH, "ar": ARABIC,
}
