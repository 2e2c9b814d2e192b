"""Domains of the local workbench."""

from __future__ import annotations

from datetime import datetime

from mesh_workbench.errors import Conflict, InvalidInput
from mesh_workbench.model.access import Action
from mesh_workbench.model.base import Page, new_id
from mesh_workbench.model.domain import Domain, DomainDetail, DomainDraft
from mesh_workbench.model.identity import PLATFORM_ROLES, Member, Role
from mesh_workbench.model.pause import DomainPause, Pause
from mesh_workbench.model.review import ReviewRule
from mesh_workbench.scheduling.effects import skipped_slots
from mesh_workbench.scheduling.start import drop
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.pauses import new_pause


class LocalDomains:
    """Implements `protocol.Domains` on the registry."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def list(self, *, cursor: str | None = None, limit: int = 100) -> Page[Domain]:
        return self._context.registry.domains.list(cursor=cursor, limit=limit)

    def get(self, name: str) -> DomainDetail:
        registry = self._context.registry
        domain = registry.domains.get(self._context.domain_name(name))
        assert domain is not None
        return DomainDetail(**domain.model_dump(), members=registry.domains.members(name))

    def add(self, draft: DomainDraft) -> Domain:
        """Create a domain; its owner becomes a member. Raises Conflict `domain.exists`, Forbidden."""
        context = self._context
        context.demand(Action.CREATE_DOMAIN, domain=draft.parent or "")
        if draft.parent:
            context.domain_name(draft.parent)
        owner = draft.owner or context.identity.name
        with context.registry.transaction():
            if context.registry.domains.get(draft.name) is not None:
                raise Conflict(
                    "domain.exists",
                    f"There is a domain {draft.name!r} already.",
                    hint="Choose another name, or use it.",
                )
            domain = Domain(
                id=new_id("dom"),
                name=draft.name,
                title=draft.title,
                description=draft.description,
                owner=owner,
                parent=draft.parent,
                created=context.registry.now(),
            )
            context.registry.domains.add(domain)
            context.registry.domains.set_member(
                Member(identity=owner, role=Role.DOMAIN_OWNER, domain=draft.name, since=domain.created)
            )
            context.audit("domain.add", draft.name, owner=owner)
        return domain

    def pause(self, name: str, *, reason: str, until: datetime | None = None) -> DomainPause:
        """Pause every schedule of a domain and of those below it, also ones that are set later.

        What falls due meanwhile is skipped, as are slots that wait. Raises InvalidInput `schedule.pause-over`.
        """
        context, registry = self._context, self._context.registry
        context.demand(Action.SCHEDULE, domain=context.domain_name(name))
        with registry.transaction():
            pause = new_pause(context, name, reason, until)
            self._set_pause(name, pause)
            schedules = registry.schedules.of_domain(name)
            by, now = context.identity.name, pause.since
            skipped = sum(drop(registry, each.id, pause.words(), by=by, now=now) for each in schedules)
            context.audit("domain.pause", name, reason=reason, until=until.isoformat() if until else None)
        return DomainPause(domain=name, pause=pause, schedules=len(schedules), notes=skipped_slots(skipped))

    def resume(self, name: str) -> DomainPause:
        """End the pause of a domain; one of a product, or of a domain above, goes on."""
        context, registry = self._context, self._context.registry
        context.demand(Action.SCHEDULE, domain=context.domain_name(name))
        with registry.transaction():
            domain, moment = self.get(name), registry.now()
            if domain.pause is not None:
                # Ended, not forgotten: what fell due in it may not have been decided yet.
                self._set_pause(name, domain.pause.model_copy(update={"until": moment}))
            schedules = registry.schedules.of_domain(name)
            for schedule in schedules:
                if schedule.after is not None and schedule.next_fire is None:
                    registry.schedules.advance(schedule, moment)  # releases may have come meanwhile
            context.audit("domain.resume", name)
        still = sum(1 for schedule in schedules if schedule.why_paused(moment))
        notes = [f"Schedules that another pause holds: {still}."] if still else []
        return DomainPause(domain=name, schedules=len(schedules), notes=notes)

    def _set_pause(self, name: str, pause: Pause) -> None:
        known = self._context.registry.domains.get(name)
        assert known is not None
        self._context.registry.domains.update(known.model_copy(update={"pause": pause}))

    def set_review(self, name: str, rule: ReviewRule | None) -> DomainDetail:
        """Say who approves what is promoted into a domain and, unless they say otherwise, those below it."""
        context, registry = self._context, self._context.registry
        context.demand(Action.EDIT_DOMAIN, domain=context.domain_name(name))
        with registry.transaction():
            known = registry.domains.get(name)
            assert known is not None
            registry.domains.update(known.model_copy(update={"review": rule}))
            context.audit("domain.review", name, rule=rule.words if rule else "none")
        return self.get(name)

    def set_role(self, domain: str | None, identity: str, role: Role) -> Member:
        """Give `identity` a role in a domain, or on the platform when `domain` is None."""
        context = self._context
        if (domain is None) != (role in PLATFORM_ROLES):
            raise InvalidInput(
                "member.wrong-role",
                f"{role.value} is {'a platform role' if role in PLATFORM_ROLES else 'a role of a domain'}.",
                hint="Platform roles: platform_admin, governance. Others belong to a domain.",
            )
        if domain is None:
            context.demand(Action.ADMINISTER)
        else:
            context.demand(Action.EDIT_MEMBERS, domain=context.domain_name(domain))
        member = Member(identity=identity, role=role, domain=domain, since=context.registry.now())
        with context.registry.transaction():
            context.registry.domains.set_member(member)
            context.audit("member.set", domain or "platform", identity=identity, role=role.value)
        return member
