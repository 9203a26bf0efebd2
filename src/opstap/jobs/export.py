"""An export put together: the act that takes the data, the tables and their codebook, the flow, and what it is of."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

from opstap.acts.dataset import arm_only, take_export
from opstap.acts.doors import Actor
from opstap.acts.protocols import protocol_of
from opstap.exchange.export import Form, tidy, written

#: The file by which a folder is known to hold an export.
MARK = "export.json"


def export(by: Actor, study: Any, form: Form, language: str) -> dict[str, bytes]:
    """Take a study's data and give the files of an export by name; the same data give the same tables.

    What tells an arm is withheld from who is blinded, and the flow is drawn with the arms together.
    """
    from opstap.reports.flow_chart import flow_chart

    data = take_export(by=by, study=study, form=form)
    protocol = protocol_of(study)
    hidden = sorted(arm_only(protocol)) if data.permuted else []
    files = written(tidy(data.tables, protocol, language, hidden=hidden), form, data.study)
    flow = flow_chart(protocol, data, language=language, pooled=data.permuted)
    files["flow.svg"] = flow.alone.encode()
    files["flow.csv"] = flow.counts.to_csv(index=False, lineterminator="\n").encode()
    about = {
        "study": data.study,
        "protocol": f"{data.protocol} {data.version}",
        "protocol_digest": data.digest,
        "dataset_hash": data.hash,
        "until": data.cut.isoformat(),
        "arms": "withheld" if data.permuted else "included",
        "invented_people": data.invented,
        "format": form,
        "language": language,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    files[MARK] = (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()
    return dict(sorted(files.items()))


def zipped(files: dict[str, bytes]) -> bytes:
    """Put files in one archive, with the same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
