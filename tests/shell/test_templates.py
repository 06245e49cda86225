"""What finds the templates of packages."""

from hitsvc.shell.templates import environment


def test_a_template_is_compiled_once():
    """However many apps a process makes, as the tests do."""
    first, second = (
        environment(["hitsvc.shell"]).get_template("shell/error.html") for _ in range(2)
    )

    assert first is not second
    assert first.root_render_func.__code__ is second.root_render_func.__code__


def test_what_is_compiled_knows_nothing_of_other_apps():
    """Each has its own values."""
    first, second = environment(["hitsvc.shell"]), environment(["hitsvc.shell"])
    first.globals["version"], second.globals["version"] = "1", "2"
    name = "shell/error.html"

    assert first.get_template(name).globals["version"] == "1"
    assert second.get_template(name).globals["version"] == "2"
