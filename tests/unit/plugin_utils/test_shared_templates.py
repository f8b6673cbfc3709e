"""Test that the compiled templates of this collection are shared, those of users are not, and values stay their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# In processes of their own: Ansible's environment of templates is changed for a whole process.
PROGRAM = """
import sys
from pathlib import Path
from ansible._internal._datatag._tags import Origin, TrustedAsTemplate
from ansible._internal._templating._engine import TemplateEngine, TemplateOptions
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader()
from ansible_collections.secmon.aws.plugins.plugin_utils import shared_templates
from jinja2 import Environment
shared_templates.share_templates(Path(sys.argv[1]))
compiled, generate = [], Environment._generate
def counted(self, *arguments, **options):
    compiled.append(1)
    return generate(self, *arguments, **options)
Environment._generate = counted

def trusted(text, path):
    return TrustedAsTemplate().tag(Origin(path=path).tag(text))

def rendered(template, **variables):
    return TemplateEngine(None, variables=variables).template(template)

own = shared_templates.COLLECTION + "roles/common/vars/main.yml"
inner = trusted("{{ name }}!", "/inventory/group_vars/all.yml")
for name in "ab":
    print(rendered(trusted("{{ greeting }} {{ inner }}", own), greeting="to", inner=inner, name=name))
    print(TemplateEngine(None, variables={"name": name}).evaluate_conditional(trusted("name == 'a'", own)))
print(len(compiled))
"""


def test_a_template_of_the_collection_is_compiled_once_in_a_run(tmp_path: Path) -> None:
    """The first process compiles its template, its condition, and the user's template for both values."""
    compiled = []
    for _process in range(2):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path / "shared")], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        *lines, count = done.stdout.splitlines()
        assert lines == ["to a!", "True", "to b!", "False"]
        compiled.append(int(count))
    assert compiled == [4, 2]
    assert len(list((tmp_path / "shared").iterdir())) == 2
