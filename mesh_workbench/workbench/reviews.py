"""Reviews of the local workbench: promotions that others approve."""

from __future__ import annotations

from dataclasses import replace

from mesh_workbench.errors import Conflict, Forbidden, InvalidInput, NotFound
from mesh_workbench.governance.decide import demand
from mesh_workbench.lifecycle.announce import tell_about_review
from mesh_workbench.lifecycle.breaking import demand_acknowledged
from mesh_workbench.lifecycle.promotable import version_text
from mesh_workbench.lifecycle.promote import Prepared, known_product
from mesh_workbench.model.access import AccessDecision, Action
from mesh_workbench.model.base import Page, Value, new_id
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.names import ProductName, check_name
from mesh_workbench.model.promotion import PromotionPlan, PromotionRequest
from mesh_workbench.model.review import Proposal, ProposalDetail, ProposalState, ReviewRule, Vote
from mesh_workbench.notebooks.read import parse
from mesh_workbench.workbench.bundles import LocalBundles
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.products import LocalProducts
from mesh_workbench.workbench.promoting import record, review_rule

MOST_WAITING = 200


class Content(Value):
    """All of a promotion, as it was proposed: what is approved is what is promoted, byte by byte."""

    request: PromotionRequest
    prepared: Prepared
    plan: PromotionPlan
    bundle: str = ""
    """Digest of the bundle that it comes from; empty for a notebook."""
    create_domains: bool = False


class LocalReviews:
    """Implements `protocol.Reviews` on the registry."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def propose(self, request: PromotionRequest) -> Proposal:
        """Ask for approval of a promotion. An open proposal of the same product is replaced.

        Raises what promoting raises, Conflict `review.not-asked` where the domain does not ask for it, and
        `review.unchanged` when there is nothing to promote.
        """
        context = self._context
        name = ProductName.parse(request.to)
        rule = self._asked(name)
        products = LocalProducts(context)
        request, prepared = products.prepared(request)
        plan = products.plan(request)
        if not plan.may_promote:
            raise Conflict("promotion.blocked", plan.blocked, hint="Change that, and propose it again.")
        if plan.status == "unchanged":
            raise Conflict("review.unchanged", f"{name} is up to date.", hint="There is nothing to approve.")
        if plan.breaking is not None:
            demand_acknowledged(str(name), plan.breaking, request.override)
        then = plan.model_copy(update={"steps": plan.steps[1:]})  # that it waits is no part of what happens then
        return self._add(Content(request=request, prepared=prepared, plan=then), rule)

    def propose_bundle(self, content: bytes, *, to: str, create_domains: bool = False) -> Proposal:
        """Ask for approval of what a bundle holds; with it, all of the bundle is taken in as it is.

        Raises what taking it in raises, and as `propose`.
        """
        context, registry = self._context, self._context.registry
        domain = check_name(to.partition(".")[0], "domain name")
        context.demand(Action.PROMOTE, domain=context.domain_name(domain))
        request, prepared, plan, created = LocalBundles(context).tried(content, to=to, create_domains=create_domains)
        rule = self._asked(ProductName.parse(request.to))
        if not created:
            raise Conflict("review.unchanged", f"{request.to} is up to date.", hint="There is nothing to approve.")
        with registry.transaction():
            bundle = registry.blobs.put(content)
            kept = Content(request=request, prepared=prepared, plan=plan, bundle=bundle, create_domains=create_domains)
            return self._add(kept, rule)

    def _asked(self, name: ProductName) -> ReviewRule:
        """What the domain asks for, of who may promote into it. Raises Forbidden, Conflict `review.not-asked`."""
        context = self._context
        context.demand(Action.PROMOTE, domain=context.domain_name(name.domain))
        rule = review_rule(context, name.domain)
        if rule is None:
            raise Conflict(
                "review.not-asked",
                f"{name.domain} asks for no approval.",
                hint="Promote the notebook, or take in the bundle; it holds at once.",
            )
        return rule

    def _add(self, content: Content, rule: ReviewRule) -> Proposal:
        context, registry = self._context, self._context.registry
        request, prepared, plan = content.request, content.prepared, content.plan
        name = ProductName.parse(request.to)
        with registry.transaction():
            product = known_product(registry, request, prepared, by=context.identity.name)
            proposal = Proposal(
                id=new_id("prp"),
                product_id=product.id,
                product=str(name),
                by=context.identity.name,
                note=request.note,
                current_version=plan.current_version,
                next_version=plan.next_version,
                blob=registry.blobs.put(content.model_dump_json().encode()),
                rule=rule,
                created=registry.now(),
            )
            registry.proposals.add(proposal)
            context.audit("review.propose", str(name), proposal=proposal.id, version=plan.next_version)
            why = f"{context.identity.name} proposes version {plan.next_version}; it waits for {rule.words}."
            tell_about_review(registry, context.settings, product, why, self._reviewers(rule, name.domain, proposal.by))
        return proposal

    def list(
        self, *, product: str | None = None, waiting: bool = False, cursor: str | None = None, limit: int = 50
    ) -> Page[Proposal]:
        """Proposals, the newest first: of a product, or only those that wait for the word of who asks."""
        registry = self._context.registry
        product_id = self._context.product(product).id if product else None
        if not waiting:
            return registry.proposals.list(product_id=product_id, cursor=cursor, limit=limit)
        found = registry.proposals.list(ProposalState.OPEN, product_id, limit=MOST_WAITING).items
        me = self._context.identity.name
        mine = [
            one
            for one in found
            if not self._why_not(one) and not any(vote.by == me and vote.approves for vote in one.votes)
        ]
        return Page(items=mine)

    def get(self, proposal_id: str) -> ProposalDetail:
        """A proposal with what one needs to decide, for those who may promote there or approve.

        Raises NotFound `review.unknown`, Forbidden `access.denied`.
        """
        proposal = self._known(proposal_id)
        content = self._content(proposal)
        why_not = self._why_not(proposal)
        if why_not:
            self._context.demand(Action.PROMOTE, domain=_domain(proposal))
        return ProposalDetail(
            **proposal.model_dump(),
            plan=content.plan,
            cells=[cell.source for cell in parse(content.request.notebook).cells],
            missing=max(0, self._rule(proposal).approvals - proposal.approvals),
            outdated=self._outdated(proposal),
            may_decide=not why_not and proposal.state is ProposalState.OPEN,
            why_not=why_not,
            may_withdraw=proposal.by == self._context.identity.name and proposal.state is ProposalState.OPEN,
        )

    def approve(self, proposal_id: str, *, comment: str = "") -> Proposal:
        """Approve a proposal; with enough approvals it is promoted on behalf of who proposed it.

        Raises Forbidden `review.own-work`, `access.denied`; Conflict `review.decided`, `promote.conflict` when
        another version came meanwhile, and what promoting raises; then nothing was recorded.
        """
        context, registry = self._context, self._context.registry
        with registry.transaction():
            proposal = self._voted(
                proposal_id, Vote(by=context.identity.name, at=registry.now(), approves=True, comment=comment)
            )
            if self._outdated(proposal):
                raise Conflict(
                    "promote.conflict",
                    self._outdated(proposal),
                    hint="Send it back, so that it is proposed anew on what there is now.",
                )
            context.audit("review.approve", proposal.product, proposal=proposal.id, comment=comment)
            if proposal.approvals < self._rule(proposal).approvals:
                return registry.proposals.update(proposal)
            content = self._content(proposal)
            proposer = replace(context, identity=Identity(name=proposal.by))
            version = self._recorded(proposer, content)
            decided = registry.proposals.update(
                proposal.model_copy(
                    update={
                        "state": ProposalState.PROMOTED,
                        "version": version,
                        "decided": registry.now(),
                    }
                )
            )
            self._tell_proposer(decided, f"It was approved, and version {decided.version} is promoted.")
        return decided

    def _recorded(self, proposer: Context, content: Content) -> str:
        """Record what was approved, on behalf of who proposed it; the version that it became."""
        if not content.bundle:
            return record(proposer, content.request, content.prepared).version.version
        name = ProductName.parse(content.request.to)
        bundle = self._context.registry.blobs.get(content.bundle)
        taken = LocalBundles(proposer).take_in(
            bundle, to=str(name), create_domains=content.create_domains, reviewed=name.domain
        )
        return taken.version.version

    def send_back(self, proposal_id: str, *, comment: str) -> Proposal:
        """Say what has to be otherwise; the proposal ends. Raises as `approve`, InvalidInput `review.no-comment`."""
        context, registry = self._context, self._context.registry
        if not comment.strip():
            raise InvalidInput("review.no-comment", "Say why you send it back.", hint="The proposer needs to know.")
        with registry.transaction():
            proposal = self._voted(
                proposal_id, Vote(by=context.identity.name, at=registry.now(), approves=False, comment=comment)
            )
            decided = registry.proposals.update(
                proposal.model_copy(update={"state": ProposalState.SENT_BACK, "decided": registry.now()})
            )
            context.audit("review.send-back", proposal.product, proposal=proposal.id, comment=comment)
            self._tell_proposer(decided, f"{context.identity.name} sent it back: {comment}")
        return decided

    def withdraw(self, proposal_id: str, *, comment: str = "") -> Proposal:
        """Take an own proposal back; those whom it waited for are told.

        Raises Forbidden `review.not-yours`, Conflict `review.decided`.
        """
        context, registry = self._context, self._context.registry
        me = context.identity.name
        with registry.transaction():
            proposal = self._open(proposal_id)
            if proposal.by != me:
                raise Forbidden(
                    "review.not-yours",
                    f"{proposal.by} proposed this, and nobody else can withdraw it.",
                    hint="Who may decide about it can send it back.",
                )
            withdrawn = registry.proposals.update(
                proposal.model_copy(update={"state": ProposalState.WITHDRAWN, "decided": registry.now()})
            )
            context.audit("review.withdraw", proposal.product, proposal=proposal.id, comment=comment)
            product = registry.products.by_id(proposal.product_id)
            assert product is not None
            said = f": {comment.strip()}" if comment.strip() else "."
            tell_about_review(
                registry,
                context.settings,
                product,
                f"{me} withdrew the proposal of version {proposal.next_version}{said}",
                self._reviewers(self._rule(proposal), _domain(proposal), proposal.by),
            )
        return withdrawn

    def _known(self, proposal_id: str) -> Proposal:
        proposal = self._context.registry.proposals.get(proposal_id)
        if proposal is None:
            raise NotFound(
                "review.unknown", f"There is no proposal {proposal_id}.", hint="`mesh review list` shows what there is."
            )
        return proposal

    def _open(self, proposal_id: str) -> Proposal:
        """The proposal, held against others; read again once it is, for who came first may have decided."""
        self._context.registry.products.hold(self._known(proposal_id).product_id)
        proposal = self._known(proposal_id)
        if proposal.state is not ProposalState.OPEN:
            raise Conflict(
                "review.decided",
                f"The proposal for {proposal.product} is {proposal.state.value.replace('_', ' ')} already.",
                hint="`mesh review list` shows what waits.",
            )
        return proposal

    def _content(self, proposal: Proposal) -> Content:
        return Content.model_validate_json(self._context.registry.blobs.get(proposal.blob))

    def _voted(self, proposal_id: str, vote: Vote) -> Proposal:
        """The proposal with one more word; what the same person said before is replaced."""
        proposal = self._open(proposal_id)
        if proposal.by == vote.by:
            raise Forbidden(
                "review.own-work",
                f"{vote.by} proposed this, and nobody decides about own work.",
                hint=f"It waits for {proposal.rule.words} of somebody else.",
            )
        demand(self._decision(proposal))
        others = [one for one in proposal.votes if one.by != vote.by]
        return proposal.model_copy(update={"votes": [*others, vote]})

    def _decision(self, proposal: Proposal) -> AccessDecision:
        facts = self._context.facts(_domain(proposal))
        asked = bool((facts.platform_roles | facts.domain_roles) & set(self._rule(proposal).roles))
        own = proposal.by == self._context.identity.name
        return self._context.decide(Action.REVIEW, domain=_domain(proposal), reviews=asked, own_work=own)

    def _why_not(self, proposal: Proposal) -> str:
        """Why who acts may not decide; empty when they may."""
        if self._decision(proposal).allowed:
            return ""
        if proposal.by == self._context.identity.name:
            return "You proposed it, and nobody decides about own work."
        return f"It waits for {self._rule(proposal).words}."

    def _rule(self, proposal: Proposal) -> ReviewRule:
        """What holds now; where nothing is asked for any more, what was then."""
        return review_rule(self._context, _domain(proposal)) or proposal.rule

    def _outdated(self, proposal: Proposal) -> str:
        if proposal.state is not ProposalState.OPEN:
            return ""
        now = version_text(self._context.registry.versions.newest(proposal.product_id))
        if now == (proposal.current_version or ""):
            return ""
        return (
            f"{proposal.product} is at {now or 'no version'} now; this builds on {proposal.current_version or 'none'}."
        )

    def _reviewers(self, rule: ReviewRule, domain: str, proposer: str) -> dict[str, str]:
        """Who may approve, with why they are told."""
        registry = self._context.registry
        places: list[str | None] = [*registry.domains.ancestry(domain), None]
        return {
            member.identity: f"you are {member.role.value.replace('_', ' ')} in {place or 'this workbench'}"
            for place in places
            for member in registry.domains.members(place)
            if member.role in rule.roles and member.identity != proposer
        }

    def _tell_proposer(self, proposal: Proposal, text: str) -> None:
        registry = self._context.registry
        product = registry.products.by_id(proposal.product_id)
        assert product is not None
        tell_about_review(registry, self._context.settings, product, text, {proposal.by: "you proposed it"})


def _domain(proposal: Proposal) -> str:
    return ProductName.parse(proposal.product).domain
