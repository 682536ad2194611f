"""Recognises mutants that change only a text for people, or only what is logged.

No test holds the wording of an error or of a log line, so these mutants are not run.
A text for people is a string that contains a space.
"""

import ast
import textwrap


def only_texts_differ(before: str, after: str) -> bool:
    """Return whether two versions of a function differ in texts and log lines alone."""
    return _rest(before) == _rest(after)


def _rest(source: str) -> str:
    tree = ast.parse(textwrap.dedent(source))
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            function.name = ""  # mutmut numbers the versions in their names
    return ast.dump(_WithoutTexts().visit(tree))


class _WithoutTexts(ast.NodeTransformer):
    """Replaces texts for people by an empty text, and log lines by `pass`."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        is_text = isinstance(node.value, str) and " " in node.value
        return ast.Constant("") if is_text else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        texts = (part.value for part in node.values if isinstance(part, ast.Constant))
        return ast.Constant("") if any(" " in str(text) for text in texts) else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return ast.Pass() if _is_log_line(node.value) else self.generic_visit(node)


def _is_log_line(node: ast.expr) -> bool:
    """Return whether this is `log.info(...)` or `logging.get().info(...)`.

    A line that raises an alert is more than a log line.
    """
    match node:
        case ast.Call(func=ast.Attribute(value=logger), keywords=keywords):
            is_alert = any(keyword.arg == "alert" for keyword in keywords)
            return ast.unparse(logger) in ("log", "logging.get()") and not is_alert
    return False
