from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.secmon.aws.plugins.module_utils.validation import yaml_document
from ansible_collections.secmon.aws.plugins.module_utils.validation.document import Document
from ansible_collections.secmon.aws.plugins.module_utils.validation.yaml_document import MAX_FILE_BYTES, read_document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]


@pytest.fixture(autouse=True, params=LOADERS, ids=["python", "c"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_document, "_LOADER", request.param)


def read(folder: Path, content: str | bytes) -> Document:
    path = folder / "x.yml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(path)


def problems_of(folder: Path, content: str | bytes) -> str:
    return "\n".join(map(str, read(folder, content).problems))


def test_values_keep_their_types_and_places_their_lines(tmp_path: Path) -> None:
    text = 'a: text\nb:\n  - 1\n  - {c: 1.5, d: true, e: null, f: "007", g: ~}\nh: -3\ni: 2026-09-13T10:00:00Z\n'
    document = read(tmp_path, text)
    assert document.problems == []
    assert document.value == {
        "a": "text",
        "b": [1, {"c": 1.5, "d": True, "e": None, "f": "007", "g": None}],
        "h": -3,
        "i": "2026-09-13T10:00:00Z",
    }
    assert (document.lines[("b", 1, "c")], document.lines[("h",)]) == (4, 5)


@pytest.mark.parametrize(
    "text", ["yes", "no", "On", "0123", "0x1F", "1_000", "1:30", ".inf", ".NaN", "1e3", "012345678901", "0o17", "1."]
)
def test_a_text_that_readers_of_yaml_disagree_on_must_be_quoted(tmp_path: Path, text: str) -> None:
    (problem,) = read(tmp_path, f"a: 1\nb: {text}\n").problems
    assert (problem.line, problem.key) == (2, "b")
    assert f'quote it: "{text}"' in problem.hint
    assert read(tmp_path, f'b: "{text}"').value == {"b": text}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("# only a comment\n", "empty"),
        ("a: 1\n---\nb: 2\n", "second YAML document"),
        ("a: &x [1]\nb: *x\n", "anchors"),
        ("a: &x 1\n", "anchors"),
        ("a: {<<: {b: 1}}\n", "quote the key"),
        ("a: !!python/object:os.system x\n", "tag"),
        ("a: !vault x\n", "tag"),
        ("a: 1\na: 2\n", "duplicate key, first in line 1"),
        ("1: a\n", "quote the key"),
        ("yes: a\n", "quote the key"),
        ("[a, b]: c\n", "key"),
        ("a:\n\tb: 1\n", "tabs"),
        ("a: b: c\n", "quote a string"),
        ("a: [1, 2\n", "not valid YAML"),
        ("a: {b: 1\n", "not valid YAML"),
        ("a: `x\n", "not valid YAML"),
        (b"a: \xff\xfe\n", "not UTF-8"),
        ("a: é\n".encode("utf-16"), "not UTF-8"),
        (b"\x00\x01\x02", "not valid YAML"),
        ("a: " + "[" * 5000, "nested"),
        ("a:\n" + "".join(f"{' ' * i}- \n" for i in range(1, 100)) + "x", ""),
        ("x" * (MAX_FILE_BYTES + 1), "larger than"),
    ],
)
def test_invalid_yaml_is_a_problem_and_never_a_traceback(tmp_path: Path, content: str | bytes, words: str) -> None:
    assert words in problems_of(tmp_path, content)


def test_rejects_nested_anchors_before_they_are_expanded(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert "anchors" in problems_of(tmp_path, "\n".join(lines))


def test_a_byte_order_mark_and_carriage_returns_are_harmless(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: 2\r\n").value == {"a": 1, "b": 2}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(st.characters(codec="ascii", exclude_categories=["Cc"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=12,
)
HERE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@HERE
@given(JSON)
def test_a_json_text_means_the_same_as_yaml(tmp_path: Path, value: Any) -> None:
    document = read(tmp_path, json.dumps({"event": value}))
    assert document.problems == []
    assert document.value == {"event": value}


@HERE
@given(st.text(st.sampled_from("ab: -[]{}\"'#&*!|>%@`\n\t?,~01.é"), max_size=40) | st.text(max_size=20))
def test_any_text_is_a_value_or_problems(tmp_path: Path, text: str) -> None:
    document = read(tmp_path, text.encode("utf-8", "surrogatepass"))
    assert document.problems or document.lines
