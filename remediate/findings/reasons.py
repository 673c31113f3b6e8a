"""The reasons that [tool.remediate.ignore] gives for what may stay."""

import json
import re

from remediate.errors import UsageProblem


def check_reasons(value: object) -> None:
    """Raises UsageProblem for [tool.remediate.ignore] where something lacks its reason."""
    reasons = value if isinstance(value, dict) else {}
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in reasons.values()):
        what = value[0] if isinstance(value, list) and value else "FK006:public.log_*"
        raise UsageProblem(
            "[tool.remediate] ignore needs a reason for each rule or finding",
            f"Write it as a table: [tool.remediate.ignore], and below it: {as_key(what)} = "
            '"why it may stay".',
        )
    for key, reason in reasons.items():
        if not reason.strip():
            raise UsageProblem(
                f"[tool.remediate.ignore] has no reason for {key}",
                f'Write why it may stay: {as_key(key)} = "...".',
            )


def as_key(text: object) -> str:
    """As TOML writes a key."""
    plain = isinstance(text, str) and re.fullmatch(r"[\w-]+", text, re.ASCII)
    return str(text) if plain else json.dumps(str(text), ensure_ascii=False)
