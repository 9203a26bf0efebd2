"""The table: every address, and who may come in. Whoever is not named gets "not there" (or the door, unsigned in).

`values` fills the address in from the scene (tests/access/people.py). `post` marks an address that only takes POST.
"""

from dataclasses import dataclass

ANYONE = frozenset({"*"})
OWN = frozenset({"participant, own"})
IN_PROGRAMME = OWN | {"participant, other study"}
PARTICIPANTS = IN_PROGRAMME | {"participant, usual care"}
#: Who stands in for a colleague comes as far as that colleague.
CARE = frozenset({"therapist, own", "coach, own", "coach, standing in"})
CARERS = CARE | {"therapist, other", "coach, other"}
COORDINATOR = frozenset({"coordinator"})
COORDINATORS = COORDINATOR | {"coordinator, other study"}
REFERRERS = frozenset({"referrer, own", "referrer, other"})
WORKPLACES = frozenset({"workplace, own", "workplace, other"})
ANALYST = frozenset({"analyst"})
DATA_MANAGER = frozenset({"data manager"})
DATA_MANAGERS = DATA_MANAGER | {"data manager, other study"}
STEWARD = frozenset({"steward"})


@dataclass(frozen=True)
class Row:
    """One address: how to fill it in, who may come in, and whether it only takes POST."""

    who: frozenset[str]
    values: tuple[str, ...] = ()
    post: bool = False


#: The account pages are allauth's: for anyone who is signing in, or signed in with a password. A participant, who has
#: none, finds only the way out.
# fmt: off
ACCOUNT = [
    "account_login", "account_inactive", "account_reauthenticate", "account_change_password",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "mfa_index", "mfa_authenticate", "mfa_reauthenticate",
    "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_login_webauthn",
]
# fmt: on

TABLE: dict[str, Row] = {
    "home": Row(ANYONE),
    "health": Row(ANYONE),
    "reading": Row(ANYONE, post=True),
    "icon": Row(ANYONE),
    "link": Row(ANYONE, ("=no-such-token",)),
    "join": Row(ANYONE, ("=steps",)),
    # Whoever has the private address reads the feed: the address is the key.
    "calendar": Row(ANYONE, ("feed",)),
    "account_logout": Row(ANYONE),
    "demo:index": Row(ANYONE),
    "demo:outbox": Row(ANYONE),
    "demo:time": Row(ANYONE, post=True),
    # One press in the demonstration; without such a way in there is nothing there, for anyone.
    "demo:enter": Row(frozenset(), ("=never",), post=True),
    # Participant
    "participant:today": Row(PARTICIPANTS),
    "participant:code": Row(PARTICIPANTS | {"participant, own, by link"}),
    "participant:questionnaires": Row(PARTICIPANTS),
    "participant:questionnaire": Row(OWN | {"participant, own, by link"}, ("measurement",)),
    "participant:check": Row(OWN | {"participant, own, by link"}, ("measurement",)),
    "participant:turn": Row(OWN | {"participant, own, by link"}, ("measurement",)),
    "participant:pause": Row(OWN | {"participant, own, by link"}, ("measurement",)),
    "participant:pace": Row(OWN | {"participant, own, by link"}, ("measurement",), post=True),
    "participant:two": Row(OWN | {"participant, own, by link"}, ("measurement",)),
    "participant:question": Row(OWN | {"participant, own, by link"}, ("measurement", "=work-follow-up", "=employed")),
    "participant:consent": Row(PARTICIPANTS, ("=study",)),
    "participant:understand": Row(PARTICIPANTS, ("=study",), post=True),
    "participant:consent_items": Row(PARTICIPANTS, ("=study",)),
    # The signed sheet is there once a coordinator signed, as for the person of the scene.
    "participant:consent_sheet": Row(OWN, ("=study",)),
    "participant:leave": Row(PARTICIPANTS, ("=study",)),
    "participant:plan": Row(IN_PROGRAMME),
    "participant:agree": Row(OWN, ("plan",), post=True),
    "participant:step_back": Row(OWN),
    "participant:relapse": Row(OWN),
    "participant:plan_paper": Row(OWN),
    "participant:plan_calendar": Row(OWN),
    # The dates of the law are part of the programme: usual care has no such pages.
    "participant:rights": Row(IN_PROGRAMME),
    "participant:rights_facts": Row(IN_PROGRAMME),
    "participant:mark_deadline": Row(IN_PROGRAMME, ("=action_plan",), post=True),
    "participant:sessions": Row(IN_PROGRAMME),
    "participant:confirm": Row(OWN, ("talk",), post=True),
    "participant:knowledge": Row(IN_PROGRAMME),
    "participant:module": Row(OWN, ("=energy_balance",)),
    # Texts are for a country, so a programme elsewhere has the general ones alike; usual care has none.
    "participant:article": Row(IN_PROGRAMME, ("=tiredness",)),
    # The diary, the goals and the stages are the programme's: usual care finds nothing there.
    "participant:energy": Row(IN_PROGRAMME),
    "participant:note_energy": Row(IN_PROGRAMME, post=True),
    "participant:share_diary": Row(IN_PROGRAMME, post=True),
    "participant:energy_note": Row(OWN, ("note",)),
    "participant:take_back_energy": Row(OWN, ("note",), post=True),
    "participant:practised": Row(OWN, ("practice",), post=True),
    "participant:goals": Row(IN_PROGRAMME),
    "participant:set_goal": Row(IN_PROGRAMME),
    "participant:goal": Row(OWN, ("goal",)),
    # Rentree does not work with stages of change: its participants find nothing there either.
    "participant:stage": Row(OWN),
    # Looking for new work: open in Rentree; in STEPS for whom the care team opened it, as for the person of the scene.
    "participant:search": Row(IN_PROGRAMME),
    "participant:begin_search": Row(IN_PROGRAMME),
    "participant:end_search": Row(IN_PROGRAMME, post=True),
    "participant:wishes": Row(IN_PROGRAMME),
    "participant:search_goal": Row(IN_PROGRAMME),
    "participant:add_application": Row(IN_PROGRAMME),
    "participant:application": Row(OWN, ("offered",)),
    "participant:share_application": Row(OWN, ("offered",), post=True),
    "participant:accept_offer": Row(OWN, ("offered",)),
    "participant:record_job": Row(OWN, ("hired",)),
    "participant:add_placement": Row(IN_PROGRAMME),
    "participant:placement": Row(OWN, ("placement",)),
    "participant:record": Row(PARTICIPANTS),
    # Everyone who took part in the study may read what came out of it, whatever their group.
    "participant:results": Row(OWN | {"participant, usual care"}),
    "participant:looked": Row(PARTICIPANTS),
    "participant:contact": Row(PARTICIPANTS),
    # Letting a workplace in is part of the programme: usual care has no such page.
    "participant:workplace": Row(IN_PROGRAMME),
    "participant:end_workplace": Row(OWN, ("link",), post=True),
    # The people around someone: part of the programme, so usual care has none of these pages.
    "participant:work": Row(IN_PROGRAMME),
    "participant:share": Row(OWN, ("link",)),
    "participant:preview": Row(OWN, ("link",)),
    "participant:said_at_work": Row(OWN, ("link",)),
    "participant:adjustment": Row(OWN, ("adjustment", "=agree"), post=True),
    "participant:messages": Row(IN_PROGRAMME),
    "participant:people": Row(IN_PROGRAMME),
    "participant:party": Row(IN_PROGRAMME, ("=occupational_physician",)),
    "participant:end_party": Row(IN_PROGRAMME, ("=occupational_physician",), post=True),
    "participant:letter": Row(OWN, ("letter",)),
    "participant:letter_pdf": Row(OWN, ("letter",)),
    "participant:change_letter": Row(OWN, ("letter", "=agree"), post=True),
    "participant:calendar": Row(IN_PROGRAMME),
    "participant:talk_file": Row(OWN, ("talk",)),
    "participant:closing": Row(IN_PROGRAMME),
    "participant:closing_words": Row(IN_PROGRAMME),
    "participant:agree_closing": Row(IN_PROGRAMME, post=True),
    "participant:week_paper": Row(IN_PROGRAMME),
    # Therapist and coach
    "coach:caseload": Row(CARERS),
    "coach:case": Row(CARE, ("pseudonym",)),
    "coach:plan_session": Row(CARE, ("pseudonym",)),
    "coach:session": Row(CARE, ("session",)),
    "coach:change_session": Row(CARE, ("session", "=confirm"), post=True),
    "coach:offer_plan": Row(CARE, ("pseudonym",)),
    "coach:accept_plan": Row(CARE, ("pseudonym", "plan"), post=True),
    "coach:plan_paper": Row(CARE, ("pseudonym",)),
    "coach:plan_calendar": Row(CARE, ("pseudonym",)),
    "coach:clock": Row(CARE, ("pseudonym",)),
    "coach:clock_facts": Row(CARE, ("pseudonym",)),
    "coach:mark_deadline": Row(CARE, ("pseudonym", "=action_plan"), post=True),
    "coach:record_work": Row(CARE, ("pseudonym",)),
    "coach:advance": Row(CARE, ("pseudonym",), post=True),
    "coach:complete": Row(CARE, ("pseudonym",), post=True),
    "coach:stages": Row(CARE, ("pseudonym",)),
    "coach:readiness": Row(CARE, ("pseudonym",)),
    "coach:goals": Row(CARE, ("pseudonym",)),
    "coach:set_goal": Row(CARE, ("pseudonym",)),
    "coach:goal": Row(CARE, ("goal",)),
    "coach:energy": Row(CARE, ("pseudonym",)),
    "coach:note_energy": Row(CARE, ("pseudonym",)),
    "coach:budget": Row(CARE, ("pseudonym",)),
    "coach:practice": Row(CARE, ("pseudonym",)),
    "coach:end_practice": Row(CARE, ("practice",), post=True),
    # A note is taken back by who wrote it down for someone, and by nobody else of the care team.
    "coach:take_back_energy": Row(frozenset({"coach, own"}), ("noted",), post=True),
    "coach:life_event": Row(CARE, ("pseudonym",)),
    "coach:adverse_event": Row(CARE, ("pseudonym",)),
    "coach:away": Row(CARERS),
    "coach:end_cover": Row(frozenset({"coach, own"}), ("cover",), post=True),
    "coach:hand_over": Row(CARE, ("pseudonym",)),
    "coach:take_over": Row(CARE, ("hand_over",), post=True),
    "coach:talk_file": Row(CARE, ("session",)),
    "coach:calendar": Row(CARERS),
    "coach:contact": Row(CARE, ("pseudonym",)),
    "coach:adjustment": Row(CARE, ("pseudonym",)),
    "coach:change_adjustment": Row(CARE, ("adjustment", "=arranged"), post=True),
    "coach:messages": Row(CARE, ("pseudonym",)),
    "coach:workplace_messages": Row(CARE, ("pseudonym", "link")),
    "coach:write_letter": Row(CARE, ("pseudonym",)),
    "coach:letter": Row(CARE, ("letter",)),
    "coach:letter_pdf": Row(CARE, ("letter",)),
    "coach:change_letter": Row(CARE, ("letter", "=send"), post=True),
    "coach:search": Row(CARE, ("pseudonym",)),
    "coach:begin_search": Row(CARE, ("pseudonym",)),
    "coach:end_search": Row(CARE, ("pseudonym",), post=True),
    "coach:wishes": Row(CARE, ("pseudonym",)),
    "coach:search_goal": Row(CARE, ("pseudonym",)),
    "coach:add_application": Row(CARE, ("pseudonym",)),
    "coach:application": Row(CARE, ("offered",)),
    "coach:accept_offer": Row(CARE, ("offered",)),
    "coach:record_job": Row(CARE, ("hired",)),
    "coach:add_placement": Row(CARE, ("pseudonym",)),
    "coach:placement": Row(CARE, ("placement",)),
    "coach:closing": Row(CARE, ("pseudonym",)),
    "coach:closing_words": Row(CARE, ("pseudonym",)),
    "coach:closing_own": Row(CARE, ("pseudonym",)),
    "coach:closing_step": Row(CARE, ("pseudonym", "=prepare"), post=True),
    "coach:reopen": Row(CARE, ("pseudonym",)),
    "coach:aftercare": Row(CARE, ("pseudonym",)),
    "coach:hold_aftercare": Row(CARE, ("aftercare",)),
    "coach:change_aftercare": Row(CARE, ("aftercare", "=miss"), post=True),
    # What one place on the care team is asked is answered by who holds that place, and by nobody else of the team.
    "coach:questions": Row(frozenset({"therapist, own"}), ("pseudonym", "asked_of_therapist")),
    "coach:check_questions": Row(frozenset({"therapist, own"}), ("pseudonym", "asked_of_therapist")),
    "coach:week_paper": Row(CARE, ("pseudonym",)),
    # What is a participant's own is written down for them by who looks after them, and by nobody else.
    "coach:choose_paper": Row(CARE, ("pseudonym",), post=True),
    "coach:behalf": Row(CARE, ("pseudonym",)),
    "coach:behalf_write": Row(CARE, ("pseudonym", "=step-back")),
    "coach:behalf_press": Row(CARE, ("pseudonym", "=share-diary", "=0"), post=True),
    # Workplace: nothing of someone's search is among its pages.
    "workplace:calendar": Row(WORKPLACES),
    "workplace:calendar_file": Row(frozenset({"workplace, own"}), ("pseudonym",)),
    "workplace:home": Row(WORKPLACES),
    "workplace:worker": Row(frozenset({"workplace, own"}), ("pseudonym",)),
    "workplace:confirm": Row(frozenset({"workplace, own"}), ("pseudonym",), post=True),
    "workplace:prepare": Row(frozenset({"workplace, own"}), ("pseudonym",)),
    "workplace:questions": Row(frozenset({"workplace, own"}), ("pseudonym", "asked_of_workplace")),
    "workplace:check_questions": Row(frozenset({"workplace, own"}), ("pseudonym", "asked_of_workplace")),
    "workplace:messages": Row(frozenset({"workplace, own"}), ("pseudonym",)),
    "workplace:change": Row(frozenset({"workplace, own"}), ("pseudonym", "adjustment", "=agree"), post=True),
    # The study
    "research:progress": Row(COORDINATORS),
    # Only a study with partners has their page: STEPS has, Rentree has none.
    "research:partners": Row(COORDINATOR),
    "research:recruitment": Row(COORDINATORS),
    "research:screening": Row(COORDINATORS),
    "research:participants": Row(COORDINATORS),
    "research:participant": Row(COORDINATOR, ("pseudonym",)),
    "research:act": Row(COORDINATOR, ("pseudonym", "=withdraw"), post=True),
    "research:consents": Row(COORDINATORS),
    "research:sign_consent": Row(COORDINATOR, ("consent",)),
    "research:consent_sheet": Row(COORDINATOR, ("signed",)),
    "research:calendar": Row(COORDINATORS),
    "research:mails": Row(COORDINATORS),
    "research:texts": Row(COORDINATORS),
    "research:mails_of": Row(COORDINATOR, ("pseudonym",)),
    "research:settle": Row(COORDINATOR, ("mail", "=arrived"), post=True),
    "research:alerts": Row(COORDINATORS),
    "research:alert": Row(COORDINATOR, ("alert",)),
    "research:missed": Row(COORDINATOR, ("measurement",)),
    "research:answers": Row(COORDINATOR, ("measurement",)),
    "research:gaps": Row(COORDINATOR, ("measurement",)),
    "research:on_paper": Row(COORDINATOR, ("measurement",)),
    "research:send_link": Row(COORDINATOR, ("measurement",), post=True),
    "research:correct": Row(COORDINATOR, ("answered", "=background.age")),
    # A data manager reads answers by pseudonym, and never what would tell someone's arm.
    "research:queries": Row(COORDINATORS | DATA_MANAGERS),
    "research:query": Row(COORDINATOR | DATA_MANAGER, ("query",)),
    "research:review": Row(DATA_MANAGERS),
    "research:reviewed": Row(DATA_MANAGER, ("answered",)),
    "research:ask": Row(DATA_MANAGER, ("answered", "=background.age")),
    # Deviations and events: who may not know an arm finds none that would tell it.
    "research:monitor": Row(COORDINATORS | DATA_MANAGERS),
    "research:look_for_signals": Row(COORDINATOR | DATA_MANAGER, ("=steps",), post=True),
    "research:incidents": Row(COORDINATORS | DATA_MANAGERS),
    "research:incident": Row(COORDINATOR | DATA_MANAGER, ("incident",)),
    "research:refer": Row(COORDINATORS | REFERRERS),
    "research:lot": Row(COORDINATORS | DATA_MANAGERS | REFERRERS | ANALYST),
    "research:flow": Row(COORDINATORS | DATA_MANAGERS | ANALYST),
    "research:flow_file": Row(COORDINATOR | DATA_MANAGER | ANALYST, ("=steps", "=csv")),
    # Counts of what was delivered: for who may know the arms. Whoever is blinded finds nothing there; a study of one
    # arm blinds nobody.
    "research:delivered": Row(COORDINATORS | {"data manager, other study"}),
    "research:data": Row(COORDINATORS | DATA_MANAGERS),
    "research:lock_people": Row(DATA_MANAGER, ("=steps",), post=True),
    "research:unlock": Row(COORDINATOR | DATA_MANAGER, ("=steps",)),
    "research:unlock_person": Row(DATA_MANAGER, ("=steps",)),
    "research:ask_two": Row(COORDINATOR | DATA_MANAGER, ("=steps", "=lock")),
    "research:sign": Row(COORDINATOR | DATA_MANAGER, ("asked",)),
    "research:drop": Row(COORDINATOR | DATA_MANAGER, ("asked",), post=True),
    "research:exports": Row(DATA_MANAGERS | ANALYST),
    "research:export_file": Row(DATA_MANAGER | ANALYST, ("=steps", "=csv"), post=True),
    "research:report": Row(ANALYST),
    "research:reports": Row(ANALYST, ("=steps",)),
    "research:fix_plan": Row(ANALYST, ("=steps",), post=True),
    "research:ask_report": Row(ANALYST, ("=steps",), post=True),
    "research:compare_reports": Row(ANALYST, ("=steps",)),
    "research:report_run": Row(ANALYST, ("report",)),
    "research:report_whole": Row(ANALYST, ("report",)),
    "research:report_file": Row(ANALYST, ("report", "=report.html")),
    "research:summaries": Row(COORDINATORS),
    "research:summary": Row(COORDINATOR, ("report",)),
    "research:tell_summary": Row(COORDINATOR, ("report", "=show"), post=True),
    # The house
    "steward:people": Row(STEWARD),
    "steward:make": Row(STEWARD),
    "steward:person": Row(STEWARD, ("user",)),
    "steward:revoke": Row(STEWARD, ("grant",), post=True),
    "steward:trail": Row(STEWARD),
    "steward:verify": Row(STEWARD, post=True),
    "steward:protocols": Row(STEWARD),
    "steward:texts": Row(STEWARD),
    "steward:load_texts": Row(STEWARD, post=True),
    "steward:go_live": Row(STEWARD, ("=steps",), post=True),
}
