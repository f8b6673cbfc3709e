"""Test that the controller loads what its forks would otherwise load again for each task."""

from __future__ import annotations

import subprocess
import sys

# In a process of its own, as the controller: the loaders keep what they have loaded.
PROGRAM = """
import sys
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader()
import ansible_collections.secmon.aws.plugins.action.preflight
own = "ansible_collections.secmon.aws.plugins."
print([any(loaded.startswith(name) for loaded in sys.modules) for name in (
    "ansible.plugins.filter.core", own + "filter.names", own + "connection.warm", own + "action.own_module")])
import pkgutil
from ansible.plugins.loader import filter_loader, test_loader
pkgutil.iter_modules = None  # no file is searched for them
print([plugin.ansible_name for plugin in (filter_loader.get("length"), test_loader.get("defined"))])
"""


def test_the_file_of_the_preflight_loads_the_plugins_of_the_playbooks() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == "[True, True, True, True]\n['ansible.builtin.length', 'ansible.builtin.defined']\n"
