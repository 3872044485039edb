"""Translations resolved when a template is compiled, not each time it is rendered.

An environment has one language for its whole life, so ``{% trans %}`` can become plain text at once, and its variables
ordinary expressions. That is a third of what a recipient's page costs.
"""

import re

from jinja2 import nodes
from jinja2.ext import InternationalizationExtension

_VARIABLE = re.compile(r"%\((\w+)\)s")


class Translated(InternationalizationExtension):
    """jinja2's i18n extension for an environment whose ``catalogue`` (gettext) is known.

    Plurals and texts with a context are translated when rendering, as usual.
    """

    def _make_node(
        self,
        singular: str,
        plural: str | None,
        context: str | None,
        variables: dict[str, nodes.Expr],
        plural_expr: nodes.Expr | None,
        vars_referenced: bool,
        num_called_num: bool,
    ) -> nodes.Output:
        if plural is not None or context is not None:
            return super()._make_node(
                singular, plural, context, variables, plural_expr, vars_referenced, num_called_num
            )
        # With percent signs doubled, as they stand in the catalogue.
        text = self.environment.catalogue.gettext(singular)  # type: ignore[attr-defined]  # environment() sets it
        parts: list[nodes.Expr] = []
        for number, piece in enumerate(_VARIABLE.split(text)):
            if number % 2:
                parts.append(variables[piece])
            elif piece:
                parts.append(nodes.TemplateData(piece.replace("%%", "%")))
        return nodes.Output(parts)
