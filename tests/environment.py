"""Loaded before Django: the data folder and the secrets of a test run are its own and are thrown away."""

import os
import secrets
import tempfile

os.environ.setdefault("OPSTAP_HOME", tempfile.mkdtemp(prefix="opstap-test-"))
os.environ.setdefault("OPSTAP_DEMO", "1")
for _name in ("OPSTAP_SECRET_KEY", "OPSTAP_IDENTITY_KEY", "OPSTAP_AUDIT_KEY"):
    os.environ.setdefault(_name, secrets.token_hex(32))
# The stylesheet's folder, as collecting the static files would have made it.
os.makedirs(os.path.join(os.environ["OPSTAP_HOME"], "static"), exist_ok=True)
