"""What happens without a click: mails that fall due, and nothing that a person should decide."""
