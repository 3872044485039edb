"""``siegelpost cert obtain``: a certificate from an authority, now, and renewed from then on."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from siegelpost.certificates.installed import house, open_store
from siegelpost.cli.cert_words import (
    FAILED,
    KEPT,
    NEXT,
    PAUSED,
    PROVED,
    REASONS,
    RECORD,
    RECORD_STATES,
    RENEWED,
    RENEWED_ACCOUNT,
)
from siegelpost.cli.common import Refused, data_option
from siegelpost.doctor.texts.language import fill
from siegelpost.settings import Settings, configure
from siegelpost.tls.acme.acquisition import obtain
from siegelpost.tls.acme.order_context import USUAL
from siegelpost.tls.acme.plan import (
    LETS_ENCRYPT,
    SHORT_LIVED,
    Authority,
    Challenge,
    DnsProvider,
    KeyType,
    Plan,
    load_plan,
    save_plan,
)
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.progress import Progress, progress, utc_now
from siegelpost.tls.acme.renewal import look
from siegelpost.tls.acme.status import AcmeStatus, acme_status
from siegelpost.tls.acme.waiting import waits_until
from siegelpost.tls.acme.words import actor_text, problem_text, remedy_texts, step_text
from siegelpost.tls.naming import is_ip_address
from siegelpost.tls.store import Store

# How long to wait for an order of the running server, in seconds.
_PATIENCE = 600.0
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


def _choices(values: type[Challenge] | type[KeyType]) -> click.Choice[str]:
    return click.Choice([each.value for each in values])


@click.command("obtain")
@click.argument("names", nargs=-1)
@click.option("--authority", "directories", multiple=True, help="ACME directory; several are asked in their order.")
@click.option("--profile", default="", help="One of the profiles the first authority offers.")
@click.option("--preferred-chain", default=None, help="Common name of the root to choose among its chains.")
@click.option("--eab-key-id", default="", help="Key ID of the customer account at the first authority.")
@click.option("--eab-hmac-file", type=_file, help="Holds that account's HMAC key.")
@click.option("--ca-bundle", type=_file, help="Root certificate of an authority's own directory (a house authority).")
@click.option("--challenge", "challenges", multiple=True, type=_choices(Challenge), help="Ways of proving, in order.")
@click.option("--dns-provider", default="", help="`rfc2136`, or a provider of dns-lexicon.")
@click.option("--dns-option-file", type=_file, help="Its settings and secrets, as a JSON object.")
@click.option("--dns-server", "name_servers", multiple=True, help="Name server to ask whether a record has arrived.")
@click.option("--key-type", "key_types", multiple=True, type=_choices(KeyType), help="One certificate for each.")
@click.option("--contact", default=None, help="Mail address given to the authority.")
@click.option("--again", is_flag=True, help="Order even though a good certificate is served.")
@click.option("--instead", is_flag=True, help="Take the place of a bought certificate that is still valid.")
@click.option("--dry-run", is_flag=True, help="Only prove the names from outside; no certificate, nothing is saved.")
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def obtain_(data: Path | None, again: bool, instead: bool, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Obtain a certificate for NAMES (host names, wildcards, IP addresses), serve it, and keep it renewed.

    Without NAMES: for those that are kept already, or else for the public address. The running server answers the
    authority's questions and serves the new certificate at once. The doctor judges it before. A bought certificate
    that is still valid stays, unless ``--instead`` is given.
    """
    settings = configure(data=data)
    store, roots = open_store(settings), house(settings).local_roots
    told = _teller(as_json, settings.language)
    try:
        plan = _plan(load_plan(store), settings, **options).checked()
        if dry_run:
            obtain(store, plan, roots=roots, dry_run=True, told=told)
        else:
            before = progress(store)
            _begin(store, plan, instead)
            # The running server may be quicker; then its order is waited for, and told of.
            patience = replace(USUAL, lease=_PATIENCE)
            ids = look(store, roots=roots, asked=True, again=again, patience=patience, told=told)
            order = progress(store)
            if not ids and order and (before is None or order.id != before.id):
                told(order)
    except AcmeError as error:
        _refuse(error, as_json, settings.language)
    if as_json:
        click.echo(json.dumps(acme_status(store).as_json(), ensure_ascii=False, indent=2))
    elif dry_run:
        click.echo(PROVED[settings.language])
    else:
        for each in acme_status(store).served:
            click.echo(f"* {each.id}  {each.key_type}  {each.not_after:%Y-%m-%d}  {', '.join(each.names)}")
        click.echo(RENEWED[settings.language])


def _begin(store: Store, plan: Plan, instead: bool) -> None:
    """Keep the plan, unless a bought certificate would be replaced and nobody has said so."""
    waits = waits_until(store, plan.names, plan.over, utc_now())
    if waits and not instead:
        raise AcmeError(Code.WAITS)
    if waits or plan != load_plan(store):
        save_plan(store, plan)


def _plan(
    kept: Plan | None,
    settings: Settings,
    *,
    names: tuple[str, ...],
    directories: tuple[str, ...],
    profile: str,
    preferred_chain: str | None,
    eab_key_id: str,
    eab_hmac_file: Path | None,
    ca_bundle: Path | None,
    challenges: tuple[str, ...],
    dns_provider: str,
    dns_option_file: Path | None,
    name_servers: tuple[str, ...],
    key_types: tuple[str, ...],
    contact: str | None,
) -> Plan:
    """What is kept already, with what was given now in its place."""
    plan = kept or Plan((settings.public_host,))
    if names:
        plan = replace(plan, names=names)
    if directories:
        bundle = ca_bundle.read_text() if ca_bundle else ""
        plan = replace(plan, authorities=tuple(Authority(each, ca_bundle=bundle) for each in directories))
    elif kept is None:
        plan = replace(plan, authorities=(LETS_ENCRYPT,))
    first, *others = plan.authorities
    if kept and first.profile == SHORT_LIVED and any(map(is_ip_address, kept.names)):
        first = replace(first, profile="")  # it was chosen for an address; an order chooses by itself
    hmac = eab_hmac_file.read_text().strip() if eab_hmac_file else first.eab_hmac
    first = replace(first, profile=profile or first.profile, eab_key_id=eab_key_id or first.eab_key_id, eab_hmac=hmac)
    if preferred_chain is not None:
        first = replace(first, preferred_chain=preferred_chain)
    plan = replace(plan, authorities=(first, *others))
    if dns_provider:
        given = json.loads(dns_option_file.read_text()) if dns_option_file else {}
        plan = replace(plan, dns=DnsProvider(dns_provider, given, name_servers))
        if not challenges and kept is None:
            plan = replace(plan, challenges=(Challenge.DNS_01,))
    elif name_servers:
        plan = replace(plan, dns=replace(plan.dns or DnsProvider(""), name_servers=name_servers))
    if challenges:
        plan = replace(plan, challenges=tuple(map(Challenge, challenges)))
    if plan.dns and not dns_provider and Challenge.DNS_01 not in plan.challenges:
        servers = plan.dns.name_servers  # not the login, which nothing needs any more
        plan = replace(plan, dns=DnsProvider("", {}, servers) if servers else None)
    if key_types:
        plan = replace(plan, key_types=tuple(map(KeyType, key_types)))
    return plan if contact is None else replace(plan, contact=contact)


def _teller(as_json: bool, language: str) -> Callable[[Progress], None]:
    """Says each step once, on standard error."""
    said: list[str] = []

    def tell(progress: Progress) -> None:
        line = step_text(progress.step, language)
        if not as_json and line not in said[-1:]:
            said.append(line)
            click.echo(f"… {line}", err=True)

    return tell


def _refuse(error: AcmeError, as_json: bool, language: str) -> None:
    problem = error.problem
    if as_json:
        shown = {"problem": problem.as_json(), "text": problem_text(problem, language)}
        click.echo(json.dumps({**shown, "remedies": remedy_texts(problem, language)}, ensure_ascii=False, indent=2))
        raise SystemExit(1)
    lines = [problem_text(problem, language), *(f"- {remedy}" for remedy in remedy_texts(problem, language))]
    raise Refused("\n".join(lines)) from error


def describe(status: AcmeStatus, language: str) -> list[str]:
    """How it stands with the automatic certificate, in lines for a terminal; none where nothing was set up."""
    if status.plan is None:
        return [problem_text(status.problem, language)] if status.problem else []
    names = ", ".join(status.plan.names)
    lines = [fill(KEPT, language, {"names": names, "authority": status.plan.authorities[0].directory})]
    if status.next_try_at and status.reason:
        why = REASONS[status.reason][language]
        lines.append(fill(NEXT, language, {"at": f"{status.next_try_at:%Y-%m-%d %H:%M}", "reason": why}))
    if status.waits_until:
        lines.append(PAUSED[language])
    for each in status.standing:
        values = {"record": each.record.place, "value": each.record.value}
        values |= {"state": RECORD_STATES[each.sight.standing][language], "at": f"{each.looked_at:%Y-%m-%d %H:%M}"}
        lines.append(fill(RECORD, language, values))
    for directory, told in status.renewed.items():
        values = {"authority": directory, "at": f"{told.at:%Y-%m-%d %H:%M}", "why": told.why}
        lines.append(fill(RENEWED_ACCOUNT, language, values))
    if status.problem:
        problem = problem_text(status.problem, language)
        lines.append(fill(FAILED, language, {"times": status.failures, "problem": problem}))
        lines.append(actor_text(status.problem, language))
        lines += [f"- {remedy}" for remedy in remedy_texts(status.problem, language)]
    return lines
