"""The pages of a participant: today, questionnaires, consent, plan, who looked."""
