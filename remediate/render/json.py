"""A plan as versioned JSON."""

import json

from remediate.plans.document import as_json
from remediate.plans.plan import Plan


def render(plan: Plan) -> str:
    return json.dumps(as_json(plan), indent=2, ensure_ascii=False)
