#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: evidence
short_description: Write a folder for an auditor
version_added: 0.4.0
description:
  - Writes results as JSON, the rules with their test events and whether each passes, and copies of reports.
  - C(SHA256SUMS) lists every file with its hash, for C(sha256sum --check).
  - It runs on the controller and calls nothing.
options:
  folder:
    description: The folder, which is created. Files that it has already are hashed too.
    type: path
    required: true
  files:
    description: What is written as JSON, by the path in the folder.
    type: dict
    required: true
  rules:
    description: The IDs of the rules that are deployed.
    type: list
    elements: str
    default: []
  rules_dirs:
    description: Folders with rules of your own, in addition to those of the collection.
    type: list
    elements: path
    default: []
  copies:
    description: Files to copy, if they exist.
    type: list
    elements: path
    default: []
  about:
    description: The text of C(README.txt).
    type: str
    required: true
extends_documentation_fragment:
  - secmon.aws.module.controller
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Write a folder for an auditor
  secmon.aws.evidence:
    folder: "{{ playbook_dir }}/evidence"
    files:
      production/posture.json: {controls: []}
    rules: [root_usage]
    about: The monitoring of production in November 2026.
"""

RETURN = r"""
files:
  description: The hashes (SHA-256) of the files, by their path in the folder.
  returned: always
  type: dict
  sample: {README.txt: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}
"""
