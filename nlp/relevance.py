"""Whether a post is the monitor's matter.

Reads `areas`, `hate`, `speech`, `groups`, `city`; assigns `relevant`: an area, or hate or an
answer to it at a group, and a city known. Without a source to tell the city (`tie_city` false)
the city does not count.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from nlp.step import assign


@dataclass(frozen=True)
class Relevance:
    """requires areas, groups, hate, speech, city; assigns relevant."""

    tie_city: bool = True
    requires = ("areas", "groups", "hate", "speech", "city")
    assigns = ("relevant",)

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        has_area = pc.greater(pc.list_value_length(posts.column("areas")), 0)
        has_group = pc.greater(pc.list_value_length(posts.column("groups")), 0)
        hate = pc.fill_null(pc.struct_field(posts.column("hate"), "flag"), False)
        counter = pc.fill_null(pc.equal(posts.column("speech"), "counter"), False)
        at_group = pc.and_(pc.or_(hate, counter), has_group)
        relevant = pc.or_(pc.fill_null(has_area, False), pc.fill_null(at_group, False))
        if self.tie_city:
            relevant = pc.and_(relevant, pc.is_valid(posts.column("city")))
        return assign(posts, "relevant", relevant)


STEP = Relevance
