"""Chains: what is served beside the certificate, what is missing, and which roots are known, each built by hand."""

from collections.abc import Callable, Iterator

from tests.real.browsers.case import EXPIRED, HOST, MUST_STAPLE, Case, Pki, ago, only, spoiled, without
from tests.real.browsers.names import TREES
from tests.support import der, pki, pki_keys
from tests.support.pki import Authority, Certificate, extension

Made = tuple[Certificate, tuple[bytes, ...]]
CHAINS: dict[str, Callable[[Pki], Made]] = {}


def chain(build: Callable[[Pki], Made]) -> None:
    CHAINS[build.__name__.strip("_").replace("_", " ")] = build


@chain
def _leaf_directly_from_root(p: Pki) -> Made:
    root = p.root()
    return root.issue(HOST), (root.der,)


@chain
def _root_sent_along(p: Pki) -> Made:
    root = p.root()
    leaf = p.under(root).issue(HOST)
    return leaf.with_above(*leaf.above, root.der), (root.der,)


@chain
def _intermediate_missing(p: Pki) -> Made:
    root = p.root()
    return p.under(root).issue(HOST).with_above(), (root.der,)


@chain
def _second_intermediate_missing(p: Pki) -> Made:
    root = p.root()
    lower = p.under(p.under(root), 2)
    return lower.issue(HOST).with_above(lower.der), (root.der,)


@chain
def _wrong_order(p: Pki) -> Made:
    root = p.root()
    leaf = p.under(p.under(p.under(root), 2), 3).issue(HOST)
    return leaf.with_above(*reversed(leaf.above)), (root.der,)


@chain
def _everything_twice(p: Pki) -> Made:
    root = p.root()
    leaf = p.under(p.under(root), 2).issue(HOST)
    return leaf.with_above(*leaf.above, *leaf.above, leaf.der, root.der, root.der), (root.der,)


@chain
def _strangers_among_them(p: Pki) -> Made:
    root = p.root()
    leaf = p.under(root).issue(HOST)
    strangers = [Authority.root(f"Stranger {number}").der for number in range(3)]
    return leaf.with_above(*strangers, *leaf.above), (root.der,)


@chain
def _unknown_root(p: Pki) -> Made:
    return p.under(p.root()).issue(HOST), ()


@chain
def _unknown_root_sent_along(p: Pki) -> Made:
    root = p.root()
    leaf = p.under(root).issue(HOST)
    return leaf.with_above(*leaf.above, root.der), ()


@chain
def _unknown_root_and_expired(p: Pki) -> Made:
    return p.under(p.root()).issue(HOST, **EXPIRED), ()


@chain
def _unknown_root_and_wrong_name(p: Pki) -> Made:
    return p.under(p.root()).issue("b.test"), ()


@chain
def _unknown_root_and_SHA1(p: Pki) -> Made:
    return p.under(p.root()).issue(HOST, digest="sha1"), ()


@chain
def _unknown_root_and_MD5(p: Pki) -> Made:
    return p.under(p.root(), key=pki_keys.key("rsa2048", 7)).issue(HOST, digest="md5"), ()


@chain
def _unknown_root_and_expired_issuer(p: Pki) -> Made:
    return p.under(p.root(), **EXPIRED).issue(HOST), ()


@chain
def _self_signed(p: Pki) -> Made:
    return pki.self_signed(HOST), ()


@chain
def _self_signed_authority(p: Pki) -> Made:
    return pki.self_signed(HOST, ca=True, usages=["digital_signature", "key_cert_sign"]), ()


@chain
def _self_signed_expired(p: Pki) -> Made:
    return pki.self_signed(HOST, **EXPIRED), ()


@chain
def _self_signed_wrong_name(p: Pki) -> Made:
    return pki.self_signed("b.test"), ()


@chain
def _self_signed_wrong_usage(p: Pki) -> Made:
    return pki.self_signed(HOST, usages=["key_cert_sign"]), ()


@chain
def _self_signed_broken(p: Pki) -> Made:
    return pki.self_signed(HOST, signature=spoiled), ()


@chain
def _self_signed_without_extensions(p: Pki) -> Made:
    return pki.self_signed(HOST, version=1), ()


@chain
def _self_issued_by_another_key(p: Pki) -> Made:
    other = Authority.root("self issued")
    return other.issue(HOST, subject=other.name).with_above(), ()


@chain
def _leaf_is_the_local_root(p: Pki) -> Made:
    leaf = pki.self_signed(HOST, ca=True, subject="own root", usages=["digital_signature", "key_cert_sign"])
    return leaf, (leaf.der,)


@chain
def _leaf_trusted_but_no_authority(p: Pki) -> Made:
    leaf = pki.self_signed(HOST, subject="own leaf")
    return leaf, (leaf.der,)


@chain
def _leaf_trusted_without_basic_constraints(p: Pki) -> Made:
    leaf = pki.self_signed(HOST, subject="own leaf 2", **without("basic_constraints"))
    return leaf, (leaf.der,)


@chain
def _leaf_of_another_trusted_directly(p: Pki) -> Made:
    leaf = p.under(p.root()).issue(HOST)
    return leaf, (leaf.der,)


@chain
def _trusted_intermediate(p: Pki) -> Made:
    issuer = p.under(p.root())
    return issuer.issue(HOST), (issuer.der,)


@chain
def _trusted_intermediate_expired(p: Pki) -> Made:
    issuer = p.under(p.root(), **EXPIRED)
    return issuer.issue(HOST), (issuer.der,)


@chain
def _cross_signed(p: Pki) -> Made:
    old, new = p.root(name="Old " + p._case), p.root(name="New " + p._case)
    leaf = p.under(new).issue(HOST)
    return leaf.with_above(*leaf.above, old.cross_sign(new).der), (old.der,)


@chain
def _cross_signed_both_known(p: Pki) -> Made:
    old, new = p.root(name="Old " + p._case), p.root(name="New " + p._case)
    leaf = p.under(new).issue(HOST)
    return leaf.with_above(*leaf.above, old.cross_sign(new).der), (old.der, new.der)


@chain
def _cross_sign_expired_but_root_known(p: Pki) -> Made:
    old, new = p.root(name="Old " + p._case), p.root(name="New " + p._case)
    leaf = p.under(new).issue(HOST)
    return leaf.with_above(*leaf.above, old.cross_sign(new, **EXPIRED).der), (old.der, new.der)


@chain
def _old_root_expired_but_new_known(p: Pki) -> Made:
    old, new = p.root(name="Old " + p._case, **EXPIRED), p.root(name="New " + p._case)
    leaf = p.under(new).issue(HOST)
    return leaf.with_above(*leaf.above, old.cross_sign(new).der), (old.der, new.der)


@chain
def _two_issuers_one_expired(p: Pki) -> Made:
    root = p.root()
    issuer = p.under(root)
    expired = root.cross_sign(issuer, **EXPIRED)
    leaf = issuer.issue(HOST)
    return leaf.with_above(expired.der, issuer.der), (root.der,)


@chain
def _two_issuers_both_bad(p: Pki) -> Made:
    root = p.root()
    issuer = p.under(root, **EXPIRED)
    other = root.cross_sign(issuer, usages=["crl_sign"])
    return issuer.issue(HOST).with_above(issuer.der, other.der), (root.der,)


@chain
def _two_issuers_both_expired(p: Pki) -> Made:
    root = p.root()
    issuer = p.under(root, **EXPIRED)
    other = root.cross_sign(issuer, not_before=ago(300), days=30)
    return issuer.issue(HOST).with_above(issuer.der, other.der), (root.der,)


@chain
def _issuer_of_same_name_with_other_key(p: Pki) -> Made:
    root = p.root()
    right, wrong = p.under(root), p.under(root)
    leaf = right.issue(HOST)
    return leaf.with_above(wrong.der, right.der), (root.der,)


@chain
def _only_issuer_of_same_name_with_other_key(p: Pki) -> Made:
    root = p.root()
    right, wrong = p.under(root), p.under(root)
    return right.issue(HOST).with_above(wrong.der), (root.der,)


@chain
def _root_of_same_name_with_other_key(p: Pki) -> Made:
    real, other = p.root(), p.root()
    return p.under(real).issue(HOST), (other.der,)


@chain
def _two_roots_of_same_name(p: Pki) -> Made:
    real, other = p.root(), p.root()
    return p.under(real).issue(HOST), (other.der, real.der)


@chain
def _issuer_name_in_other_string_type(p: Pki) -> Made:
    root = p.root()
    name = "Printed " + p._case
    issuer = root.intermediate(name)
    printed = pki.distinguished(("CN", name), encode=der.printable)
    return issuer.issue(HOST, issuer=printed), (root.der,)


@chain
def _issuer_name_in_other_case(p: Pki) -> Made:
    root = p.root()
    issuer = root.intermediate("case " + p._case)
    return issuer.issue(HOST, issuer="CASE " + p._case), (root.der,)


@chain
def _leaf_as_issuer(p: Pki) -> Made:
    root = p.root()
    issuer = p.under(root, **only("basic_constraints", pki.basic_constraints(ca=False)), usages=["digital_signature"])
    return issuer.issue(HOST), (root.der,)


@chain
def _version_1_issuer(p: Pki) -> Made:
    root = p.root()
    return p.under(root, version=1).issue(HOST), (root.der,)


@chain
def _version_1_root(p: Pki) -> Made:
    root = p.root(version=1)
    return p.under(root).issue(HOST), (root.der,)


@chain
def _path_length_exceeded(p: Pki) -> Made:
    root = p.root()
    upper = p.under(root, path_length=0)
    return p.under(upper, 2).issue(HOST), (root.der,)


@chain
def _root_path_length_exceeded(p: Pki) -> Made:
    root = p.root(path_length=0)
    return p.under(root).issue(HOST), (root.der,)


@chain
def _path_length_with_self_issued(p: Pki) -> Made:
    root = p.root()
    upper = p.under(root, path_length=0)
    same = upper.intermediate(upper.name)
    return same.issue(HOST), (root.der,)


@chain
def _root_constrained(p: Pki) -> Made:
    root = p.root(**only("name_constraints", TREES["permits b.test"], critical=True))
    return p.under(root).issue(HOST), (root.der,)


@chain
def _constraint_above_and_issuer_named_outside(p: Pki) -> Made:
    root = p.root()
    upper = p.under(
        root,
        **only("name_constraints", pki.name_constraints([pki.directory(pki.distinguished(("O", "x")))]), critical=True),
    )
    leaf = p.under(upper, 2).issue(HOST, subject=pki.distinguished(("O", "x")))
    return leaf, (root.der,)


@chain
def _explicit_policy_wanted_and_missing(p: Pki) -> Made:
    root = p.root()
    wanted = der.sequence(der.context(0, b"\x00", constructed=False))
    issuer = p.under(
        root,
        extensions={
            "policy_constraints": extension("policy_constraints", wanted, critical=True),
            "policies": extension("policies", pki.policies("1.2.3.4")),
        },
    )
    return issuer.issue(HOST), (root.der,)


@chain
def _explicit_policy_wanted_and_there(p: Pki) -> Made:
    root = p.root()
    wanted = der.sequence(der.context(0, b"\x00", constructed=False))
    issuer = p.under(
        root,
        extensions={
            "policy_constraints": extension("policy_constraints", wanted, critical=True),
            "policies": extension("policies", pki.policies("1.2.3.4")),
        },
    )
    return issuer.issue(HOST, **only("policies", pki.policies("1.2.3.4"))), (root.der,)


@chain
def _issuer_staples_but_leaf_not(p: Pki) -> Made:
    root = p.root()
    return p.under(root, **only("tls_feature", MUST_STAPLE)).issue(HOST), (root.der,)


@chain
def _issuer_and_leaf_staple(p: Pki) -> Made:
    root = p.root()
    issuer = p.under(root, **only("tls_feature", MUST_STAPLE))
    return issuer.issue(HOST, **only("tls_feature", MUST_STAPLE)), (root.der,)


@chain
def _purpose_any_on_upper_issuer(p: Pki) -> Made:
    root = p.root()
    return p.under(p.under(root, uses=["any"]), 2).issue(HOST), (root.der,)


@chain
def _purpose_client_on_upper_issuer(p: Pki) -> Made:
    root = p.root()
    return p.under(p.under(root, uses=["client"]), 2).issue(HOST), (root.der,)


def _levels(length: int) -> Callable[[Pki], Made]:
    def build(p: Pki) -> Made:
        root = issuer = p.root()
        for level in range(length - 2):
            issuer = p.under(issuer, level)
        return issuer.issue(HOST), (root.der,)

    return build


CHAINS |= {f"{length} certificates long": _levels(length) for length in (4, 6, 7, 8, 9, 10, 12)}


def chains() -> Iterator[Case]:
    for name, build in CHAINS.items():
        served, roots = build(Pki(name))
        yield Case(name, HOST, served, roots)
